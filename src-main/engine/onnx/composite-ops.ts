import { elementCount } from './element-type.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { Value } from './graph.ts';
import { add, concat, gemm, matMul, mul, reduceMean, reshape, scale, softmax, transpose, unary } from './tensor-ops.ts';

/** Activation functions by the names that configuration files use; `gelu` is the exact form, `gelu_new` the tanh form. */
export const ACTIVATIONS = ['gelu', 'gelu_new', 'quick_gelu', 'silu', 'relu'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

/** Applies an activation elementwise. */
export function activate(b: GraphBuilder, activation: Activation, x: Value): Value {
  switch (activation) {
    case 'gelu': return b.op('Gelu', [x], { approximate: 'none' });
    case 'gelu_new': return b.op('Gelu', [x], { approximate: 'tanh' });
    case 'quick_gelu': return sigmoidWeighted(b, x, 1.702);
    case 'silu': return sigmoidWeighted(b, x, 1);
    case 'relu': return unary(b, 'Relu', x);
  }
}

/** x * sigmoid(alpha * x): SiLU for alpha 1. One fused kernel on onnxruntime. */
function sigmoidWeighted(b: GraphBuilder, x: Value, alpha: number): Value {
  if (b.lowering === 'ort-cpu') return b.op('QuickGelu', [x], { alpha });
  return mul(b, x, unary(b, 'Sigmoid', scale(b, x, alpha)));
}

/** Layer normalization over the last axis. */
export function layerNorm(b: GraphBuilder, x: Value, weight: Value, bias: Value, epsilon: number): Value {
  return b.op('LayerNormalization', [x, weight, bias], { axis: -1, epsilon });
}

/** x / sqrt(mean(x^2) + epsilon) * weight over the last axis (T5's norm: no mean, no bias). */
export function rmsNorm(b: GraphBuilder, x: Value, weight: Value, epsilon: number): Value {
  const meanSquare = b.op('ReduceMean', [mul(b, x, x), b.int64s([-1])], { keepdims: 1 });
  const root = unary(b, 'Sqrt', add(b, meanSquare, b.scalar(epsilon)));
  return mul(b, b.op('Div', [x, root]), weight);
}

/** A per-sample change of a norm's affine parameters: y * (1 + scale) + shift, each [batch, channels, 1, ...]. */
export interface NormModulation {
  readonly scale: Value;
  readonly shift: Value;
}

/**
 * Group normalization of x [batch, channels, ...]: statistics over the channels of a group and all later axes, then the
 * affine parameters and an optional modulation. onnxruntime is faster when each group becomes one channel of
 * InstanceNormalization, and when both affine steps are folded into one while they are still per channel.
 */
export function groupNorm(b: GraphBuilder, x: Value, weight: Value, bias: Value, groups: number, epsilon: number, modulation?: NormModulation): Value {
  const factor = modulation === undefined ? undefined : add(b, modulation.scale, b.scalar(1));
  if (b.lowering === 'portable') {
    const normed = b.op('GroupNormalization', [x, weight, bias], { num_groups: groups, epsilon });
    return modulation === undefined || factor === undefined ? normed : add(b, mul(b, normed, factor), modulation.shift);
  }
  const [batch = 1, channels = 1] = x.shape;
  const perChannel = [channels, ...x.shape.slice(2).map(() => 1)];
  const grouped = reshape(b, x, [batch, groups, elementCount(x.shape) / (batch * groups)]);
  const ones = b.floats(new Float32Array(groups).fill(1), [groups]);
  const zeros = b.floats(new Float32Array(groups), [groups]);
  const normalized = reshape(b, b.op('InstanceNormalization', [grouped, ones, zeros], { epsilon }), x.shape);
  const [w, c] = [reshape(b, weight, perChannel), reshape(b, bias, perChannel)];
  if (modulation === undefined || factor === undefined) return add(b, mul(b, normalized, w), c);
  return add(b, mul(b, normalized, mul(b, factor, w)), add(b, mul(b, factor, c), modulation.shift));
}

/** Linear layer on the last axis: x [..., in], weight [out, in], bias [out]; computed as one matrix product. */
export function linear(b: GraphBuilder, x: Value, weight: Value, bias?: Value): Value {
  const inner = x.shape.at(-1) ?? 1;
  const rows = elementCount(x.shape) / inner;
  const product = gemm(b, reshape(b, x, [rows, inner]), weight, bias);
  return reshape(b, product, [...x.shape.slice(0, -1), weight.shape[0] ?? 1]);
}

/** Arguments of scaled dot-product attention. */
export interface AttentionOptions {
  readonly heads: number;
  /** Factor on the logits; T5 uses 1, most use head width ^ -0.5. */
  readonly scale: number;
  /** Added to the logits before the softmax; broadcasts to [batch, heads, queries, keys]. */
  readonly bias?: Value | undefined;
}

/**
 * Multi-head attention without projections: query [batch, queries, width], key and value [batch, keys, width], heads
 * side by side in the width. softmax(scale * Q K^T + bias) V (Vaswani et al. 2017, eq. 1).
 */
export function attention(b: GraphBuilder, query: Value, key: Value, value: Value, options: AttentionOptions): Value {
  const [batch = 1, queries = 1, width = 1] = query.shape;
  const keys = key.shape[1] ?? 1;
  if (b.lowering === 'ort-cpu') {
    return b.op('MultiHeadAttention', [query, key, value, undefined, undefined, options.bias], { num_heads: options.heads, scale: options.scale });
  }
  const head = width / options.heads;
  const q = transpose(b, reshape(b, scale(b, query, options.scale), [batch, queries, options.heads, head]), [0, 2, 1, 3]);
  const k = transpose(b, reshape(b, key, [batch, keys, options.heads, head]), [0, 2, 3, 1]);
  const v = transpose(b, reshape(b, value, [batch, keys, options.heads, head]), [0, 2, 1, 3]);
  const logits = matMul(b, q, k);
  const weights = softmax(b, options.bias === undefined ? logits : add(b, logits, options.bias));
  return reshape(b, transpose(b, matMul(b, weights, v), [0, 2, 1, 3]), [batch, queries, width]);
}

/**
 * The share of attention that each key gets, averaged over heads and queries: [batch, keys], rows sum to 1. The weights that
 * `attention` uses inside, written out; query and key as there.
 */
export function attentionPerKey(b: GraphBuilder, query: Value, key: Value, options: AttentionOptions): Value {
  const [batch = 1, queries = 1, width = 1] = query.shape;
  const keys = key.shape[1] ?? 1;
  const head = width / options.heads;
  const q = transpose(b, reshape(b, scale(b, query, options.scale), [batch, queries, options.heads, head]), [0, 2, 1, 3]);
  const k = transpose(b, reshape(b, key, [batch, keys, options.heads, head]), [0, 2, 3, 1]);
  return reduceMean(b, softmax(b, matMul(b, q, k)), [1, 2], false);
}

/** Sinusoidal embedding of integer positions t [batch]: cosines first when `flip`, frequencies 10000^(-i / (half - shift)). */
export function sinusoid(b: GraphBuilder, t: Value, width: number, flip: boolean, shift: number): Value {
  const half = Math.floor(width / 2);
  // Rounded to float32 after each step, as where the weights were trained: at t = 995 the frequencies' last bits move the
  // embedding by 2e-5, which guidance multiplies.
  const rate = Math.fround(-Math.log(10000));
  const frequencies = Float32Array.from({ length: half }, (_, index) => Math.exp(Math.fround(Math.fround(rate * index) / (half - shift))));
  const angles = mul(b, reshape(b, t, [t.shape[0] ?? 1, 1]), b.floats(frequencies, [1, half]));
  const waves = [unary(b, 'Sin', angles), unary(b, 'Cos', angles)];
  const embedding = concat(b, flip ? [...waves].reverse() : waves, 1);
  return width % 2 === 0 ? embedding : b.op('Pad', [embedding, b.int64s([0, 0, 0, 1])], { mode: 'constant' });
}
