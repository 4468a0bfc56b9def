import { StudioError, assert } from '../../../src-shared/errors/studio-error.ts';
import { activate } from '../onnx/composite-ops.ts';
import type { Activation } from '../onnx/composite-ops.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Lowering } from '../onnx/graph-builder.ts';
import type { Value } from '../onnx/graph.ts';
import { add, concat, div, reshape, resizeNearest, scale, sub, transpose, zeroPad } from '../onnx/tensor-ops.ts';
import { jointAttention, spatialTransformer, temporalTransformer } from './attention-blocks.ts';
import type { AnchorFrame, TextAttentionProbe, TextStates } from './attention-blocks.ts';
import type { BuiltModel } from './built-model.ts';
import { textPoolingEmbedding, timestepEmbedding } from './conditioning.ts';
import { repeatPerFrame } from './frame-layout.ts';
import type { ClipGeometry } from './frame-layout.ts';
import { conv2d, groupNorm, linear } from './layers.ts';
import { Module, ParameterTable } from './module.ts';
import type { ParameterSource } from './parameter-source.ts';
import { residualBlock, temporalConvBlock } from './residual-block.ts';
import { planUnet3d } from './unet3d-config.ts';
import type { LevelPlan, Unet3dConfig } from './unet3d-config.ts';

/** The concrete sizes a graph is emitted for. Height and width are those of the UNet's input (latent or pixel). */
export interface ClipShape {
  readonly batch: number;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** Length of the text sequence. */
  readonly tokens: number;
}

/** What a graph offers beyond the plain forward pass. A hook that is off adds nothing to the graph. */
export interface Unet3dHooks {
  /** `encoder_hidden_states` is [batch * frames, tokens, text width]: every frame has words of its own. */
  readonly perFrameText?: boolean;
  /**
   * Adds the input `text_focus` [batch * frames, tokens] and the output `text_attention` [batch * frames, 1]: the share of a
   * frame's attention that goes to the focused tokens, averaged over the joint attentions, their heads and queries.
   */
  readonly textAttention?: boolean;
  /**
   * All frames also look at one anchor frame in the spatial self-attentions of a latent UNet: the input `anchor_given` [1], and per
   * attention the states as input and output (see {@link AnchorFrame}). For a batch of one clip.
   */
  readonly anchorFrame?: boolean;
}

/** Everything the blocks share while one UNet is built. */
interface Unet3dContext {
  readonly config: Unet3dConfig;
  readonly geometry: ClipGeometry;
  readonly activation: Activation;
  readonly time: Value;
  readonly text: TextStates;
  readonly anchor: AnchorFrame | undefined;
}

/** Temporal transformer before the first level: 8 heads, 32 groups, fixed in the architecture. */
const TRANSFORMER_IN = { heads: 8, groups: 32 } as const;

/**
 * Emits the forward graph of Show-1's UNet3D in any of its forms (show1.md sections 1.2-1.6).
 *
 * Inputs: `sample` [batch, in_channels, frames, height, width], `timestep` int64 [batch], `encoder_hidden_states`
 * [batch, tokens, text width], and `class_labels` int64 [batch] (the noise level) where the configuration has it.
 * Output: `output` [batch, out_channels, frames, height, width]. Without a parameter source every weight is a graph input.
 * `hooks` add inputs and outputs; see {@link Unet3dHooks}.
 */
