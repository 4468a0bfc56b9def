import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inspectNetwork } from '../../src-main/engine/pipelines/inspect-network.ts';
import { openPack } from '../../src-main/engine/pipelines/open-pack.ts';
import { createStageRunner } from '../../src-main/engine/pipelines/stage-runner.ts';
import type { VideoFrames } from '../../src-main/engine/pipelines/video-tensor.ts';
import { openMotionLearning } from '../../src-main/engine/training/learn-motion.ts';
import { createModelRegistry, type ModelRegistry, type OpenedPack } from '../../src-main/models/model-registry.ts';
import { writeHubFolders } from './make-hub-folders.ts';

let root: string;
let registry: ModelRegistry;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'imported-learning-'));
  registry = createModelRegistry({ embeddedDir: join(root, 'none'), cacheDir: join(root, 'data', 'cache'), imports: { dir: join(root, 'data', 'imports'), inspect: inspectNetwork } });
});
afterEach(async () => {
  await registry.close();
  rmSync(root, { recursive: true });
});

async function importBase(): Promise<OpenedPack> {
  const folder = writeHubFolders(join(root, 'hub'), ['show-1-base']);
  const { licences } = await registry.inspectFolder(folder);
  await registry.importFolder(folder, licences.map(({ id }) => id));
  return registry.get('show-1');
}

/** A bright square that goes from left to right; smaller than Show-1's key frames, which only costs less here. */
function movingSquare(): VideoFrames {
  const [count, height, width] = [3, 8, 16];
  const data = new Uint8Array(count * height * width * 3).fill(40);
  for (let frame = 0; frame < count; frame += 1) {
    for (let y = 2; y < 6; y += 1) for (let x = 0; x < 4; x += 1) data.set([250, 220, 90], ((frame * height + y) * width + x + frame * 6) * 3);
  }
  return { count, width, height, data };
}

async function keyframes({ dir, pack }: OpenedPack, motion: Uint8Array | null): Promise<Float32Array> {
  const runner = await createStageRunner(openPack(dir), 'keyframes', { guided: true, threads: 1, promptCache: new Map(), motions: motion !== null });
  try {
    const motions = motion === null ? [] : [{ sha256: 'b'.repeat(64), bytes: motion, strength: 1, noiseMix: 0 }];
    const run = await runner.run({ prompt: 'a red fish swims left', negativePrompt: '', seed: 7, settings: { ...pack.presets.draft[0]!, numInferenceSteps: 2 }, input: null, resume: null, motions });
    let step = await run.next();
    while (!step.done) step = await run.next();
    return step.value.data;
  } finally {
    await runner.release();
  }
}

it('learns a motion on an imported cascade whose weights are pickles in place, and generates with it', { timeout: 900_000 }, async () => {
  const opened = await importBase();
  const learning = await openMotionLearning(
    openPack(opened.dir),
    {
      frames: movingSquare(), caption: 'a square is moving', sampleInterval: 0, settings: { loss: 'motion', rank: 'full', steps: 1, learningRate: 3e-3, seed: 1 },
      facts: { name: 'square', model: { packId: 'show-1', packName: 'Show-1', sha256: opened.keyframesSha256 }, source: { name: 'square.mp4', fromSeconds: 0, toSeconds: 1, crop: null, reversed: false } },
    },
    { threads: 1, promptCache: new Map(), resume: null },
  );
  const losses: number[] = [];
  let motion: Uint8Array | null = null;
  try {
    const run = learning.run();
    while (motion === null) {
      const next = await run.next();
      if (next.done) motion = next.value;
      else if (next.value.point !== null) losses.push(next.value.point.loss);
    }
  } finally {
    await learning.release();
  }
  expect(losses).toHaveLength(1);
  expect(losses.every(Number.isFinite)).toBe(true);
  const [plain, moved] = [await keyframes(opened, null), await keyframes(opened, motion)];
  expect(moved.every(Number.isFinite)).toBe(true);
  expect(moved.some((value, index) => Math.abs(value - plain[index]!) > 1e-4)).toBe(true);
});
