import { join } from 'node:path';
import type { LearningSettings } from '../../../src-shared/contract/motions.ts';
import { parseUnet3dConfig } from '../nn/unet3d-config.ts';
import { openPack, readConfig } from '../pipelines/open-pack.ts';
import { openWeights } from '../weights/open-weights.ts';
import { readTemporalProjections } from './temporal-projections.ts';
import { buildMotionGraph } from './motion-graph.ts';

/** Live activations and gradients may take so much; above, parts of the forward pass run twice. */
export const LEARNING_MEMORY_BYTES = 900 * 2 ** 20;

/** What a process takes before it has loaded anything, and what the runtime's own buffers add to the live activations. */
const PROCESS_BYTES = 250 * 2 ** 20;
const ACTIVATION_OVERHEAD = 1.25;

/** Roughly the resident memory of learning on a pack: weights in float32 for both sessions, activations, optimizer. */
export function estimateLearningMemory(packDir: string, settings: LearningSettings): number {
  const pack = openPack(packDir);
  const folder = pack.stageFolder('keyframes');
  const weightsDir = join(folder, 'unet');
  const weights = openWeights(weightsDir);
  try {
    const { frames, height, width } = pack.stageSize('keyframes');
    const projections = readTemporalProjections(weights, weightsDir);
    const unet = {
      folder, config: parseUnet3dConfig(readConfig(join(weightsDir, 'config.json')), weightsDir),
      shape: { batch: 1, frames, height, width, tokens: pack.index.promptTokens }, projections: projections.map(({ name }) => name),
    };
    const { activationBytes } = buildMotionGraph(unet, settings, LEARNING_MEMORY_BYTES);
    const values = [...weights.entries.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    const trained = projections.reduce((sum, { values: { length } }) => sum + length, 0);
    return Math.round(PROCESS_BYTES + activationBytes * ACTIVATION_OVERHEAD + values * 4 * 2 + trained * 4 * 6);
  } finally {
    weights.close();
  }
}
