import { join } from 'node:path';
import type { LearningSettings } from '../../../src-shared/contract/motions.ts';
import { buildTrainingGraph } from '../autodiff/training-graph.ts';
import type { TrainingGraph } from '../autodiff/training-graph.ts';
import { weightsParameterSource } from '../nn/parameter-source.ts';
import { buildUnet3d } from '../nn/unet3d.ts';
import type { ClipShape } from '../nn/unet3d.ts';
import type { Unet3dConfig } from '../nn/unet3d-config.ts';
import { openWeights } from '../weights/open-weights.ts';
import { addLowRankChanges, downName, upName } from './low-rank.ts';
import { lossBuilder } from './measured-loss.ts';

/** A keyframe UNet to learn with: where it lies, its configuration, and the shape of the clip. */
export interface TrainedUnet {
  readonly folder: string;
  readonly config: Unet3dConfig;
  readonly shape: ClipShape;
  /** Names of the weights to change, each [out, in]. */
  readonly projections: readonly string[];
}

/** Names of the trained parameters, in the order that the session's gradients and the checkpoint keep. */
export function trainedNames(projections: readonly string[], rank: LearningSettings['rank']): readonly string[] {
  return rank === 'full' ? projections : projections.flatMap((name) => [downName(name), upName(name)]);
}

/**
 * The graph of one training step; weights stay on disk until a session opens it. Its inputs are the UNet's, `noise` (the target), the
 * parameters, and the anchor where the loss has one.
 */
export function buildMotionGraph(unet: TrainedUnet, settings: Pick<LearningSettings, 'loss' | 'rank'>, memoryBudgetBytes?: number): TrainingGraph {
  const weightsDir = join(unet.folder, 'unet');
  const weights = openWeights(weightsDir);
  try {
    const { graph } = buildUnet3d(unet.config, unet.shape, 'portable', weightsParameterSource(weights, weightsDir));
    const changed = settings.rank === 'full' ? graph : addLowRankChanges(graph, unet.projections, settings.rank);
    // A keyframe UNet is given nothing but the sample, and may put out as many channels again for the variance.
    return buildTrainingGraph({ graph: changed, loss: lossBuilder(settings.loss, unet.config.in_channels), parameters: trainedNames(unet.projections, settings.rank), memoryBudgetBytes });
  } finally {
    weights.close();
  }
}
