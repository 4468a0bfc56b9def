/**
 * The first steps of learning a motion on the keyframe pack in the folder given, in a process of its own so that its peak memory is its own.
 * `node full-size-learning.ts FOLDER THREADS STEPS`. Prints one JSON line per step: the first has the held-out measurements before it.
 */
import { openPack } from '../../src-main/engine/pipelines/open-pack.ts';
import { openMotionLearning } from '../../src-main/engine/training/learn-motion.ts';
import { memoryNow } from './memory-now.ts';

const [folder = '', threads = '2', wanted = '2'] = process.argv.slice(2);
const [count, height, width] = [8, 40, 64];
const data = new Uint8Array(count * height * width * 3).fill(40);
for (let frame = 0; frame < count; frame += 1) {
  for (let y = 12; y < 28; y += 1) for (let x = 0; x < 16; x += 1) data.set([250, 220, 90], ((frame * height + y) * width + x + frame * 6) * 3);
}

const print = (value: object): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);
const began = performance.now();
const learning = await openMotionLearning(
  openPack(folder),
  {
    frames: { count, height, width, data }, caption: 'a square is moving', sampleInterval: 0, settings: { loss: 'motion', rank: 'full', steps: 100, learningRate: 3e-3, seed: 1 },
    facts: { name: 'square', model: { packId: 'show-1', packName: 'Show-1', sha256: 'a'.repeat(64) }, source: { name: 'square.mp4', fromSeconds: 0, toSeconds: 1, crop: null, reversed: false } },
  },
  { threads: Number(threads), promptCache: new Map(), resume: null },
);
print({ loadMs: Math.round(performance.now() - began), ...memoryNow() });
const run = learning.run();
for (let step = 1; step <= Number(wanted); step += 1) {
  const stepBegan = performance.now();
  const next = await run.next();
  if (next.done) break;
  print({ step, loss: next.value.point?.loss ?? null, stepMs: Math.round(performance.now() - stepBegan), ...memoryNow() });
}
await learning.release();
