import { z } from 'zod';
import { activate, attention, linear, rmsNorm } from '../onnx/composite-ops.ts';
import type { Activation } from '../onnx/composite-ops.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Lowering } from '../onnx/graph-builder.ts';
import type { Value } from '../onnx/graph.ts';
import { add, cast, gather, mul, reshape, sub, transpose } from '../onnx/tensor-ops.ts';
import type { BuiltModel } from './built-model.ts';
import { configIncompatible, parseModelConfig } from './model-config.ts';
import { Module, ParameterTable } from './module.ts';
import type { ParameterSource } from './parameter-source.ts';

const FAMILY = 'T5EncoderModel';

const schema = z.looseObject({
  vocab_size: z.number().int().positive().default(32128),
  d_model: z.number().int().positive(),
  d_kv: z.number().int().positive(),
  d_ff: z.number().int().positive(),
  num_layers: z.number().int().positive(),
  num_heads: z.number().int().positive(),
  relative_attention_num_buckets: z.number().int().positive().default(32),
  relative_attention_max_distance: z.number().int().positive().default(128),
  layer_norm_epsilon: z.number().positive().default(1e-6),
  feed_forward_proj: z.string().default('relu'),
});

export type T5Config = z.infer<typeof schema>;

/** Reads `text_encoder/config.json` of a T5EncoderModel. */
export function parseT5Config(json: unknown, origin = 'config.json'): T5Config {
  const config = parseModelConfig(schema, json, origin, FAMILY);
  if (feedForward(config) === undefined) throw configIncompatible(origin, 'feed_forward_proj', `"${config.feed_forward_proj}" is not relu, gelu, silu or their gated forms`, FAMILY);
  return config;
}

/** The activation, and whether a second projection gates it. T5's `gated-gelu` means the tanh form. */
function feedForward({ feed_forward_proj: name }: T5Config): { activation: Activation; gated: boolean } | undefined {
  const gated = name.startsWith('gated-');
  const plain = gated ? name.slice('gated-'.length) : name;
  if (plain === 'gelu') return { activation: gated ? 'gelu_new' : 'gelu', gated };
  if (plain === 'relu' || plain === 'silu' || plain === 'gelu_new') return { activation: plain, gated };
  return undefined;
}

/** Text length a graph is emitted for. */
export interface TextShape {
  readonly batch: number;
  readonly tokens: number;
}

/** The decoder of a whole T5, and the second name of the token table. */
const UNUSED_OF_WHOLE_MODELS = /^(decoder\.|lm_head\.|encoder\.embed_tokens\.weight$)/;

/** Logit of a padded key: low enough that its softmax weight is exactly zero, and within what 16 bits hold. */
const MASKED = -30_000;

/**
 * Emits a T5 encoder (Raffel et al. 2020): pre-norm blocks with root-mean-square norms, unscaled attention with relative
 * position buckets shared by all layers, and a feed-forward that may be gated.
 *
 * Inputs: `input_ids` int64 [batch, tokens], `attention_mask` int64 [batch, tokens] (1 = token, 0 = padding).
 * Output: `last_hidden_state` [batch, tokens, d_model].
 */
export function buildT5Encoder(config: T5Config, shape: TextShape, lowering: Lowering, source: ParameterSource | null): BuiltModel {
  const b = new GraphBuilder('t5-encoder', lowering);
  const ids = b.input('input_ids', 'int64', [shape.batch, shape.tokens]);
  const mask = b.input('attention_mask', 'int64', [shape.batch, shape.tokens]);
  const parameters = new ParameterTable(b, source);
  const root = new Module(b, parameters);
  const embedding = tokenTable(root, config);
  const bias = attentionBias(root, config, shape, mask);
  let hidden = cast(b, gather(b, embedding, ids), 'float32');
  for (let layer = 0; layer < config.num_layers; layer++) {
    hidden = root.in(`encoder.block.${layer}`, (block) => encoderBlock(block, hidden, bias, config));
  }
  const normed = root.in('encoder.final_layer_norm', (norm) => scaleNorm(norm, hidden, config));
  b.output('last_hidden_state', normed);
  return { graph: b.finish(), unused: parameters.unused().filter((name) => !UNUSED_OF_WHOLE_MODELS.test(name)) };
}

