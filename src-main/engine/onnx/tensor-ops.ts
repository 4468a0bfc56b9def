import { assert } from '../../../src-shared/errors/studio-error.ts';
import { elementTypeCode } from './element-type.ts';
import type { ElementType } from './element-type.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { Value } from './graph.ts';

/**
 * Operators as typed functions over a builder: one call, one node, unless the docblock says otherwise. Composite
 * operations that depend on the builder's lowering are in `composite-ops.ts`.
 */
export function add(b: GraphBuilder, x: Value, y: Value): Value {
  return b.op('Add', [x, y]);
}

export function sub(b: GraphBuilder, x: Value, y: Value): Value {
  return b.op('Sub', [x, y]);
}

export function mul(b: GraphBuilder, x: Value, y: Value): Value {
  return b.op('Mul', [x, y]);
}

export function div(b: GraphBuilder, x: Value, y: Value): Value {
  return b.op('Div', [x, y]);
}

/** x times a constant; nothing is emitted for 1. */
export function scale(b: GraphBuilder, x: Value, factor: number): Value {
  return factor === 1 ? x : mul(b, x, b.scalar(factor));
}

export function matMul(b: GraphBuilder, x: Value, y: Value): Value {
  return b.op('MatMul', [x, y]);
}

/** x [rows, inner] times weight [columns, inner] transposed (PyTorch's Linear layout), plus bias [columns]. */
export function gemm(b: GraphBuilder, x: Value, weight: Value, bias?: Value): Value {
  return b.op('Gemm', [x, weight, bias], { transB: 1 });
}

/** 1-D or 2-D cross-correlation of x [batch, channels, ...] with weight [out, in, ...kernel]. */
export function conv(
  b: GraphBuilder, x: Value, weight: Value, bias: Value | undefined,
  options: { readonly pads?: readonly number[]; readonly strides?: readonly number[] } = {},
): Value {
  const kernel = weight.shape.slice(2);
  return b.op('Conv', [x, weight, bias], {
    kernel_shape: kernel, pads: options.pads ?? [...kernel, ...kernel].map(() => 0), strides: options.strides ?? kernel.map(() => 1),
  });
}

export function softmax(b: GraphBuilder, x: Value, axis = -1): Value {
  return b.op('Softmax', [x], { axis });
}

/** A view with another shape; nothing is emitted when the shape is already right. */
export function reshape(b: GraphBuilder, x: Value, shape: readonly number[]): Value {
  if (x.shape.length === shape.length && shape.every((dim, index) => dim === x.shape[index])) return x;
  return b.op('Reshape', [x, b.int64s(shape)]);
}

export function transpose(b: GraphBuilder, x: Value, perm: readonly number[]): Value {
  if (perm.every((axis, index) => axis === index)) return x;
  return b.op('Transpose', [x], { perm });
}

export function concat(b: GraphBuilder, values: readonly Value[], axis: number): Value {
  const [only] = values;
  assert(only !== undefined, 'concat has something to join');
  return values.length === 1 ? only : b.op('Concat', values, { axis });
}

/** `count` equal parts along an axis. */
export function split(b: GraphBuilder, x: Value, axis: number, count: number): Value[] {
  return b.ops('Split', [x], { axis, num_outputs: count }, count);
}

/** Elements start..end (exclusive) along one axis. */
export function slice(b: GraphBuilder, x: Value, axis: number, start: number, end: number): Value {
  return b.op('Slice', [x, b.int64s([start]), b.int64s([end]), b.int64s([axis])]);
}

export function gather(b: GraphBuilder, data: Value, indices: Value, axis = 0): Value {
  return b.op('Gather', [data, indices], { axis });
}

/** Repeats axes of size 1 up to a shape. */
export function expand(b: GraphBuilder, x: Value, shape: readonly number[]): Value {
  if (shape.every((dim, index) => dim === x.shape[index])) return x;
  return b.op('Expand', [x, b.int64s(shape)]);
}

export function cast(b: GraphBuilder, x: Value, to: ElementType): Value {
  return x.elementType === to ? x : b.op('Cast', [x], { to: elementTypeCode(to) });
}

export function reduceMean(b: GraphBuilder, x: Value, axes: readonly number[], keepDims = true): Value {
  return b.op('ReduceMean', [x, b.int64s(axes)], { keepdims: keepDims ? 1 : 0 });
}

export function reduceSum(b: GraphBuilder, x: Value, axes: readonly number[], keepDims = true): Value {
  return b.op('ReduceSum', [x, b.int64s(axes)], { keepdims: keepDims ? 1 : 0 });
}

/** 2x2 average pooling with stride 2 over [batch, channels, height, width]; an odd last row or column is dropped. */
export function averagePool2(b: GraphBuilder, x: Value): Value {
  return b.op('AveragePool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
}

/** Nearest-neighbour resize of [batch, channels, height, width]: source index = floor(target * in / out), as PyTorch does. */
export function resizeNearest(b: GraphBuilder, x: Value, height: number, width: number): Value {
  const sizes = b.int64s([x.shape[0] ?? 1, x.shape[1] ?? 1, height, width]);
  return b.op('Resize', [x, undefined, undefined, sizes], { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' });
}

/** Zero padding; `pads` lists all begins, then all ends. */
export function zeroPad(b: GraphBuilder, x: Value, pads: readonly number[]): Value {
  return b.op('Pad', [x, b.int64s(pads)], { mode: 'constant' });
}

/** Elementwise operators of one argument. */
export function unary(b: GraphBuilder, opType: 'Sin' | 'Cos' | 'Sqrt' | 'Exp' | 'Log' | 'Neg' | 'Abs' | 'Sigmoid' | 'Tanh' | 'Erf' | 'Relu' | 'Reciprocal', x: Value): Value {
  return b.op(opType, [x]);
}
