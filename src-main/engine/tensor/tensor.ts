import { StudioError } from '../../../src-shared/errors/studio-error.ts';

/** Dense float32 values in row-major order. Video tensors are `[batch, channels, frames, height, width]`. */
export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Number of elements of a shape. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Wraps values; their number must fill the shape. */
export function tensorOf(data: Float32Array, shape: readonly number[]): Tensor {
  if (data.length !== elementsOf(shape)) {
    throw new StudioError('SHAPE_MISMATCH', `${data.length} values do not fill a tensor of [${shape.join(', ')}].`, { details: { got: data.length, expected: [...shape] } });
  }
  return { data, shape };
}

/** A tensor of zeros. */
export function zeros(shape: readonly number[]): Tensor {
  return { data: new Float32Array(elementsOf(shape)), shape };
}

/** Throws SHAPE_MISMATCH unless both tensors have the same shape; `what` names the second one. */
export function assertSameShape(expected: Tensor, got: Tensor, what: string): void {
  if (expected.shape.length !== got.shape.length || expected.shape.some((dimension, axis) => dimension !== got.shape[axis])) {
    throw new StudioError('SHAPE_MISMATCH', `${what} is [${got.shape.join(', ')}], expected [${expected.shape.join(', ')}].`, { details: { got: [...got.shape], expected: [...expected.shape] } });
  }
}
