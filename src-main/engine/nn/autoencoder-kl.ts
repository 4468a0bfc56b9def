import { z } from 'zod';
import { activate, attention } from '../onnx/composite-ops.ts';
import type { Activation } from '../onnx/composite-ops.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Lowering } from '../onnx/graph-builder.ts';
import type { Value } from '../onnx/graph.ts';
import { add, reshape, resizeNearest, split, transpose, zeroPad } from '../onnx/tensor-ops.ts';
import type { BuiltModel } from './built-model.ts';
import { conv2d, groupNorm, linear } from './layers.ts';
import { configIncompatible, parseModelConfig } from './model-config.ts';
import { Module, ParameterTable } from './module.ts';
import type { ParameterSource } from './parameter-source.ts';
import { residualBlock } from './residual-block.ts';

const FAMILY = 'AutoencoderKL';

const schema = z.looseObject({
  in_channels: z.number().int().positive().default(3),
  out_channels: z.number().int().positive().default(3),
  latent_channels: z.number().int().positive().default(4),
  block_out_channels: z.array(z.number().int().positive()).min(1).default([128, 256, 512, 512]),
  layers_per_block: z.number().int().positive().default(2),
  norm_num_groups: z.number().int().positive().default(32),
  act_fn: z.string().default('silu'),
  down_block_types: z.array(z.string()).optional(),
  up_block_types: z.array(z.string()).optional(),
  scaling_factor: z.number().positive().default(0.18215),
  mid_block_add_attention: z.boolean().default(true),
  use_quant_conv: z.boolean().default(true),
  use_post_quant_conv: z.boolean().default(true),
});

export type AutoencoderConfig = z.infer<typeof schema>;

/** Reads `vae/config.json` of an AutoencoderKL. Missing values are those of Stable Diffusion's. */
export function parseAutoencoderConfig(json: unknown, origin = 'config.json'): AutoencoderConfig {
  const config = parseModelConfig(schema, json, origin, FAMILY);
  const odd = [...(config.down_block_types ?? []), ...(config.up_block_types ?? [])].find((type) => type !== 'DownEncoderBlock2D' && type !== 'UpDecoderBlock2D');
  if (odd !== undefined) throw configIncompatible(origin, 'block types', `include "${odd}", which is not supported`, FAMILY);
  if (!['silu', 'swish', 'gelu', 'relu'].includes(config.act_fn)) throw configIncompatible(origin, 'act_fn', `"${config.act_fn}" is not silu, gelu or relu`, FAMILY);
  const uneven = config.block_out_channels.find((channels) => channels % config.norm_num_groups !== 0);
  if (uneven !== undefined) throw configIncompatible(origin, 'norm_num_groups', `${config.norm_num_groups} does not divide ${uneven} channels`, FAMILY);
  return config;
}

/** How many pixels one latent covers per axis: 2 to the number of levels minus one. */
export function autoencoderFactor(config: AutoencoderConfig): number {
  return 2 ** (config.block_out_channels.length - 1);
}