/** Checkpoints store the token table as `shared`, some only under the encoder's alias. */
function tokenTable(m: Module, config: T5Config): Value {
  const alias = !m.has('shared.weight') && m.has('encoder.embed_tokens.weight');
  return m.storedParameter(alias ? 'encoder.embed_tokens.weight' : 'shared.weight', [config.vocab_size, config.d_model]);
}

/** Relative position bias of the first layer plus the padding mask, [batch, heads, tokens, tokens]. */
function attentionBias(m: Module, config: T5Config, { batch, tokens }: TextShape, mask: Value): Value {
  const { b } = m;
  const table = m.parameter('encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight', [config.relative_attention_num_buckets, config.num_heads]);
  const buckets: number[] = [];
  for (let query = 0; query < tokens; query++) {
    for (let key = 0; key < tokens; key++) {
      buckets.push(relativePositionBucket(key - query, config.relative_attention_num_buckets, config.relative_attention_max_distance));
    }
  }
  const perHead = transpose(b, gather(b, table, b.indices(buckets, [tokens, tokens])), [2, 0, 1]);
  const padding = mul(b, sub(b, b.scalar(1), cast(b, mask, 'float32')), b.scalar(MASKED));
  return add(b, reshape(b, perHead, [1, config.num_heads, tokens, tokens]), reshape(b, padding, [batch, 1, 1, tokens]));
}

/** Bucket of a key's distance from the query: half the buckets per sign, half of those exact, the rest logarithmic. */
export function relativePositionBucket(distance: number, buckets: number, maxDistance: number): number {
  const half = Math.floor(buckets / 2);
  const sign = distance > 0 ? half : 0;
  const size = Math.abs(distance);
  const exact = Math.floor(half / 2);
  if (size < exact) return sign + size;
  // float32 steps as in the original, so that boundaries fall on the same side.
  const ratio = Math.fround(Math.fround(Math.log(Math.fround(size / exact))) / Math.fround(Math.log(maxDistance / exact)));
  return sign + Math.min(exact + Math.floor(Math.fround(ratio * (half - exact))), half - 1);
}

function encoderBlock(m: Module, x: Value, bias: Value, config: T5Config): Value {
  const { b } = m;
  const attended = m.in('layer.0', (layer) => {
    const normed = layer.in('layer_norm', (norm) => scaleNorm(norm, x, config));
    const mixed = layer.in('SelfAttention', (inner) => selfAttention(inner, normed, bias, config));
    // What is carried from block to block outgrows 16 bits, and so does what the feed-forward's last layer adds to it.
    return b.precisely(() => add(b, x, mixed));
  });
  return m.in('layer.1', (layer) => {
    const normed = layer.in('layer_norm', (norm) => scaleNorm(norm, attended, config));
    const added = layer.in('DenseReluDense', (inner) => denseReluDense(inner, normed, config));
    return b.precisely(() => add(b, attended, added));
  });
}

function selfAttention(m: Module, x: Value, bias: Value, config: T5Config): Value {
  const inner = config.num_heads * config.d_kv;
  const mixed = attention(m.b, project(m, 'q', x, inner), project(m, 'k', x, inner), project(m, 'v', x, inner), { heads: config.num_heads, scale: 1, bias });
  return project(m, 'o', mixed, config.d_model);
}

function denseReluDense(m: Module, x: Value, config: T5Config): Value {
  const form = feedForward(config) ?? { activation: 'relu', gated: false };
  const active = activate(m.b, form.activation, project(m, form.gated ? 'wi_0' : 'wi', x, config.d_ff));
  const wide = form.gated ? mul(m.b, active, project(m, 'wi_1', x, config.d_ff)) : active;
  return m.b.precisely(() => project(m, 'wo', wide, config.d_model));
}

function project(m: Module, name: string, x: Value, width: number): Value {
  return linear(m.b, x, m.parameter(`${name}.weight`, [width, x.shape.at(-1) ?? 0]));
}

function scaleNorm(m: Module, x: Value, config: T5Config): Value {
  return rmsNorm(m.b, x, m.parameter('weight', [config.d_model]), config.layer_norm_epsilon);
}
