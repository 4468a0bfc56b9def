import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseUnet3dConfig } from '../../src-main/engine/nn/unet3d-config.ts';
import { openPack, readConfig } from '../../src-main/engine/pipelines/open-pack.ts';
import type { TrainedUnet } from '../../src-main/engine/training/motion-graph.ts';
import { TEMPORAL_PROJECTION } from '../../src-main/engine/training/temporal-projections.ts';
import { openWeights } from '../../src-main/engine/weights/open-weights.ts';

/** The keyframe UNet of the default pack as motions are learned on it: 8 frames of 40 x 64, batch 1. */
export function defaultTrainedUnet(): TrainedUnet {
  const pack = openPack(fileURLToPath(new URL('../../models/motif-mini', import.meta.url)));
  const folder = pack.stageFolder('keyframes');
  const weights = openWeights(join(folder, 'unet'));
  try {
    const { frames, height, width } = pack.stageSize('keyframes');
    return {
      folder, config: parseUnet3dConfig(readConfig(join(folder, 'unet', 'config.json'))), shape: { batch: 1, frames, height, width, tokens: pack.index.promptTokens },
      projections: [...weights.entries.keys()].filter((name) => TEMPORAL_PROJECTION.test(name)).toSorted(),
    };
  } finally {
    weights.close();
  }
}
