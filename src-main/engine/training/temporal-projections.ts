import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { WeightsIndex } from '../weights/weights-index.ts';

/**
 * The weights that carry motion: query, key and value of the temporal attention, self-attention in both places of its
 * block (VMC, Jeong et al., arXiv 2312.00845, section 4.1; the temporal transformer before the first level stays as it is).
 */
export const TEMPORAL_PROJECTION = /(^|\.)temp_attentions\.\d+\.transformer_blocks\.\d+\.attn[12]\.to_[qkv]\.weight$/;

/** One of these weights as the model has it: float32 values of [out, in]. */
export interface TemporalProjection {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly values: Float32Array;
}

/** Reads the temporal projections of a UNet, in order of their names. MODEL_INCOMPATIBLE when it has none. */
export function readTemporalProjections(weights: WeightsIndex, origin: string): readonly TemporalProjection[] {
  const names = [...weights.entries.keys()].filter((name) => TEMPORAL_PROJECTION.test(name)).toSorted();
  if (names.length === 0) {
    throw new StudioError('MODEL_INCOMPATIBLE', `${origin} has no temporal attention, so no motion can be learned or used with it. Choose a video model.`, { details: { path: origin } });
  }
  return names.map((name) => {
    const [out = 0, inner = 0] = weights.entries.get(name)?.shape ?? [];
    return { name, shape: [out, inner], values: weights.readFloat32(name) };
  });
}
