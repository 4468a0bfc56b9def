import { z } from 'zod';
import { configIncompatible, parseModelConfig } from './model-config.ts';

const FAMILY = 'Show-1 or compatible UNet3DConditionModel';

const perLevel = z.union([z.number(), z.array(z.number())]);

/** `unet/config.json` of diffusers' and Show-1's UNet3DConditionModel. Unknown keys pass; missing ones get Show-1's values. */
const schema = z.looseObject({
  in_channels: z.number().int().positive().default(4),
  out_channels: z.number().int().positive().default(4),
  block_out_channels: z.array(z.number().int().positive()).min(1).default([320, 640, 1280, 1280]),
  layers_per_block: perLevel.default(2),
  down_block_types: z.array(z.string()).default(['CrossAttnDownBlock3D', 'CrossAttnDownBlock3D', 'CrossAttnDownBlock3D', 'DownBlock3D']),
  up_block_types: z.array(z.string()).default(['UpBlock3D', 'CrossAttnUpBlock3D', 'CrossAttnUpBlock3D', 'CrossAttnUpBlock3D']),
  mid_block_type: z.string().nullish(),
  act_fn: z.string().default('silu'),
  norm_num_groups: z.number().int().positive().default(32),
  norm_eps: z.number().positive().default(1e-5),
  attention_head_dim: perLevel.nullish(),
  num_attention_heads: perLevel.nullish(),
  cross_attention_dim: z.number().int().positive().default(1024),
  cross_attention_norm: z.string().nullish(),
  encoder_hid_dim: z.number().int().positive().nullish(),
  encoder_hid_dim_type: z.string().nullish(),
  addition_embed_type: z.string().nullish(),
  addition_embed_type_num_heads: z.number().int().positive().default(64),
  class_embed_type: z.string().nullish(),
  num_class_embeds: z.number().int().nullish(),
  class_embeddings_concat: z.boolean().default(false),
  conv_in_kernel: z.number().int().default(3),
  conv_out_kernel: z.number().int().default(3),
  downsample_padding: z.number().int().default(1),
  center_input_sample: z.boolean().default(false),
  flip_sin_to_cos: z.boolean().default(true),
  freq_shift: z.number().default(0),
  mid_block_scale_factor: z.number().default(1),
  only_cross_attention: z.union([z.boolean(), z.array(z.boolean())]).default(false),
  mid_block_only_cross_attention: z.boolean().nullish(),
  dual_cross_attention: z.boolean().default(false),
  resnet_out_scale_factor: z.number().default(1),
  resnet_skip_time_act: z.boolean().default(false),
  resnet_time_scale_shift: z.string().default('default'),
  time_embedding_type: z.string().default('positional'),
  time_embedding_dim: z.number().int().positive().nullish(),
  time_embedding_act_fn: z.string().nullish(),
  timestep_post_act: z.string().nullish(),
  time_cond_proj_dim: z.number().nullish(),
  transformer_layers_per_block: perLevel.default(1),
  // Misspelled in the published files; the spelling is part of the format.
  transfromer_in_opt: z.boolean().nullish(),
  use_linear_projection: z.boolean().default(true),
});

export type Unet3dConfig = z.infer<typeof schema>;

/** The level types that exist, and what each is made of. */
export interface LevelKind {
  /** `joint`: image and text keys in one attention; `transformer`: self-attention, cross-attention, feed-forward. */
  readonly attention: 'none' | 'joint' | 'transformer';
  /** Samplers are residual blocks in the pixel UNets, convolutions in the latent one. */
  readonly sampler: 'resnet' | 'conv';
  /** False in image models: no temporal convolution and attention. */
  readonly temporal: boolean;
}

const DOWN_KINDS: Readonly<Record<string, LevelKind>> = {
  DownBlock3D: { attention: 'none', sampler: 'conv', temporal: true },
  CrossAttnDownBlock3D: { attention: 'transformer', sampler: 'conv', temporal: true },
  ResnetDownsampleBlock3D: { attention: 'none', sampler: 'resnet', temporal: true },
  SimpleCrossAttnDownBlock3D: { attention: 'joint', sampler: 'resnet', temporal: true },
  ResnetDownsampleBlock2D: { attention: 'none', sampler: 'resnet', temporal: false },
  SimpleCrossAttnDownBlock2D: { attention: 'joint', sampler: 'resnet', temporal: false },
};