export function buildUnet3d(config: Unet3dConfig, shape: ClipShape, lowering: Lowering, source: ParameterSource | null, hooks: Unet3dHooks = {}): BuiltModel {
  const b = new GraphBuilder('unet3d', lowering);
  const plan = planUnet3d(config);
  const geometry: ClipGeometry = { batch: shape.batch, frames: shape.frames };
  const textWidth = config.encoder_hid_dim ?? config.cross_attention_dim;
  const sample = b.input('sample', 'float32', [shape.batch, config.in_channels, shape.frames, shape.height, shape.width]);
  const timestep = b.input('timestep', 'int64', [shape.batch]);
  const states = b.input('encoder_hidden_states', 'float32', [hooks.perFrameText === true ? shape.batch * shape.frames : shape.batch, shape.tokens, textWidth]);
  const labels = config.class_embed_type === 'timestep' ? b.input('class_labels', 'int64', [shape.batch]) : undefined;
  const probe: TextAttentionProbe | undefined = hooks.textAttention === true ? { focus: b.input('text_focus', 'float32', [shape.batch * shape.frames, shape.tokens]), shares: [] } : undefined;
  const anchor: AnchorFrame | undefined = hooks.anchorFrame === true ? { given: b.input('anchor_given', 'float32', [1]), paths: [] } : undefined;
  assert(anchor === undefined || shape.batch === 1, 'an anchor frame belongs to one clip');
  const parameters = new ParameterTable(b, source);
  const m = new Module(b, parameters);

  const activation = activationNamed(config.act_fn);
  const context: Unet3dContext = {
    config, geometry, activation,
    time: embedTime(m, config, plan.timeEmbeddingWidth, timestep, labels, states, geometry),
    text: {
      states: config.encoder_hid_dim_type === 'text_proj' ? m.in('encoder_hid_proj', (layer) => linear(layer, states, config.cross_attention_dim)) : states,
      norm: textNorm(config),
      probe,
    },
    anchor,
  };

  const frames = splitFrames(b, config.center_input_sample ? sub(b, scale(b, sample, 2), b.scalar(1)) : sample);
  let hidden = m.in('conv_in', (layer) => conv2d(layer, frames, channelsAt(plan.down, 0), config.conv_in_kernel));
  const headWidth = plan.transformerInHead;
  if (headWidth !== null) {
    hidden = m.in('transformer_in', (inner) => temporalTransformer(inner, hidden, geometry, { ...TRANSFORMER_IN, inner: TRANSFORMER_IN.heads * headWidth }));
  }
  const skips: Value[] = [hidden];
  for (const [index, level] of plan.down.entries()) {
    hidden = m.in(`down_blocks.${index}`, (block) => downLevel(block, hidden, skips, context, level, index === plan.down.length - 1));
  }
  hidden = m.in('mid_block', (block) => midLevel(block, hidden, context, plan.mid));
  for (const [index, level] of plan.up.entries()) {
    hidden = m.in(`up_blocks.${index}`, (block) => upLevel(block, hidden, skips, context, level, index === plan.up.length - 1));
  }
  const normed = activate(b, activation, m.in('conv_norm_out', (norm) => groupNorm(norm, hidden, config.norm_num_groups, config.norm_eps)));
  const predicted = m.in('conv_out', (layer) => conv2d(layer, normed, config.out_channels, config.conv_out_kernel));
  b.output('output', joinFrames(b, predicted, shape));
  if (probe !== undefined) b.output('text_attention', meanOf(b, probe.shares));
  return { graph: b.finish(), unused: parameters.unused() };
}

function embedTime(m: Module, config: Unet3dConfig, width: number, timestep: Value, labels: Value | undefined, states: Value, geometry: ClipGeometry): Value {
  const settings = {
    sinusoidWidth: config.block_out_channels[0] ?? 0, width, flip: config.flip_sin_to_cos, shift: config.freq_shift, activation: activationNamed(config.act_fn),
  };
  let time = m.in('time_embedding', (embedding) => timestepEmbedding(embedding, timestep, settings));
  if (labels !== undefined) time = add(m.b, time, m.in('class_embedding', (embedding) => timestepEmbedding(embedding, labels, settings)));
  if (config.addition_embed_type === 'text') {
    const pooled = m.in('add_embedding', (embedding) => textPoolingEmbedding(embedding, states, width, config.addition_embed_type_num_heads));
    time = add(m.b, pooled.shape[0] === time.shape[0] ? time : repeatPerFrame(m.b, time, geometry), pooled);
  }
  return typeof config.time_embedding_act_fn === 'string' ? activate(m.b, activationNamed(config.time_embedding_act_fn), time) : time;
}

