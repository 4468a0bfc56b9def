import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LearningSettings } from '../../../src-shared/contract/motions.ts';
import { openPack } from '../../../src-main/engine/pipelines/open-pack.ts';
import type { VideoFrames } from '../../../src-main/engine/pipelines/video-tensor.ts';
import { openMotionLearning, type LearnMotionRequest, type LearnStep, type MotionLearning } from '../../../src-main/engine/training/learn-motion.ts';
import { writeRunnablePack } from '../process/make-runnable-pack.ts';

/** A fresh folder with the tiny pack, whose keyframes are 3 frames of 8 x 16. */
export function makeTinyPack(): string {
  const folder = mkdtempSync(join(tmpdir(), 'motif-motion-'));
  writeRunnablePack(folder);
  return folder;
}

/** A bright square that goes from left to right. */
export const MOVING_SQUARE: VideoFrames = (() => {
  const [count, height, width] = [3, 8, 16];
  const data = new Uint8Array(count * height * width * 3).fill(40);
  for (let frame = 0; frame < count; frame += 1) {
    for (let y = 2; y < 6; y += 1) for (let x = 0; x < 4; x += 1) data.set([250, 220, 90], ((frame * height + y) * width + x + frame * 6) * 3);
  }
  return { count, width, height, data };
})();

export const MODEL_SHA256 = 'a'.repeat(64);

export function learningRequest(settings: Partial<LearningSettings> = {}): LearnMotionRequest {
  return {
    frames: MOVING_SQUARE, caption: 'a red fish',
    settings: { loss: 'motion', rank: 'full', steps: 20, learningRate: 2e-3, seed: 1, ...settings },
    sampleInterval: 0, memoryBudgetBytes: 1e9,
    facts: { name: 'square', model: { packId: 'tiny', packName: 'Tiny', sha256: MODEL_SHA256 }, source: { name: 'square.mp4', fromSeconds: 0, toSeconds: 1, crop: null, reversed: false } },
  };
}

/** Opens a learning on the tiny pack. */
export function openLearning(packDir: string, request: LearnMotionRequest, resume: Uint8Array | null = null): Promise<MotionLearning> {
  return openMotionLearning(openPack(packDir), request, { threads: 1, promptCache: new Map(), resume });
}

/** Runs to the end, or to the step that `until` accepts, from where it returns the checkpoint. */
export async function learn(learning: MotionLearning, until: (step: LearnStep) => boolean = () => false): Promise<{ motion: Uint8Array | null; checkpoint: Uint8Array | null; steps: LearnStep[] }> {
  const steps: LearnStep[] = [];
  try {
    const run = learning.run();
    for (;;) {
      const next = await run.next();
      if (next.done) return { motion: next.value, checkpoint: null, steps };
      steps.push(next.value);
      if (until(next.value)) return { motion: null, checkpoint: learning.checkpoint(), steps };
    }
  } finally {
    await learning.release();
  }
}

/** From the first step to the motion's file. */
export async function learnWhole(packDir: string, request: LearnMotionRequest, resume: Uint8Array | null = null): Promise<Uint8Array> {
  const { motion } = await learn(await openLearning(packDir, request, resume));
  if (motion === null) throw new Error('learning ended without a motion');
  return motion;
}
