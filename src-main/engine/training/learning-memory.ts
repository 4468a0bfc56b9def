import { join } from 'node:path';
import type { LearningSettings } from '../../../src-shared/contract/motions.ts';
import { parseUnet3dConfig } from '../nn/unet3d-config.ts';
import { openPack, readConfig } from '../pipelines/open-pack.ts';
import { memoryHabits, residentBytes, sumBytes } from '../pipelines/memory-habits.ts';
import { latentSize } from '../pipelines/stage-sessions.ts';
import { openWeights } from '../weights/open-weights.ts';
import { learningBudget } from './learning-budget.ts';
import { readTemporalProjections } from './temporal-projections.ts';
import { buildMotionGraph } from './motion-graph.ts';

/** Values as they were, are, were best, two moments, and the gradients on their way out. */
const OPTIMIZER_COPIES = 7;

/** Roughly the resident memory of learning on a pack: weights for the sessions, activations, optimizer. */
export function estimateLearningMemory(packDir: string, settings: LearningSettings): number {
  const pack = openPack(packDir);
  const folder = pack.stageFolder('keyframes');
  const weightsDir = join(folder, 'unet');
  const weights = openWeights(weightsDir);
  try {
    const storedBytes = sumBytes(weights);
    const { frames, ...pixels } = pack.stageSize('keyframes');
    const vae = pack.vaeFolder('keyframes');
    const { height, width } = vae === null ? pixels : latentSize(vae, pixels.width, pixels.height);
    const projections = readTemporalProjections(weights, weightsDir);
    const unet = {
      folder, config: parseUnet3dConfig(readConfig(join(weightsDir, 'config.json')), weightsDir),
      shape: { batch: 1, frames, height, width, tokens: pack.index.promptTokens }, projections: projections.map(({ name }) => name),
    };
    const { activationBytes } = buildMotionGraph(unet, settings, learningBudget(storedBytes));
    const values = [...weights.entries.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    // Where weights stay in their file, the backward pass still needs the widened ones of the forward pass; the other session holds none.
    const heldBytes = values * 4 * (memoryHabits(storedBytes).keepStoredWeights === true ? 1 : 2);
    const trained = projections.reduce((sum, { values: { length } }) => sum + length, 0);
    return residentBytes(heldBytes + trained * 4 * OPTIMIZER_COPIES, activationBytes);
  } finally {
    weights.close();
  }
}