function downLevel(m: Module, x: Value, skips: Value[], context: Unet3dContext, level: LevelPlan, last: boolean): Value {
  let hidden = x;
  for (let layer = 0; layer < level.layers; layer++) {
    hidden = unit(m, hidden, layer, context, level);
    skips.push(hidden);
  }
  if (last) return hidden;
  hidden = m.in('downsamplers.0', (sampler) => downsample(sampler, hidden, context, level));
  skips.push(hidden);
  return hidden;
}

function upLevel(m: Module, x: Value, skips: Value[], context: Unet3dContext, level: LevelPlan, last: boolean): Value {
  let hidden = x;
  for (let layer = 0; layer < level.layers; layer++) {
    const skip = skips.pop();
    assert(skip !== undefined, 'every up layer has a skip');
    if (skip.shape[2] !== hidden.shape[2] || skip.shape[3] !== hidden.shape[3]) throw indivisible(skip, hidden);
    hidden = unit(m, concat(m.b, [hidden, skip], 1), layer, context, level);
  }
  if (last) return hidden;
  const next = skips.at(-1);
  assert(next !== undefined, 'a level follows');
  return m.in('upsamplers.0', (sampler) => upsample(sampler, hidden, next, context, level));
}

function midLevel(m: Module, x: Value, context: Unet3dContext, level: LevelPlan): Value {
  const settings = residualSettings(context, level, context.config.mid_block_scale_factor);
  const { geometry, time } = context;
  const residual = (hidden: Value, layer: number): Value => {
    const next = m.in(`resnets.${layer}`, (block) => residualBlock(block, hidden, time, geometry, settings));
    return level.temporal ? m.in(`temp_convs.${layer}`, (block) => temporalConvBlock(block, next, geometry)) : next;
  };
  return residual(attend(m, residual(x, 0), 0, context, level), 1);
}

/** Residual block, temporal convolution, spatial attention, temporal attention: one layer of a level. */
function unit(m: Module, x: Value, layer: number, context: Unet3dContext, level: LevelPlan): Value {
  const { geometry, time } = context;
  let hidden = m.in(`resnets.${layer}`, (block) => residualBlock(block, x, time, geometry, residualSettings(context, level)));
  if (level.temporal) hidden = m.in(`temp_convs.${layer}`, (block) => temporalConvBlock(block, hidden, geometry));
  return level.attention === 'none' ? hidden : attend(m, hidden, layer, context, level);
}

/**
 * Spatial, then temporal attention. In the joint form the setting is the width of a spatial head but the number of
 * temporal heads; in the transformer form it is the number of both.
 */
function attend(m: Module, x: Value, layer: number, { config, geometry, text, anchor }: Unet3dContext, level: LevelPlan): Value {
  const { channels, headSetting, attention } = level;
  const settings = {
    heads: wholeHeads(attention === 'joint' ? channels / headSetting : headSetting, channels),
    groups: config.norm_num_groups, epsilon: config.norm_eps, onlyCrossAttention: level.onlyCrossAttention, transformerLayers: level.transformerLayers,
  };
  const mixed = m.in(`attentions.${layer}`, (block) => (attention === 'joint'
    ? jointAttention(block, x, text, geometry, settings)
    : spatialTransformer(block, x, text, geometry, { ...settings, anchor, linearProjection: config.use_linear_projection })));
  if (!level.temporal) return mixed;
  const temporal = { heads: wholeHeads(headSetting, channels), inner: channels, groups: config.norm_num_groups };
  return m.in(`temp_attentions.${layer}`, (block) => temporalTransformer(block, mixed, geometry, temporal));
}

