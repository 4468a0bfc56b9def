import { assert } from '../../../src-shared/errors/studio-error.ts';
import { elementCount, elementTypeFromCode } from './element-type.ts';
import { formatShape } from './graph.ts';
import type { TensorType } from './graph.ts';
import {
  broadcast, intAttribute, intsAttribute, normalizeAxis, requireRank, requireSameElementType, requireShape, shapeMismatch,
} from './shape-algebra.ts';
import type { ShapeContext } from './shape-algebra.ts';
import { convolutionShape, gemmShape, matMulShape, multiHeadAttentionTypes, poolShape, resizeShape } from './shape-rules-compute.ts';

type ShapeRule = (context: ShapeContext) => TensorType[];

const same: ShapeRule = (context) => [context.input(0)];

const elementwise: ShapeRule = (context) => {
  const types = context.node.inputs.map((_, index) => context.input(index));
  requireSameElementType(context.node, types);
  const shape = types.reduce<readonly number[]>((total, type) => broadcast(context.node, total, type.shape), []);
  return [{ elementType: context.input(0).elementType, shape }];
};

const comparison: ShapeRule = (context) => elementwise(context).map(({ shape }) => ({ elementType: 'bool', shape }));

const reduce: ShapeRule = (context) => {
  const { node } = context;
  const input = context.input(0);
  const axes = context.constant(1);
  const reduced = new Set((axes ?? input.shape.map((_, index) => index)).map((axis) => normalizeAxis(node, axis, input.shape.length)));
  const keep = intAttribute(node, 'keepdims', 1) === 1;
  const shape = input.shape.map((dim, index) => (reduced.has(index) ? 1 : dim)).filter((_, index) => keep || !reduced.has(index));
  return [{ elementType: input.elementType, shape }];
};

const reshape: ShapeRule = (context) => {
  const { node } = context;
  const input = context.input(0);
  const target = context.constant(1);
  assert(target !== undefined, 'Reshape always has a shape input');
  const sizes = target.map((size, index) => (size === 0 ? (input.shape[index] ?? 0) : size));
  const known = sizes.filter((size) => size !== -1).reduce((total, size) => total * size, 1);
  const total = elementCount(input.shape);
  const shape = sizes.map((size) => (size === -1 ? total / known : size));
  if (elementCount(shape) !== total || shape.some((size) => !Number.isInteger(size))) {
    throw shapeMismatch(node, formatShape(input.shape), `${total} elements to fit ${formatShape(target)}`);
  }
  return [{ elementType: input.elementType, shape }];
};

const transpose: ShapeRule = (context) => {
  const input = context.input(0);
  const perm = intsAttribute(context.node, 'perm', []);
  const sorted = [...perm].sort((a, b) => a - b);
  if (perm.length !== input.shape.length || sorted.some((axis, index) => axis !== index)) {
    throw shapeMismatch(context.node, `perm ${formatShape(perm)} for ${formatShape(input.shape)}`, 'each axis once');
  }
  return [{ elementType: input.elementType, shape: perm.map((axis) => input.shape[axis] ?? 0) }];
};

const concat: ShapeRule = (context) => {
  const { node } = context;
  const types = node.inputs.map((_, index) => context.input(index));
  requireSameElementType(node, types);
  const first = context.input(0);
  const axis = normalizeAxis(node, intAttribute(node, 'axis', 0), first.shape.length);
  for (const type of types) {
    if (type.shape.length !== first.shape.length || type.shape.some((dim, index) => index !== axis && dim !== first.shape[index])) {
      throw shapeMismatch(node, types.map((each) => formatShape(each.shape)).join(', '), `equal sizes outside axis ${axis}`);
    }
  }
  const length = types.reduce((total, type) => total + (type.shape[axis] ?? 0), 0);
  return [{ elementType: first.elementType, shape: first.shape.map((dim, index) => (index === axis ? length : dim)) }];
};

