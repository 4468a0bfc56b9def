import type { Attribute, Domain } from './graph.ts';

/** What the checker knows of an operator: arity, attributes and the operator set that introduced the form used here. */
export interface OpSchema {
  readonly domain: Domain;
  readonly since: number;
  readonly inputs: readonly [min: number, max: number];
  readonly outputs: readonly [min: number, max: number];
  readonly attributes: Readonly<Record<string, Attribute['kind']>>;
  /** Attributes without a default. */
  readonly required: readonly string[];
}

const MANY = Number.MAX_SAFE_INTEGER;

function op(
  since: number, inputs: readonly [number, number], attributes: OpSchema['attributes'] = {}, required: readonly string[] = [],
  outputs: readonly [number, number] = [1, 1], domain: Domain = '',
): OpSchema {
  return { domain, since, inputs, outputs, attributes, required };
}

const UNARY = op(13, [1, 1]);
const BINARY = op(13, [2, 2]);
const REDUCE = op(18, [1, 2], { keepdims: 'int', noop_with_empty_axes: 'int' });
const WINDOW = { auto_pad: 'string', dilations: 'ints', kernel_shape: 'ints', pads: 'ints', strides: 'ints' } as const;

/** Every operator that graphs may contain, by type. Operators of onnxruntime's own set carry their domain. */
export const OP_SCHEMAS: Readonly<Record<string, OpSchema>> = {
  Abs: UNARY, Neg: UNARY, Exp: UNARY, Log: UNARY, Sqrt: UNARY, Sin: op(7, [1, 1]), Cos: op(7, [1, 1]), Tanh: UNARY, Erf: UNARY,
  Sigmoid: UNARY, Relu: op(14, [1, 1]), Sign: UNARY, Reciprocal: UNARY, Identity: op(13, [1, 1]), Not: op(1, [1, 1]),
  Floor: UNARY, Ceil: UNARY, Round: op(11, [1, 1]),
  Add: op(14, [2, 2]), Sub: op(14, [2, 2]), Mul: op(14, [2, 2]), Div: op(14, [2, 2]), Pow: op(15, [2, 2]),
  Equal: BINARY, Greater: BINARY, Less: BINARY, GreaterOrEqual: op(16, [2, 2]), LessOrEqual: op(16, [2, 2]),
  And: op(7, [2, 2]), Or: op(7, [2, 2]),
  Min: op(13, [1, MANY]), Max: op(13, [1, MANY]), Where: op(16, [3, 3]), Clip: op(13, [1, 3]),
  Softmax: op(13, [1, 1], { axis: 'int' }), LogSoftmax: op(13, [1, 1], { axis: 'int' }),
  Gelu: op(20, [1, 1], { approximate: 'string' }),
  LeakyRelu: op(16, [1, 1], { alpha: 'float' }),
  Cast: op(19, [1, 1], { to: 'int', saturate: 'int' }, ['to']),
  MatMul: BINARY,
  DequantizeLinear: op(21, [2, 3], { axis: 'int', block_size: 'int' }),
  Gemm: op(13, [2, 3], { alpha: 'float', beta: 'float', transA: 'int', transB: 'int' }),
  Conv: op(11, [2, 3], { ...WINDOW, group: 'int' }),
  AveragePool: op(19, [1, 1], { ...WINDOW, ceil_mode: 'int', count_include_pad: 'int' }, ['kernel_shape']),
  GlobalAveragePool: op(1, [1, 1]),
  LayerNormalization: op(17, [2, 3], { axis: 'int', epsilon: 'float', stash_type: 'int' }, [], [1, 3]),
  GroupNormalization: op(21, [3, 3], { epsilon: 'float', num_groups: 'int', stash_type: 'int' }, ['num_groups']),
  InstanceNormalization: op(6, [3, 3], { epsilon: 'float' }),
  Resize: op(19, [1, 4], {
    antialias: 'int', axes: 'ints', coordinate_transformation_mode: 'string', cubic_coeff_a: 'float', exclude_outside: 'int',
    extrapolation_value: 'float', keep_aspect_ratio_policy: 'string', mode: 'string', nearest_mode: 'string',
  }),
  Reshape: op(14, [2, 2], { allowzero: 'int' }),
  Transpose: op(13, [1, 1], { perm: 'ints' }, ['perm']),
  Concat: op(13, [1, MANY], { axis: 'int' }, ['axis']),
  Split: op(18, [1, 2], { axis: 'int', num_outputs: 'int' }, [], [1, MANY]),
  Slice: op(13, [3, 5]),
  Gather: op(13, [2, 2], { axis: 'int' }),
  GatherElements: op(13, [2, 2], { axis: 'int' }),
  ScatterND: op(18, [3, 3], { reduction: 'string' }),
  ScatterElements: op(18, [3, 3], { axis: 'int', reduction: 'string' }),
  Expand: BINARY, Squeeze: op(13, [1, 2]), Unsqueeze: BINARY, Tile: BINARY,
  Pad: op(19, [2, 4], { mode: 'string' }),
  ReduceMean: REDUCE, ReduceSum: op(13, [1, 2], { keepdims: 'int', noop_with_empty_axes: 'int' }), ReduceMax: REDUCE, ReduceMin: REDUCE,
  MultiHeadAttention: op(1, [1, 10], { num_heads: 'int', scale: 'float', mask_filter_value: 'float', unidirectional: 'int' }, ['num_heads'], [1, 4], 'com.microsoft'),
  QuickGelu: op(1, [1, 1], { alpha: 'float' }, [], [1, 1], 'com.microsoft'),
};
