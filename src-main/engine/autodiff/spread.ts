import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { elementCount } from '../onnx/element-type.ts';
import type { Value } from '../onnx/graph.ts';
import { expand, reshape, slice, zeroPad } from '../onnx/tensor-ops.ts';

/** Zeros of a shape without storing them. */
export function zerosOf(b: GraphBuilder, shape: readonly number[]): Value {
  return expand(b, b.floats([0], shape.map(() => 1)), shape);
}

/** Follows each element along `axis` with `stride - 1` zeros: size n becomes n * stride. Stays at rank 4. */
export function insertZeros(b: GraphBuilder, x: Value, axis: number, stride: number): Value {
  if (stride === 1) return x;
  const outer = elementCount(x.shape.slice(0, axis));
  const inner = elementCount(x.shape.slice(axis + 1));
  const size = x.shape[axis] ?? 1;
  const spread = zeroPad(b, reshape(b, x, [outer, size, 1, inner]), [0, 0, 0, 0, 0, 0, stride - 1, 0]);
  return reshape(b, spread, x.shape.map((dim, index) => (index === axis ? dim * stride : dim)));
}

/** Reverses the order along the given axes. */
export function flip(b: GraphBuilder, x: Value, axes: readonly number[]): Value {
  const turned = axes.filter((axis) => x.shape[axis] !== 1);
  if (turned.length === 0) return x;
  const ends = turned.map((axis) => -(x.shape[axis] ?? 0) - 1);
  return b.op('Slice', [x, b.int64s(turned.map(() => -1)), b.int64s(ends), b.int64s(turned), b.int64s(turned.map(() => -1))]);
}

/** Adds zeros before and after an axis; negative amounts cut elements off. */
export function padOrCrop(b: GraphBuilder, x: Value, axis: number, before: number, after: number): Value {
  let result = x;
  if (before < 0 || after < 0) result = slice(b, result, axis, Math.max(-before, 0), (x.shape[axis] ?? 0) - Math.max(-after, 0));
  if (before <= 0 && after <= 0) return result;
  const begin = x.shape.map((_, index) => (index === axis ? Math.max(before, 0) : 0));
  const end = x.shape.map((_, index) => (index === axis ? Math.max(after, 0) : 0));
  return zeroPad(b, result, [...begin, ...end]);
}