const split: ShapeRule = (context) => {
  const { node } = context;
  const input = context.input(0);
  const axis = normalizeAxis(node, intAttribute(node, 'axis', 0), input.shape.length);
  const total = input.shape[axis] ?? 0;
  const parts = node.outputs.length;
  const sizes = context.constant(1) ?? Array.from({ length: parts }, () => total / parts);
  if (sizes.length !== parts || sizes.reduce((sum, size) => sum + size, 0) !== total || sizes.some((size) => !Number.isInteger(size))) {
    throw shapeMismatch(node, `${formatShape(input.shape)} in ${parts} parts`, `sizes ${formatShape(sizes)} that fill axis ${axis}`);
  }
  return sizes.map((size) => ({ elementType: input.elementType, shape: input.shape.map((dim, index) => (index === axis ? size : dim)) }));
};

const slice: ShapeRule = (context) => {
  const { node } = context;
  const input = context.input(0);
  const starts = context.constant(1) ?? [];
  const ends = context.constant(2) ?? [];
  const axes = context.constant(3) ?? starts.map((_, index) => index);
  const steps = context.constant(4) ?? starts.map(() => 1);
  const shape = [...input.shape];
  for (const [index, rawAxis] of axes.entries()) {
    const axis = normalizeAxis(node, rawAxis, shape.length);
    const dim = shape[axis] ?? 0;
    const step = steps[index] ?? 1;
    if (step === 0) throw shapeMismatch(node, 'step 0', 'a step that moves');
    const bound = (value: number, low: number, high: number): number => Math.min(Math.max(value < 0 ? value + dim : value, low), high);
    const start = step > 0 ? bound(starts[index] ?? 0, 0, dim) : bound(starts[index] ?? 0, 0, dim - 1);
    const end = step > 0 ? bound(ends[index] ?? dim, 0, dim) : bound(ends[index] ?? -dim - 1, -1, dim - 1);
    shape[axis] = Math.max(0, Math.ceil((end - start) / step));
  }
  return [{ elementType: input.elementType, shape }];
};

const gather: ShapeRule = (context) => {
  const data = context.input(0);
  const axis = normalizeAxis(context.node, intAttribute(context.node, 'axis', 0), data.shape.length);
  return [{ elementType: data.elementType, shape: [...data.shape.slice(0, axis), ...context.input(1).shape, ...data.shape.slice(axis + 1)] }];
};

const scatterRows: ShapeRule = (context) => {
  const data = context.input(0);
  const indices = context.input(1);
  const depth = indices.shape.at(-1) ?? 0;
  requireShape(context.node, context.input(2).shape, [...indices.shape.slice(0, -1), ...data.shape.slice(depth)], 'updates');
  return [data];
};

const expand: ShapeRule = (context) => {
  const input = context.input(0);
  return [{ elementType: input.elementType, shape: broadcast(context.node, input.shape, context.constant(1) ?? []) }];
};

const squeeze: ShapeRule = (context) => {
  const input = context.input(0);
  const axes = context.constant(1)?.map((axis) => normalizeAxis(context.node, axis, input.shape.length));
  const shape = input.shape.filter((dim, index) => (axes === undefined ? dim !== 1 : !axes.includes(index)));
  if (elementCount(shape) !== elementCount(input.shape)) throw shapeMismatch(context.node, formatShape(input.shape), 'size 1 on every squeezed axis');
  return [{ elementType: input.elementType, shape }];
};

const unsqueeze: ShapeRule = (context) => {
  const input = context.input(0);
  const rawAxes = context.constant(1) ?? [];
  const rank = input.shape.length + rawAxes.length;
  const axes = new Set(rawAxes.map((axis) => normalizeAxis(context.node, axis, rank)));
  const rest = [...input.shape];
  return [{ elementType: input.elementType, shape: Array.from({ length: rank }, (_, index) => (axes.has(index) ? 1 : (rest.shift() ?? 1))) }];
};

const pad: ShapeRule = (context) => {
  const input = context.input(0);
  const pads = context.constant(1) ?? [];
  const axes = context.constant(3) ?? input.shape.map((_, index) => index);
  if (pads.length !== axes.length * 2) throw shapeMismatch(context.node, `${pads.length} pads`, `${axes.length * 2}`);
  const shape = [...input.shape];
  for (const [index, axis] of axes.entries()) {
    const at = normalizeAxis(context.node, axis, shape.length);
    shape[at] = (shape[at] ?? 0) + (pads[index] ?? 0) + (pads[index + axes.length] ?? 0);
  }
  return [{ elementType: input.elementType, shape }];
};

