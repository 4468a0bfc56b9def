import { activate, sinusoid } from '../onnx/composite-ops.ts';
import type { Activation } from '../onnx/composite-ops.ts';
import type { Value } from '../onnx/graph.ts';
import { add, cast, concat, matMul, reduceMean, reshape, scale, softmax, transpose } from '../onnx/tensor-ops.ts';
import { layerNorm, linear } from './layers.ts';
import type { Module } from './module.ts';

/** Two-layer perceptron on a sinusoid: a timestep or noise level t [batch] (int64) to [batch, width]. */
export function timestepEmbedding(
  m: Module, t: Value, settings: { readonly sinusoidWidth: number; readonly width: number; readonly flip: boolean; readonly shift: number; readonly activation: Activation },
): Value {
  const waves = sinusoid(m.b, cast(m.b, t, 'float32'), settings.sinusoidWidth, settings.flip, settings.shift);
  const hidden = m.in('linear_1', (layer) => linear(layer, waves, settings.width));
  return m.in('linear_2', (layer) => linear(layer, activate(m.b, settings.activation, hidden), settings.width));
}

/** Attention-pooled text [batch, tokens, width] as one vector [batch, outWidth], added to the time embedding. */
export function textPoolingEmbedding(m: Module, states: Value, outWidth: number, heads: number): Value {
  const normed = m.in('norm1', (norm) => layerNorm(norm, states));
  const pooled = m.in('pool', (pool) => attentionPool(pool, normed, heads));
  const projected = m.in('proj', (layer) => linear(layer, pooled, outWidth));
  return m.in('norm2', (norm) => layerNorm(norm, projected));
}

/** One query, the mean token plus a learned vector, attends to itself and to every token (padding included). */
function attentionPool(m: Module, tokens: Value, heads: number): Value {
  const { b } = m;
  const [batch = 1, count = 1, width = 1] = tokens.shape;
  const head = width / heads;
  const summary = add(b, reduceMean(b, tokens, [1]), m.parameter('positional_embedding', [1, width], [1, 1, width]));
  const sequence = concat(b, [summary, tokens], 1);
  const project = (name: string, input: Value): Value => m.in(name, (layer) => linear(layer, input, width));
  const perHead = (x: Value, length: number, perm: readonly number[]): Value => transpose(b, reshape(b, x, [batch, length, heads, head]), perm);
  const query = perHead(scale(b, project('q_proj', summary), head ** -0.5), 1, [0, 2, 1, 3]);
  const key = perHead(project('k_proj', sequence), count + 1, [0, 2, 3, 1]);
  const value = perHead(project('v_proj', sequence), count + 1, [0, 2, 1, 3]);
  return reshape(b, transpose(b, matMul(b, softmax(b, matMul(b, query, key)), value), [0, 2, 1, 3]), [batch, width]);
}
