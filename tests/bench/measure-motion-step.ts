/** Runs a step of learning in a process of its own and tells its memory: `node measure-motion-step.ts SHARE THREADS`. */
import { join } from 'node:path';
import { createNoise } from '../../src-main/engine/random/noise.ts';
import { openSession, type TensorData } from '../../src-main/engine/session/engine-session.ts';
import { buildMotionGraph } from '../../src-main/engine/training/motion-graph.ts';
import { defaultTrainedUnet } from './default-trained-unet.ts';

const [share, threads] = process.argv.slice(2).map(Number) as [number, number];
const unet = defaultTrainedUnet();
const plain = buildMotionGraph(unet, { loss: 'motion', rank: 'full' });
const training = share === 1 ? plain : buildMotionGraph(unet, { loss: 'motion', rank: 'full' }, plain.activationBytes * share);
const session = await openSession(training.graph, { weightsDir: join(unet.folder, 'unet'), threads });
const noise = createNoise(1);
const feeds = Object.fromEntries(session.inputs.map(({ name, elementType, shape }): [string, TensorData] => {
  const count = shape.reduce((a, b) => a * b, 1);
  return [name, elementType === 'int64' ? new BigInt64Array(count).fill(500n) : noise.fork(name).normal(count)];
}));
const before = process.memoryUsage().rss;
const times: number[] = [];
for (let run = 0; run < 4; run += 1) {
  const began = performance.now();
  await session.run(feeds);
  times.push(performance.now() - began);
}
process.send?.({ activationBytes: training.activationBytes, segments: training.segments, addedRssBytes: process.memoryUsage().rss - before, stepMs: Math.min(...times) });
