import { z } from 'zod';
import { activate, attention } from '../onnx/composite-ops.ts';
import type { Activation } from '../onnx/composite-ops.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Lowering } from '../onnx/graph-builder.ts';
import type { Value } from '../onnx/graph.ts';
import { add, cast, gather, reshape, slice } from '../onnx/tensor-ops.ts';
import type { BuiltModel } from './built-model.ts';
import { layerNorm, linear } from './layers.ts';
import { configIncompatible, parseModelConfig } from './model-config.ts';
import { Module, ParameterTable } from './module.ts';
import type { ParameterSource } from './parameter-source.ts';
import type { TextShape } from './t5-encoder.ts';

const FAMILY = 'CLIPTextModel';

const schema = z.looseObject({
  vocab_size: z.number().int().positive().default(49408),
  hidden_size: z.number().int().positive().default(1024),
  intermediate_size: z.number().int().positive().default(4096),
  num_hidden_layers: z.number().int().positive().default(23),
  num_attention_heads: z.number().int().positive().default(16),
  max_position_embeddings: z.number().int().positive().default(77),
  hidden_act: z.string().default('gelu'),
  layer_norm_eps: z.number().positive().default(1e-5),
});

export type ClipTextConfig = z.infer<typeof schema>;

/** The text half of a whole CLIP's configuration. */
const wholeModel = z.looseObject({ text_config: z.looseObject({}) });

/** Layers of OpenCLIP's ViT-H text model, and how many of them diffusion models of the second generation use: all but the last. */
const OPEN_CLIP = { hidden_size: 1024, num_hidden_layers: 24, usedLayers: 23 } as const;
/** OpenCLIP pads with the first token of the vocabulary, whatever the tokenizer beside its weights says. */
export const OPEN_CLIP_PADDING = 0;

/** True for the whole OpenCLIP ViT-H, whose text model Show-1's last stage and ModelScope's generators were trained with, one layer less. */
export function isOpenClip(json: unknown): boolean {
  const text = wholeModel.safeParse(json).data?.text_config;
  return text?.['hidden_size'] === OPEN_CLIP.hidden_size && text['num_hidden_layers'] === OPEN_CLIP.num_hidden_layers;
}

/** Reads `config.json` of a CLIPTextModel, or of a whole CLIP for its text half. Missing values are those of Show-1's last stage. */
export function parseClipTextConfig(json: unknown, origin = 'config.json'): ClipTextConfig {
  const text = wholeModel.safeParse(json).data?.text_config ?? json;
  const config = parseModelConfig(schema, isOpenClip(json) ? { ...(text as object), num_hidden_layers: OPEN_CLIP.usedLayers } : text, origin, FAMILY);
  if (clipActivation(config) === undefined) throw configIncompatible(origin, 'hidden_act', `"${config.hidden_act}" is not gelu or quick_gelu`, FAMILY);
  if (config.hidden_size % config.num_attention_heads !== 0) throw configIncompatible(origin, 'num_attention_heads', 'does not divide hidden_size', FAMILY);
  return config;
}

function clipActivation({ hidden_act: name }: ClipTextConfig): Activation | undefined {
  return name === 'gelu' || name === 'quick_gelu' ? name : undefined;
}

/** The picture half of a whole CLIP, its projections, OpenCLIP's last text layer, and a table of numbers that is not a weight. */
const UNUSED_OF_WHOLE_MODELS = /^(vision_model\.|visual_projection\.|text_projection\.|logit_scale$|text_model\.encoder\.layers\.23\.|.*position_ids$)/;

/** Logit of a later token: low enough that its softmax weight is exactly zero, and within what 16 bits hold. */
const FUTURE = -30_000;

/**
 * Emits a CLIP text transformer (Radford et al. 2021): causal pre-norm blocks and a final norm.
 *
 * Input: `input_ids` int64 [batch, tokens]. Output: `last_hidden_state` [batch, tokens, hidden_size], after the final norm.
 */
export function buildClipText(config: ClipTextConfig, shape: TextShape, lowering: Lowering, source: ParameterSource | null): BuiltModel {
  const { batch, tokens } = shape;
  if (tokens > config.max_position_embeddings) throw configIncompatible('config.json', 'max_position_embeddings', `${config.max_position_embeddings} is less than the ${tokens} tokens asked for`, FAMILY);
  const b = new GraphBuilder('clip-text', lowering);
  const ids = b.input('input_ids', 'int64', [batch, tokens]);
  const parameters = new ParameterTable(b, source);
  const root = new Module(b, parameters);
  const future = Float32Array.from({ length: tokens * tokens }, (_, index) => (index % tokens > Math.floor(index / tokens) ? FUTURE : 0));
  const bias = b.floats(future, [1, 1, tokens, tokens]);
  const last = root.in('text_model', (model) => {
    let hidden = model.in('embeddings', (embeddings) => embed(embeddings, ids, config, shape));
    for (let layer = 0; layer < config.num_hidden_layers; layer++) {
      hidden = model.in(`encoder.layers.${layer}`, (block) => clipBlock(block, hidden, bias, config));
    }
    return model.in('final_layer_norm', (norm) => layerNorm(norm, hidden, config.layer_norm_eps));
  });
  b.output('last_hidden_state', last);
  return { graph: b.finish(), unused: parameters.unused().filter((name) => !UNUSED_OF_WHOLE_MODELS.test(name)) };
}

function embed(m: Module, ids: Value, config: ClipTextConfig, { tokens }: TextShape): Value {
  const { b } = m;
  const token = cast(b, gather(b, m.storedParameter('token_embedding.weight', [config.vocab_size, config.hidden_size]), ids), 'float32');
  const positions = m.parameter('position_embedding.weight', [config.max_position_embeddings, config.hidden_size]);
  const used = tokens === config.max_position_embeddings ? positions : slice(b, positions, 0, 0, tokens);
  return add(b, token, reshape(b, used, [1, tokens, config.hidden_size]));
}

function clipBlock(m: Module, x: Value, bias: Value, config: ClipTextConfig): Value {
  const { b } = m;
  const width = config.hidden_size;
  const heads = config.num_attention_heads;
  const normed = m.in('layer_norm1', (norm) => layerNorm(norm, x, config.layer_norm_eps));
  const attended = add(b, x, m.in('self_attn', (inner) => {
    const project = (name: string, input: Value): Value => inner.in(name, (layer) => linear(layer, input, width));
    const mixed = attention(b, project('q_proj', normed), project('k_proj', normed), project('v_proj', normed), { heads, scale: (width / heads) ** -0.5, bias });
    return project('out_proj', mixed);
  }));
  const again = m.in('layer_norm2', (norm) => layerNorm(norm, attended, config.layer_norm_eps));
  return add(b, attended, m.in('mlp', (mlp) => {
    const wide = mlp.in('fc1', (layer) => linear(layer, again, config.intermediate_size));
    return mlp.in('fc2', (layer) => linear(layer, activate(b, clipActivation(config) ?? 'gelu', wide), width));
  }));
}
