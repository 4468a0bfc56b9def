import { activate, attention, attentionPerKey } from '../onnx/composite-ops.ts';
import type { Value } from '../onnx/graph.ts';
import { add, concat, expand, mul, reduceSum, reshape, slice, split, sub, transpose } from '../onnx/tensor-ops.ts';
import { framesToTime, repeatPerFrame } from './frame-layout.ts';
import type { ClipGeometry } from './frame-layout.ts';
import { groupNorm, layerNorm, linear } from './layers.ts';
import type { Module } from './module.ts';

/** Text states as blocks receive them: [batch, tokens, width], the same for every frame, or [batch * frames, tokens, width]. */
export interface TextStates {
  readonly states: Value;
  /** Where each joint attention leaves its share on the text; undefined when nobody asks. */
  readonly probe?: TextAttentionProbe | undefined;
  /** Norm of the text keys in the joint attention. */
  readonly norm: 'group_norm' | 'layer_norm' | null;
}

/** Collects, per attention, the share of each frame's attention that went to chosen text tokens. */
export interface TextAttentionProbe {
  /** Weight of each token, [batch * frames, tokens]: 1 for the words that are asked about, 0 for the others. */
  readonly focus: Value;
  /** One [batch * frames, 1] per attention. */
  readonly shares: Value[];
}

/**
 * A frame that all frames of a clip look at, beside themselves, in the spatial self-attentions (cross-frame attention,
 * Khachatryan et al. 2023, section 3.3.2): what it shows keeps its looks over windows.
 */
export interface AnchorFrame {
  /** 1: the given states are used; 0: those of this clip's own first frame. Shape [1]. */
  readonly given: Value;
  /** Names of the states, one pair of graph input `anchor_in:PATH` and output `anchor_out:PATH` [1, tokens, width] per self-attention. */
  readonly paths: string[];
}

/** Graph names of an anchor's states. */
export const anchorInput = (path: string): string => `anchor_in:${path}`;
export const anchorOutput = (path: string): string => `anchor_out:${path}`;

/** Groups of the text norm in the joint attention; fixed in the architecture. */
const TEXT_NORM_GROUPS = 32;

/** Settings of a spatial attention. `heads` counts heads; their width follows from the channels. */
export interface SpatialAttentionSettings {
  readonly heads: number;
  readonly groups: number;
  readonly epsilon: number;
  readonly onlyCrossAttention: boolean;
  readonly transformerLayers: number;
}

/**
 * Joint attention of the pixel UNets: image queries attend to text keys, then image keys (text first), in one softmax.
 * x [batch * frames, channels, height, width].
 */
export function jointAttention(m: Module, x: Value, text: TextStates, geometry: ClipGeometry, settings: SpatialAttentionSettings): Value {
  const { b } = m;
  const [images = 1, channels = 1, height = 1, width = 1] = x.shape;
  const flat = reshape(b, x, [images, channels, height * width]);
  const tokens = transpose(b, m.in('group_norm', (norm) => groupNorm(norm, flat, settings.groups, settings.epsilon)), [0, 2, 1]);
  const textTokens = normalizeText(m, text);
  const project = (name: string, input: Value): Value => m.in(name, (projection) => linear(projection, input, channels));
  const query = project('to_q', tokens);
  const textKey = repeatPerFrame(b, project('add_k_proj', textTokens), geometry);
  const textValue = repeatPerFrame(b, project('add_v_proj', textTokens), geometry);
  const key = settings.onlyCrossAttention ? textKey : concat(b, [textKey, project('to_k', tokens)], 1);
  const value = settings.onlyCrossAttention ? textValue : concat(b, [textValue, project('to_v', tokens)], 1);
  const options = { heads: settings.heads, scale: (channels / settings.heads) ** -0.5 };
  if (text.probe !== undefined) {
    const { focus, shares } = text.probe;
    const onText = slice(b, attentionPerKey(b, query, key, options), 1, 0, focus.shape[1] ?? 1);
    shares.push(reduceSum(b, mul(b, onText, focus), [1]));
  }
  const mixed = attention(b, query, key, value, options);
  const projected = transpose(b, project('to_out.0', mixed), [0, 2, 1]);
  return add(b, reshape(b, projected, x.shape), x);
}

function normalizeText(m: Module, { states, norm }: TextStates): Value {
  if (norm === null) return states;
  if (norm === 'layer_norm') return m.in('norm_cross', (inner) => layerNorm(inner, states));
  const channelsFirst = transpose(m.b, states, [0, 2, 1]);
  return transpose(m.b, m.in('norm_cross', (inner) => groupNorm(inner, channelsFirst, TEXT_NORM_GROUPS, 1e-5)), [0, 2, 1]);
}

/** Self- or cross-attention of a transformer block, without residual. x [batch, tokens, width]; q/k/v carry no bias. */
function blockAttention(m: Module, x: Value, context: Value, heads: number): Value {
  const width = x.shape.at(-1) ?? 1;
  const project = (name: string, input: Value): Value => m.in(name, (projection) => linear(projection, input, width, { bias: false }));
  const mixed = attention(m.b, project('to_q', x), project('to_k', context), project('to_v', context), { heads, scale: (width / heads) ** -0.5 });
  return m.in('to_out.0', (projection) => linear(projection, mixed, width));
}

