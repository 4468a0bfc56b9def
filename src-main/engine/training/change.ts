import { assert } from '../../../src-shared/errors/studio-error.ts';

/** A learned change of one weight matrix [out, in]: as it is, or as the product up [out, rank] x down [rank, in]. */
export type WeightChange =
  | { readonly kind: 'full'; readonly values: Float32Array }
  | { readonly kind: 'lowRank'; readonly rank: number; readonly up: Float32Array; readonly down: Float32Array };

/** target += factor * change. */
export function addChange(target: Float32Array, shape: readonly [number, number], change: WeightChange, factor: number): void {
  const [out, inner] = shape;
  assert(target.length === out * inner, 'the change fits its weight');
  if (change.kind === 'full') {
    for (let i = 0; i < target.length; i += 1) target[i]! += factor * change.values[i]!;
    return;
  }
  const { rank, up, down } = change;
  const row = new Float64Array(inner);
  for (let o = 0; o < out; o += 1) {
    row.fill(0);
    for (let r = 0; r < rank; r += 1) {
      const weight = up[o * rank + r]!;
      if (weight === 0) continue;
      for (let i = 0; i < inner; i += 1) row[i]! += weight * down[r * inner + i]!;
    }
    for (let i = 0; i < inner; i += 1) target[o * inner + i]! += factor * row[i]!;
  }
}