const UP_KINDS: Readonly<Record<string, LevelKind>> = {
  UpBlock3D: { attention: 'none', sampler: 'conv', temporal: true },
  CrossAttnUpBlock3D: { attention: 'transformer', sampler: 'conv', temporal: true },
  ResnetUpsampleBlock3D: { attention: 'none', sampler: 'resnet', temporal: true },
  SimpleCrossAttnUpBlock3D: { attention: 'joint', sampler: 'resnet', temporal: true },
  ResnetUpsampleBlock2D: { attention: 'none', sampler: 'resnet', temporal: false },
  SimpleCrossAttnUpBlock2D: { attention: 'joint', sampler: 'resnet', temporal: false },
};

const MID_KINDS: Readonly<Record<string, LevelKind>> = {
  UNetMidBlock3DCrossAttn: { attention: 'transformer', sampler: 'conv', temporal: true },
  UNetMidBlock3DSimpleCrossAttn: { attention: 'joint', sampler: 'resnet', temporal: true },
  UNetMidBlock2DSimpleCrossAttn: { attention: 'joint', sampler: 'resnet', temporal: false },
};

/** One resolution level. `heads` is the `attention_head_dim` entry, whose meaning depends on the attention kind. */
export interface LevelPlan extends LevelKind {
  readonly channels: number;
  readonly layers: number;
  readonly headSetting: number;
  readonly transformerLayers: number;
  readonly onlyCrossAttention: boolean;
}

/** The levels of a configuration, each list in its own order (down: finest first; up: coarsest first). */
export interface Unet3dPlan {
  readonly down: readonly LevelPlan[];
  readonly mid: LevelPlan;
  readonly up: readonly LevelPlan[];
  /** Width of a head of the temporal transformer before the first level; null where there is none. */
  readonly transformerInHead: number | null;
  readonly timeEmbeddingWidth: number;
}

const TRANSFORMER_IN_HEAD = 64;

/** Reads a config.json value; what cannot be built is refused with the key's name. `origin` is for messages. */
export function parseUnet3dConfig(json: unknown, origin = 'config.json'): Unet3dConfig {
  const config = parseModelConfig(schema, json, origin, FAMILY);
  const refuse = (key: keyof Unet3dConfig & string, why: string): never => { throw configIncompatible(origin, key, why, FAMILY); };
  if (config.down_block_types.length !== config.block_out_channels.length) refuse('down_block_types', 'needs one entry per block_out_channels entry');
  if (config.up_block_types.length !== config.block_out_channels.length) refuse('up_block_types', 'needs one entry per block_out_channels entry');
  for (const type of config.down_block_types) if (DOWN_KINDS[type] === undefined) refuse('down_block_types', `has the unknown type "${type}"`);
  for (const type of config.up_block_types) if (UP_KINDS[type] === undefined) refuse('up_block_types', `has the unknown type "${type}"`);
  if (typeof config.mid_block_type === 'string' && MID_KINDS[config.mid_block_type] === undefined) refuse('mid_block_type', `is the unknown type "${config.mid_block_type}"`);
  if (!['gelu', 'silu', 'swish', 'relu'].includes(config.act_fn)) refuse('act_fn', `"${config.act_fn}" is not gelu, silu or relu`);
  if (![null, undefined, 'gelu', 'silu', 'swish', 'relu'].includes(config.time_embedding_act_fn)) refuse('time_embedding_act_fn', 'is not gelu, silu or relu');
  if (config.class_embeddings_concat) refuse('class_embeddings_concat', 'true is not supported');
  if (config.dual_cross_attention) refuse('dual_cross_attention', 'true is not supported');
  if (![null, undefined, 'timestep'].includes(config.class_embed_type)) refuse('class_embed_type', 'must be null or "timestep"');
  if (config.num_class_embeds !== null && config.num_class_embeds !== undefined) refuse('num_class_embeds', 'must be null');
  if (![null, undefined, 'text'].includes(config.addition_embed_type)) refuse('addition_embed_type', 'must be null or "text"');
  if (![null, undefined, 'text_proj'].includes(config.encoder_hid_dim_type)) refuse('encoder_hid_dim_type', 'must be null or "text_proj"');
  if (![null, undefined, 'group_norm', 'layer_norm'].includes(config.cross_attention_norm)) refuse('cross_attention_norm', 'must be null, "group_norm" or "layer_norm"');
  if (!['default', 'scale_shift'].includes(config.resnet_time_scale_shift)) refuse('resnet_time_scale_shift', 'must be "default" or "scale_shift"');
  if (config.time_embedding_type !== 'positional') refuse('time_embedding_type', 'must be "positional"');
  if (config.time_cond_proj_dim !== null && config.time_cond_proj_dim !== undefined) refuse('time_cond_proj_dim', 'must be null');
  if (config.timestep_post_act !== null && config.timestep_post_act !== undefined) refuse('timestep_post_act', 'must be null');
  if (config.down_block_types.some((type) => type.endsWith('2D')) && ![...config.down_block_types, ...config.up_block_types].every((type) => type.endsWith('2D'))) refuse('up_block_types', 'mixes blocks for pictures with blocks for clips');
  for (const channels of config.block_out_channels) {
    if (channels % config.norm_num_groups !== 0) refuse('norm_num_groups', `${config.norm_num_groups} does not divide ${channels} channels`);
  }
  return config;
}

