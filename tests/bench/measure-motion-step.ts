/** Runs a step of learning in a process of its own and tells its memory: `node measure-motion-step.ts SHARE THREADS`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNoise } from '../../src-main/engine/random/noise.ts';
import { openSession, type TensorData } from '../../src-main/engine/session/engine-session.ts';
import { buildMotionGraph } from '../../src-main/engine/training/motion-graph.ts';
import { defaultTrainedUnet } from './default-trained-unet.ts';

const [share, threads] = process.argv.slice(2).map(Number) as [number, number];
const unet = defaultTrainedUnet();
const plain = buildMotionGraph(unet, { loss: 'motion', rank: 'full' });
const training = share === 1 ? plain : buildMotionGraph(unet, { loss: 'motion', rank: 'full' }, plain.activationBytes * share);
const session = await openSession(training.graph, { weightsDir: join(unet.folder, 'unet'), threads, arena: training.segments === 1 });
const noise = createNoise(1);
const feeds = Object.fromEntries(session.inputs.map(({ name, elementType, shape }): [string, TensorData] => {
  const count = shape.reduce((a, b) => a * b, 1);
  return [name, elementType === 'int64' ? new BigInt64Array(count).fill(500n) : noise.fork(name).normal(count)];
}));
// Linux forgets the highest mark on request, so that loading the model does not hide what the steps take.
if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
const before = process.memoryUsage().rss;
const times: number[] = [];
for (let run = 0; run < 4; run += 1) {
  const began = performance.now();
  await session.run(feeds);
  times.push(performance.now() - began);
}
process.send?.({ activationBytes: training.activationBytes, segments: training.segments, addedRssBytes: peakRssBytes() - before, stepMs: Math.min(...times) });

function peakRssBytes(): number {
  const mark = process.platform === 'linux' ? /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] : undefined;
  return 1024 * (mark === undefined ? process.resourceUsage().maxRSS : Number(mark));
}