function residualSettings({ config, activation }: Unet3dContext, level: LevelPlan, midScale?: number) {
  const pixel = level.sampler === 'resnet';
  return {
    outChannels: level.channels, groups: config.norm_num_groups, epsilon: config.norm_eps, activation,
    timeInjection: config.resnet_time_scale_shift === 'scale_shift' ? 'scale_shift' : 'add',
    skipTimeActivation: pixel && config.resnet_skip_time_act,
    outputScale: midScale ?? (pixel ? config.resnet_out_scale_factor : 1),
  } as const;
}

function downsample(m: Module, x: Value, context: Unet3dContext, level: LevelPlan): Value {
  if (level.sampler === 'resnet') return residualBlock(m, x, context.time, context.geometry, { ...residualSettings(context, level), resample: 'down' });
  const padding = context.config.downsample_padding;
  const padded = padding === 0 ? zeroPad(m.b, x, [0, 0, 0, 0, 0, 0, 1, 1]) : x;
  return m.in('conv', (layer) => conv2d(layer, padded, level.channels, 3, { stride: 2, padding }));
}

function upsample(m: Module, x: Value, next: Value, context: Unet3dContext, level: LevelPlan): Value {
  if (level.sampler === 'resnet') return residualBlock(m, x, context.time, context.geometry, { ...residualSettings(context, level), resample: 'up' });
  const grown = resizeNearest(m.b, x, next.shape[2] ?? 1, next.shape[3] ?? 1);
  return m.in('conv', (layer) => conv2d(layer, grown, level.channels, 3));
}

/** [batch, channels, frames, height, width] to frames as batch, through rank 4. */
function splitFrames(b: GraphBuilder, sample: Value): Value {
  const [batch = 1, channels = 1, frames = 1, height = 1, width = 1] = sample.shape;
  const flat = transpose(b, reshape(b, sample, [batch, channels, frames, height * width]), [0, 2, 1, 3]);
  return reshape(b, flat, [batch * frames, channels, height, width]);
}

function joinFrames(b: GraphBuilder, x: Value, { batch, frames, height, width }: ClipShape): Value {
  const channels = x.shape[1] ?? 1;
  const flat = transpose(b, reshape(b, x, [batch, frames, channels, height * width]), [0, 2, 1, 3]);
  return reshape(b, flat, [batch, channels, frames, height, width]);
}

function meanOf(b: GraphBuilder, values: readonly Value[]): Value {
  const [first, ...rest] = values;
  if (first === undefined) throw new StudioError('CAPABILITY_UNAVAILABLE', 'This model has no joint attention of pictures and text, so that its attention to words cannot be measured. Choose a pack with a pixel keyframe stage.');
  return div(b, rest.reduce((sum, value) => add(b, sum, value), first), b.scalar(values.length));
}

function activationNamed(name: string): Activation {
  if (name === 'gelu' || name === 'relu') return name;
  return 'silu';
}

function textNorm(config: Unet3dConfig): TextStates['norm'] {
  return config.cross_attention_norm === 'group_norm' || config.cross_attention_norm === 'layer_norm' ? config.cross_attention_norm : null;
}

function channelsAt(levels: readonly LevelPlan[], index: number): number {
  return levels[index]?.channels ?? 0;
}

function wholeHeads(heads: number, channels: number): number {
  if (Number.isInteger(heads) && heads > 0 && channels % heads === 0) return heads;
  throw new StudioError('MODEL_INCOMPATIBLE', `config.json: attention_head_dim does not divide ${channels} channels into whole heads. Use the config.json that belongs to the weights.`, { details: { key: 'attention_head_dim' } });
}

function indivisible(skip: Value, hidden: Value): StudioError {
  const got = `${hidden.shape[2]}x${hidden.shape[3]}`;
  const expected = `${skip.shape[2]}x${skip.shape[3]}`;
  return new StudioError('SHAPE_MISMATCH', `The frame size does not halve evenly: a level came back as ${got}, expected ${expected}. Choose a height and width that are multiples of 2 to the number of levels minus one.`, { details: { got, expected } });
}