/** True for an image model, which sees one frame: Show-1 borrows one for the first enlarged frame. */
export function isImageUnet(config: Unet3dConfig): boolean {
  return config.down_block_types.every((type) => type.endsWith('2D'));
}

/** Resolves the per-level settings of a configuration. */
export function planUnet3d(config: Unet3dConfig): Unet3dPlan {
  const levels = config.block_out_channels.length;
  const at = <T>(setting: T | readonly T[], level: number): T => (Array.isArray(setting) ? setting[level] ?? setting.at(-1) : setting) as T;
  const hasHeadSetting = (config.num_attention_heads ?? config.attention_head_dim ?? null) !== null;
  const headSetting = (level: number, kind: LevelKind): number => {
    const configured = config.num_attention_heads ?? config.attention_head_dim;
    if (configured !== null && configured !== undefined) return at(configured, level);
    return kind.attention === 'joint' ? 64 : Math.max(1, at(config.block_out_channels, level) / 64);
  };
  // Show-1's class, which alone has the misspelled key, counts heads where the public one it came from gives their width.
  const isPublic = config.transfromer_in_opt === undefined;
  const plan = (level: number, kind: LevelKind): LevelPlan => ({
    ...kind,
    channels: at(config.block_out_channels, level),
    layers: at(config.layers_per_block, level),
    headSetting: kind.attention === 'transformer' && isPublic && hasHeadSetting ? at(config.block_out_channels, level) / headSetting(level, kind) : headSetting(level, kind),
    transformerLayers: at(config.transformer_layers_per_block, level),
    onlyCrossAttention: at(config.only_cross_attention, level),
  });
  const down = config.down_block_types.map((type, level) => plan(level, kindOf(DOWN_KINDS, type)));
  const up = config.up_block_types.map((type, index) => {
    const level = plan(levels - 1 - index, kindOf(UP_KINDS, type));
    return { ...level, layers: level.layers + 1 };
  });
  const pixel = down.some((level) => level.sampler === 'resnet');
  const midType = config.mid_block_type ?? (!pixel ? 'UNetMidBlock3DCrossAttn' : isImageUnet(config) ? 'UNetMidBlock2DSimpleCrossAttn' : 'UNetMidBlock3DSimpleCrossAttn');
  const midLevel = plan(levels - 1, kindOf(MID_KINDS, midType));
  const firstOnlyCross = Array.isArray(config.only_cross_attention) ? false : config.only_cross_attention;
  return {
    down, up,
    mid: { ...midLevel, layers: 1, onlyCrossAttention: config.mid_block_only_cross_attention ?? firstOnlyCross },
    transformerInHead: (config.transfromer_in_opt ?? !pixel) ? (isPublic && hasHeadSetting ? at(config.attention_head_dim ?? TRANSFORMER_IN_HEAD, 0) : TRANSFORMER_IN_HEAD) : null,
    timeEmbeddingWidth: config.time_embedding_dim ?? at(config.block_out_channels, 0) * 4,
  };
}

function kindOf(table: Readonly<Record<string, LevelKind>>, type: string): LevelKind {
  const kind = table[type];
  if (kind === undefined) throw configIncompatible('config.json', 'block type', `"${type}" is unknown`, FAMILY);
  return kind;
}
