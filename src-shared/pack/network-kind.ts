/** The networks that packs are made of. */
export type NetworkKind = 'unet' | 'autoencoder' | 't5' | 'clip';

const BY_CLASS: readonly (readonly [RegExp, NetworkKind])[] = [
  [/^UNet[23]DConditionModel$/, 'unet'], [/^AutoencoderKL$/, 'autoencoder'],
  [/^T5(EncoderModel|ForConditionalGeneration|Model|WithLMHeadModel)$/, 't5'], [/^CLIP(TextModel|TextModelWithProjection|Model)$/, 'clip'],
];

/** Keys that only one of the networks has, for configurations that name no class. */
const BY_KEY: readonly (readonly [string, NetworkKind])[] = [['latent_channels', 'autoencoder'], ['down_block_types', 'unet'], ['d_kv', 't5'], ['text_config', 'clip'], ['max_position_embeddings', 'clip']];

/** Which network a `config.json` describes, whatever its folder is called; null for one that is none of these. Whole models count for the text half that is used of them. */
export function networkKind(config: unknown): NetworkKind | null {
  if (typeof config !== 'object' || config === null) return null;
  const { _class_name: className, architectures, model_type: modelType } = config as { _class_name?: unknown; architectures?: unknown; model_type?: unknown };
  const names = [className, ...(Array.isArray(architectures) ? architectures : [])].filter((name) => typeof name === 'string');
  for (const [pattern, kind] of BY_CLASS) if (names.some((name) => pattern.test(name))) return kind;
  if (names.length > 0) return null;
  if (typeof modelType === 'string') return modelType === 't5' ? 't5' : modelType === 'clip' || modelType === 'clip_text_model' ? 'clip' : null;
  return BY_KEY.find(([key]) => key in config)?.[1] ?? null;
}
