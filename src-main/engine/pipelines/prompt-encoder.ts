import { join } from 'node:path';
import { buildClipText, parseClipTextConfig } from '../nn/clip-text.ts';
import { weightsParameterSource } from '../nn/parameter-source.ts';
import { buildT5Encoder, parseT5Config } from '../nn/t5-encoder.ts';
import { openSession } from '../session/engine-session.ts';
import type { TensorData } from '../session/engine-session.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { openPromptTokenizer } from '../text/prompt-tokenizer.ts';
import { openWeights } from '../weights/open-weights.ts';
import { readConfig } from './open-pack.ts';
import { memoryHabits, sumBytes } from './stage-sessions.ts';

/** Prompt embeddings by encoder folder and prompt. Kept between stages: a text encoder may weigh more than all unets. */
export type PromptCache = Map<string, Tensor>;

const MAX_CACHED_PROMPTS = 64;

/** True when `config.json` describes a CLIP text model; everything else is read as T5. */
export function isClipConfig(config: unknown): boolean {
  const { model_type: type, architectures } = (config ?? {}) as { model_type?: unknown; architectures?: unknown };
  return (typeof type === 'string' && type.startsWith('clip')) || (Array.isArray(architectures) && architectures.includes('CLIPTextModel'));
}

/** What a text folder's encoder puts out per token, without loading its weights. */
export function textWidth(folder: string): number {
  const path = join(folder, 'text_encoder', 'config.json');
  const config = readConfig(path);
  return isClipConfig(config) ? parseClipTextConfig(config, path).hidden_size : parseT5Config(config, path).d_model;
}

/**
 * Encodes prompts with the text encoder under `folder`, each to [1, promptTokens, width]. The session lives only as long as
 * prompts that are not cached need it. Padding is masked inside T5 only: the unet attends to all tokens (show1.md 1.2).
 */
export async function encodePrompts(folder: string, prompts: readonly string[], promptTokens: number, cache: PromptCache, threads: number): Promise<readonly Tensor[]> {
  const keyOf = (prompt: string): string => `${folder}\n${promptTokens}\n${prompt}`;
  if (prompts.some((prompt) => !cache.has(keyOf(prompt)))) {
    const weightsDir = join(folder, 'text_encoder');
    const configPath = join(weightsDir, 'config.json');
    const config = readConfig(configPath);
    const clip = isClipConfig(config);
    const tokenizer = openPromptTokenizer(join(folder, 'tokenizer'), clip ? 'clip' : 't5', promptTokens);
    const weights = openWeights(weightsDir);
    try {
      const shape = { batch: 1, tokens: promptTokens };
      const source = weightsParameterSource(weights, weightsDir);
      const width = clip ? parseClipTextConfig(config, configPath).hidden_size : parseT5Config(config, configPath).d_model;
      const model = clip
        ? buildClipText(parseClipTextConfig(config, configPath), shape, 'ort-cpu', source)
        : buildT5Encoder(parseT5Config(config, configPath), shape, 'ort-cpu', source);
      const session = await openSession(model.graph, { weightsDir, threads, ...memoryHabits(sumBytes(weights)) });
      try {
        for (const prompt of prompts) {
          if (cache.has(keyOf(prompt))) continue;
          const { ids, mask } = tokenizer.tokenize(prompt);
          const inputs: Record<string, TensorData> = clip ? { input_ids: ids } : { input_ids: ids, attention_mask: mask };
          const { last_hidden_state: states } = await session.run(inputs);
          if (cache.size >= MAX_CACHED_PROMPTS) cache.delete(cache.keys().next().value!);
          cache.set(keyOf(prompt), { data: states!, shape: [1, promptTokens, width] });
        }
      } finally {
        await session.release();
      }
    } finally {
      weights.close();
    }
  }
  return prompts.map((prompt) => cache.get(keyOf(prompt))!);
}