/** Size of the graph's input: pixels for the encoder, latents for the decoder. Frames are its batch. */
export interface ImageShape {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

const EPSILON = 1e-6;

/**
 * Emits the encoder. Input: `sample` [batch, in_channels, height, width] in [-1, 1]. Outputs: `mean` and `logvar` of the
 * posterior (Kingma & Welling 2014), [batch, latent_channels, height / factor, width / factor], not scaled; logvar is clamped
 * to [-30, 20] as the original does.
 */
export function buildAutoencoderEncoder(config: AutoencoderConfig, shape: ImageShape, lowering: Lowering, source: ParameterSource | null): BuiltModel {
  const b = new GraphBuilder('vae-encoder', lowering);
  const sample = b.input('sample', 'float32', [shape.batch, config.in_channels, shape.height, shape.width]);
  const parameters = new ParameterTable(b, source);
  const root = new Module(b, parameters);
  const moments = root.in('encoder', (encoder) => encode(encoder, sample, config));
  const quantized = config.use_quant_conv ? root.in('quant_conv', (layer) => conv2d(layer, moments, config.latent_channels * 2, 1)) : moments;
  const [mean, logvar] = split(b, quantized, 1, 2);
  b.output('mean', mean as Value);
  b.output('logvar', b.op('Clip', [logvar, b.scalar(-30), b.scalar(20)]));
  return { graph: b.finish(), unused: parameters.unused().filter((name) => !name.startsWith('decoder.') && !name.startsWith('post_quant_conv.')) };
}

/**
 * Emits the decoder. Input: `latents` [batch, latent_channels, height, width], already divided by the scaling factor.
 * Output: `sample` [batch, out_channels, height * factor, width * factor] in about [-1, 1].
 */
export function buildAutoencoderDecoder(config: AutoencoderConfig, shape: ImageShape, lowering: Lowering, source: ParameterSource | null): BuiltModel {
  const b = new GraphBuilder('vae-decoder', lowering);
  const latents = b.input('latents', 'float32', [shape.batch, config.latent_channels, shape.height, shape.width]);
  const parameters = new ParameterTable(b, source);
  const root = new Module(b, parameters);
  const opened = config.use_post_quant_conv ? root.in('post_quant_conv', (layer) => conv2d(layer, latents, config.latent_channels, 1)) : latents;
  b.output('sample', root.in('decoder', (decoder) => decode(decoder, opened, config)));
  return { graph: b.finish(), unused: parameters.unused().filter((name) => !name.startsWith('encoder.') && !name.startsWith('quant_conv.')) };
}

function encode(m: Module, sample: Value, config: AutoencoderConfig): Value {
  const channels = config.block_out_channels;
  let hidden = m.in('conv_in', (layer) => conv2d(layer, sample, channels[0] ?? 0, 3));
  for (const [level, width] of channels.entries()) {
    hidden = m.in(`down_blocks.${level}`, (block) => {
      const deep = residuals(block, hidden, width, config.layers_per_block, config);
      if (level === channels.length - 1) return deep;
      // The stride-2 convolution sees one extra row and column at the far edges only.
      const padded = zeroPad(m.b, deep, [0, 0, 0, 0, 0, 0, 1, 1]);
      return block.in('downsamplers.0.conv', (layer) => conv2d(layer, padded, width, 3, { stride: 2, padding: 0 }));
    });
  }
  return head(m, middle(m, hidden, config), config.latent_channels * 2, config);
}

function decode(m: Module, latents: Value, config: AutoencoderConfig): Value {
  const channels = [...config.block_out_channels].reverse();
  let hidden = middle(m, m.in('conv_in', (layer) => conv2d(layer, latents, channels[0] ?? 0, 3)), config);
  for (const [level, width] of channels.entries()) {
    hidden = m.in(`up_blocks.${level}`, (block) => {
      const deep = residuals(block, hidden, width, config.layers_per_block + 1, config);
      if (level === channels.length - 1) return deep;
      const grown = resizeNearest(m.b, deep, (deep.shape[2] ?? 1) * 2, (deep.shape[3] ?? 1) * 2);
      return block.in('upsamplers.0.conv', (layer) => conv2d(layer, grown, width, 3));
    });
  }
  return head(m, hidden, config.out_channels, config);
}

function residuals(m: Module, x: Value, channels: number, count: number, config: AutoencoderConfig): Value {
  let hidden = x;
  for (let layer = 0; layer < count; layer++) hidden = m.in(`resnets.${layer}`, (block) => residual(block, hidden, channels, config));
  return hidden;
}

function residual(m: Module, x: Value, channels: number, config: AutoencoderConfig): Value {
  return residualBlock(m, x, undefined, { batch: x.shape[0] ?? 1, frames: 1 }, {
    outChannels: channels, groups: config.norm_num_groups, epsilon: EPSILON, activation: activationOf(config), timeInjection: 'none', skipTimeActivation: true, outputScale: 1,
  });
}

function middle(m: Module, x: Value, config: AutoencoderConfig): Value {
  const channels = x.shape[1] ?? 0;
  return m.in('mid_block', (block) => {
    const first = block.in('resnets.0', (inner) => residual(inner, x, channels, config));
    const mixed = config.mid_block_add_attention ? block.in('attentions.0', (inner) => imageAttention(inner, first, config)) : first;
    return block.in('resnets.1', (inner) => residual(inner, mixed, channels, config));
  });
}

/** Single-head attention over all pixels. Old checkpoints spell the projections query, key, value and proj_attn. */
function imageAttention(m: Module, x: Value, config: AutoencoderConfig): Value {
  const { b } = m;
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  const flat = reshape(b, x, [batch, channels, height * width]);
  const tokens = transpose(b, m.in('group_norm', (norm) => groupNorm(norm, flat, config.norm_num_groups, EPSILON)), [0, 2, 1]);
  const old = m.has('query.weight');
  const project = (name: string, oldName: string, input: Value): Value => m.in(old ? oldName : name, (layer) => linear(layer, input, channels));
  const mixed = attention(
    b, project('to_q', 'query', tokens), project('to_k', 'key', tokens), project('to_v', 'value', tokens), { heads: 1, scale: channels ** -0.5 },
  );
  return add(b, reshape(b, transpose(b, project('to_out.0', 'proj_attn', mixed), [0, 2, 1]), x.shape), x);
}

function head(m: Module, x: Value, outChannels: number, config: AutoencoderConfig): Value {
  const normed = activate(m.b, activationOf(config), m.in('conv_norm_out', (norm) => groupNorm(norm, x, config.norm_num_groups, EPSILON)));
  return m.in('conv_out', (layer) => conv2d(layer, normed, outChannels, 3));
}

function activationOf({ act_fn: name }: AutoencoderConfig): Activation {
  return name === 'gelu' || name === 'relu' ? name : 'silu';
}
