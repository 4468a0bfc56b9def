import type { Tensor } from '../../src-main/engine/tensor/tensor.ts';

/** Largest difference; infinite where the lengths differ, and NaN counts as different. */
export function maxAbsDifference(got: Float32Array, expected: Float32Array): number {
  let largest = got.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (const [index, value] of expected.entries()) {
    const difference = Math.abs((got[index] ?? Number.NaN) - value);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}

export function meanSquaredError(predicted: Tensor, target: Tensor): number {
  let sum = 0;
  for (const [index, value] of target.data.entries()) sum += ((predicted.data[index] ?? 0) - value) ** 2;
  return sum / target.data.length;
}

/** VMC's motion loss: mean over neighbouring frames of 1 - cosine between predicted and true residuals (arXiv 2312.00845). */
export function measuredMotionLoss(predicted: Tensor, target: Tensor): number {
  const [batch = 1, channels = 1, frames = 1, height = 1, width = 1] = target.shape;
  const plane = height * width;
  let total = 0;
  for (let item = 0; item < batch; item++) {
    for (let frame = 0; frame + 1 < frames; frame++) {
      let dot = 0;
      let predictedSquares = 0;
      let targetSquares = 0;
      for (let channel = 0; channel < channels; channel++) {
        const start = ((item * channels + channel) * frames + frame) * plane;
        for (let at = start; at < start + plane; at++) {
          const a = predicted.data[at + plane]! - predicted.data[at]!;
          const c = target.data[at + plane]! - target.data[at]!;
          dot += a * c;
          predictedSquares += a * a;
          targetSquares += c * c;
        }
      }
      total += 1 - dot / Math.max(Math.sqrt(predictedSquares) * Math.sqrt(targetSquares), 1e-8);
    }
  }
  return total / (batch * (frames - 1));
}