const tile: ShapeRule = (context) => {
  const input = context.input(0);
  const repeats = context.constant(1) ?? [];
  requireShape(context.node, [repeats.length], [input.shape.length], 'repeats');
  return [{ elementType: input.elementType, shape: input.shape.map((dim, index) => dim * (repeats[index] ?? 1)) }];
};

const cast: ShapeRule = (context) => {
  const elementType = elementTypeFromCode(intAttribute(context.node, 'to', 0));
  if (elementType === undefined) throw shapeMismatch(context.node, `type ${intAttribute(context.node, 'to', 0)}`, 'a known element type');
  return [{ elementType, shape: context.input(0).shape }];
};

const where: ShapeRule = (context) => {
  const { node } = context;
  requireSameElementType(node, [context.input(1), context.input(2)]);
  const shape = broadcast(node, context.input(0).shape, broadcast(node, context.input(1).shape, context.input(2).shape));
  return [{ elementType: context.input(1).elementType, shape }];
};

const layerNorm: ShapeRule = (context) => {
  const input = context.input(0);
  const axis = normalizeAxis(context.node, intAttribute(context.node, 'axis', -1), input.shape.length);
  requireShape(context.node, context.input(1).shape, input.shape.slice(axis), 'scale');
  const statistics: TensorType = { elementType: 'float32', shape: input.shape.map((dim, index) => (index < axis ? dim : 1)) };
  return [input, statistics, statistics].slice(0, context.node.outputs.length);
};

const channelNorm: ShapeRule = (context) => {
  const { node } = context;
  const input = context.input(0);
  requireRank(node, input, 3, 4);
  const channels = input.shape[1] ?? 0;
  requireShape(node, context.input(1).shape, [channels], 'scale');
  requireShape(node, context.input(2).shape, [channels], 'bias');
  requireSameElementType(node, [input, context.input(1), context.input(2)]);
  const groups = intAttribute(node, 'num_groups', channels);
  if (groups < 1 || channels % groups !== 0) throw shapeMismatch(node, `${channels} channels in ${groups} groups`, 'groups that divide the channels');
  return [input];
};

/** Shape rule of every operator in the schema table. */
export const SHAPE_RULES: Readonly<Record<string, ShapeRule>> = {
  Abs: same, Neg: same, Exp: same, Log: same, Sqrt: same, Sin: same, Cos: same, Tanh: same, Erf: same, Sigmoid: same, Relu: same,
  Sign: same, Reciprocal: same, Identity: same, Not: same, Floor: same, Ceil: same, Round: same, Softmax: same, LogSoftmax: same,
  Gelu: same, LeakyRelu: same, Clip: same, QuickGelu: same,
  Add: elementwise, Sub: elementwise, Mul: elementwise, Div: elementwise, Min: elementwise, Max: elementwise, And: elementwise, Or: elementwise,
  Pow: (context) => [{ elementType: context.input(0).elementType, shape: broadcast(context.node, context.input(0).shape, context.input(1).shape) }],
  Equal: comparison, Greater: comparison, Less: comparison, GreaterOrEqual: comparison, LessOrEqual: comparison,
  Where: where, Cast: cast, DequantizeLinear: (context) => [{ elementType: context.input(1).elementType, shape: context.input(0).shape }], MatMul: matMulShape, Gemm: gemmShape, Conv: convolutionShape, AveragePool: poolShape,
  GlobalAveragePool: (context) => [{ elementType: context.input(0).elementType, shape: context.input(0).shape.map((dim, index) => (index < 2 ? dim : 1)) }],
  LayerNormalization: layerNorm, GroupNormalization: channelNorm, InstanceNormalization: channelNorm,
  Resize: resizeShape, Reshape: reshape, Transpose: transpose, Concat: concat, Split: split, Slice: slice, Gather: gather,
  GatherElements: (context) => [{ elementType: context.input(0).elementType, shape: context.input(1).shape }],
  ScatterND: scatterRows,
  ScatterElements: (context) => {
    requireShape(context.node, context.input(2).shape, context.input(1).shape, 'updates');
    return [context.input(0)];
  },
  Expand: expand, Squeeze: squeeze, Unsqueeze: unsqueeze, Tile: tile, Pad: pad,
  ReduceMean: reduce, ReduceSum: reduce, ReduceMax: reduce, ReduceMin: reduce,
  MultiHeadAttention: multiHeadAttentionTypes,
};