/** Feed-forward with gated GELU: proj to 2 x 4 x width, value * gelu(gate), back to width (Shazeer 2020, eq. 6). */
function gatedFeedForward(m: Module, x: Value): Value {
  const width = x.shape.at(-1) ?? 1;
  const projected = m.in('net.0.proj', (projection) => linear(projection, x, width * 8));
  const [value, gate] = split(m.b, projected, x.shape.length - 1, 2);
  const gated = mul(m.b, value as Value, activate(m.b, 'gelu', gate as Value));
  return m.in('net.2', (projection) => linear(projection, gated, width));
}

/** The tokens [images, tokens, width] with the anchor's behind them: what queries look at. The first image is the clip's first frame. */
function withAnchor(m: Module, tokens: Value, { given, paths }: AnchorFrame): Value {
  const { b } = m;
  const [images = 1, count = 1, width = 1] = tokens.shape;
  const own = slice(b, tokens, 0, 0, 1);
  const states = b.input(anchorInput(m.path), 'float32', [1, count, width]);
  paths.push(m.path);
  const chosen = add(b, mul(b, states, given), mul(b, own, sub(b, b.scalar(1), given)));
  b.output(anchorOutput(m.path), chosen);
  return concat(b, [tokens, expand(b, chosen, [images, count, width])], 1);
}

/**
 * Transformer block: norm, self-attention; norm, attention to `context` (self-attention again when it is undefined, as in
 * the temporal layers); norm, gated feed-forward; each added to x [batch, tokens, width].
 */
function transformerBlock(m: Module, x: Value, context: Value | undefined, heads: number, anchor?: AnchorFrame): Value {
  const { b } = m;
  const normed = m.in('norm1', (norm) => layerNorm(norm, x));
  const seen = anchor === undefined ? normed : withAnchor(m, normed, anchor);
  const first = add(b, m.in('attn1', (inner) => blockAttention(inner, normed, seen, heads)), x);
  const again = m.in('norm2', (norm) => layerNorm(norm, first));
  const second = add(b, m.in('attn2', (inner) => blockAttention(inner, again, context ?? again, heads)), first);
  return add(b, m.in('ff', (inner) => gatedFeedForward(inner, m.in('norm3', (norm) => layerNorm(norm, second)))), second);
}

/** Spatial transformer of the latent UNet (Rombach et al. 2022): per frame, self-attention then text cross-attention. */
export function spatialTransformer(
  m: Module, x: Value, text: TextStates, geometry: ClipGeometry, settings: SpatialAttentionSettings & { readonly linearProjection: boolean; readonly anchor?: AnchorFrame | undefined },
): Value {
  const { b } = m;
  const [images = 1, channels = 1, height = 1, width = 1] = x.shape;
  const kernel = settings.linearProjection ? [] : [1, 1];
  const flat = reshape(b, x, [images, channels, height * width]);
  const normed = transpose(b, m.in('norm', (norm) => groupNorm(norm, flat, settings.groups, 1e-6)), [0, 2, 1]);
  let tokens = m.in('proj_in', (projection) => linear(projection, normed, channels, { kernel }));
  const context = repeatPerFrame(b, text.states, geometry);
  for (let layer = 0; layer < settings.transformerLayers; layer++) {
    tokens = m.in(`transformer_blocks.${layer}`, (block) => transformerBlock(block, tokens, context, settings.heads, settings.anchor));
  }
  const projected = m.in('proj_out', (projection) => linear(projection, tokens, channels, { kernel }));
  return add(b, reshape(b, transpose(b, projected, [0, 2, 1]), x.shape), x);
}

/**
 * Temporal transformer: at each pixel, frames attend to frames, twice, without positions. Norm over (channels / groups,
 * frames, height, width) of x [batch * frames, channels, height, width]. `inner` is the width between the projections.
 */
export function temporalTransformer(
  m: Module, x: Value, geometry: ClipGeometry, settings: { readonly heads: number; readonly inner: number; readonly groups: number },
): Value {
  const { b } = m;
  const { batch, frames } = geometry;
  const [, channels = 1, height = 1, width = 1] = x.shape;
  const pixels = height * width;
  const normed = m.in('norm', (norm) => groupNorm(norm, framesToTime(b, x, geometry), settings.groups, 1e-6));
  const sequence = reshape(b, transpose(b, normed, [0, 3, 2, 1]), [batch * pixels, frames, channels]);
  let tokens = m.in('proj_in', (projection) => linear(projection, sequence, settings.inner));
  tokens = m.in('transformer_blocks.0', (block) => transformerBlock(block, tokens, undefined, settings.heads));
  const projected = m.in('proj_out', (projection) => linear(projection, tokens, channels));
  const back = transpose(b, reshape(b, projected, [batch, pixels, frames, channels]), [0, 2, 3, 1]);
  return add(b, reshape(b, back, x.shape), x);
}
