import type { Tensor } from '../tensor/tensor.ts';

/** Settings of dynamic thresholding; names as in the scheduler configurations. */
export interface ThresholdConfig {
  readonly dynamicThresholdingRatio: number;
  readonly sampleMaxValue: number;
}

/** The `ratio` quantile of values sorted in ascending order, linear between order statistics. */
function sortedQuantile(sorted: Float32Array, ratio: number): number {
  const rank = ratio * (sorted.length - 1);
  const below = Math.floor(rank);
  const lower = sorted[below]!;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return lower + (upper - lower) * (rank - below);
}

/**
 * Dynamic thresholding (Saharia et al. 2022, section 2.3), in place and per frame: s = quantile of |x0| over channels and
 * pixels, clamped to [1, sampleMaxValue]; x0 is clipped to [-s, s] and divided by s. Show-1 folds frames into the batch, so
 * each frame has its own s. `x0` is [batch, channels, frames, height, width] or [batch, channels, height, width].
 */
export function thresholdPerFrame(x0: Tensor, config: ThresholdConfig): void {
  const { data, shape } = x0;
  const [batch, channels] = [shape[0] ?? 1, shape[1] ?? 1];
  const frames = shape.length === 5 ? shape[2]! : 1;
  const area = data.length / (batch * channels * frames);
  const magnitudes = new Float32Array(channels * area);
  for (let b = 0; b < batch; b += 1) {
    for (let frame = 0; frame < frames; frame += 1) {
      const startOf = (channel: number): number => ((b * channels + channel) * frames + frame) * area;
      let limit = 1;
      // With a maximum of 1 the clamp leaves s = 1 whatever the quantile is.
      if (config.sampleMaxValue > 1) {
        for (let channel = 0; channel < channels; channel += 1) {
          const start = startOf(channel);
          for (let i = 0; i < area; i += 1) magnitudes[channel * area + i] = Math.abs(data[start + i]!);
        }
        limit = Math.min(Math.max(sortedQuantile(magnitudes.sort(), config.dynamicThresholdingRatio), 1), config.sampleMaxValue);
      }
      for (let channel = 0; channel < channels; channel += 1) {
        const start = startOf(channel);
        for (let i = start; i < start + area; i += 1) data[i] = Math.min(Math.max(data[i]!, -limit), limit) / limit;
      }
    }
  }
}
