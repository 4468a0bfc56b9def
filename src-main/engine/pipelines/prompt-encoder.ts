import { join } from 'node:path';
import { buildClipText, isOpenClip, OPEN_CLIP_PADDING, parseClipTextConfig } from '../nn/clip-text.ts';
import type { BuiltModel } from '../nn/built-model.ts';
import { weightsParameterSource } from '../nn/parameter-source.ts';
import type { ParameterSource } from '../nn/parameter-source.ts';
import { buildT5Encoder, parseT5Config } from '../nn/t5-encoder.ts';
import type { Graph } from '../onnx/graph.ts';
import { openSession } from '../session/engine-session.ts';
import type { TensorData } from '../session/engine-session.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { openPromptTokenizer } from '../text/prompt-tokenizer.ts';
import { openWeights } from '../weights/open-weights.ts';
import type { WeightsIndex } from '../weights/weights-index.ts';
import { networkKind } from '../../../src-shared/pack/network-kind.ts';
import type { TextPlace } from '../../../src-shared/pack/references.ts';
import { readConfig } from './open-pack.ts';
import { textWeightsFolder } from './text-form.ts';
import { memoryHabits, sumBytes } from './memory-habits.ts';

/** Prompt embeddings by encoder folder and prompt. Kept between stages: a text encoder may weigh more than all unets. */
export type PromptCache = Map<string, Tensor>;

const MAX_CACHED_PROMPTS = 64;

/** True when `config.json` describes a CLIP text model; everything else is read as T5. */
export const isClipConfig = (config: unknown): boolean => networkKind(config) === 'clip';

/** What an encoder puts out per token, without loading its weights. */
export function textWidth({ encoder }: TextPlace): number {
  const path = join(encoder, 'config.json');
  const config = readConfig(path);
  return isClipConfig(config) ? parseClipTextConfig(config, path).hidden_size : parseT5Config(config, path).d_model;
}

const keyOf = ({ encoder }: TextPlace, promptTokens: number, prompt: string): string => `${encoder}\n${promptTokens}\n${prompt}`;

/** True when none of these prompts needs the encoder any more. */
export const areEncoded = (place: TextPlace, prompts: readonly string[], promptTokens: number, cache: PromptCache): boolean => prompts.every((prompt) => cache.has(keyOf(place, promptTokens, prompt)));

/** An encoder's graph, and the opened folder that its weights are read from: its own, or the one that `choose` gives in its place. */
function openEncoder(weightsDir: string, choose: typeof textWeightsFolder | null, build: (source: ParameterSource) => BuiltModel): { readonly folder: string; readonly graph: Graph; readonly weights: WeightsIndex } {
  const weights = openWeights(weightsDir);
  try {
    const { graph } = build(weightsParameterSource(weights, weightsDir));
    const folder = choose?.(weightsDir, graph, weights) ?? weightsDir;
    if (folder === weightsDir) return { folder, graph, weights };
    weights.close();
    const copy = openWeights(folder);
    try {
      return { folder, graph: build(weightsParameterSource(copy, folder)).graph, weights: copy };
    } catch (error) {
      copy.close();
      throw error;
    }
  } catch (error) {
    weights.close();
    throw error;
  }
}

/**
 * Encodes prompts with a text encoder, each to [1, promptTokens, width]. The session lives only as long as
 * prompts that are not cached need it. Padding is masked inside T5 only: the unet attends to all tokens (show1.md 1.2).
 */
export async function encodePrompts(place: TextPlace, prompts: readonly string[], promptTokens: number, cache: PromptCache, threads: number): Promise<readonly Tensor[]> {
  const { encoder: weightsDir, tokenizer: tokenizerDir } = place;
  if (!areEncoded(place, prompts, promptTokens, cache)) {
    const configPath = join(weightsDir, 'config.json');
    const config = readConfig(configPath);
    const clip = isClipConfig(config);
    const tokenizer = openPromptTokenizer(tokenizerDir, clip ? 'clip' : 't5', promptTokens, clip && isOpenClip(config) ? OPEN_CLIP_PADDING : undefined);
    const opened = openEncoder(weightsDir, clip ? null : textWeightsFolder, (source) => {
      const shape = { batch: 1, tokens: promptTokens };
      return clip ? buildClipText(parseClipTextConfig(config, configPath), shape, 'ort-cpu', source) : buildT5Encoder(parseT5Config(config, configPath), shape, 'ort-cpu', source);
    });
    try {
      const width = clip ? parseClipTextConfig(config, configPath).hidden_size : parseT5Config(config, configPath).d_model;
      // A copy in 8 bits is there to save memory: it is widened layer by layer, whatever its size.
      const habits = opened.folder === weightsDir ? memoryHabits(sumBytes(opened.weights)) : { arena: false, keepStoredWeights: true };
      const session = await openSession(opened.graph, { weightsDir: opened.folder, threads, ...habits });
      const wanted = new Set(prompts.map((prompt) => keyOf(place, promptTokens, prompt)));
      try {
        for (const prompt of prompts) {
          if (cache.has(keyOf(place, promptTokens, prompt))) continue;
          const { ids, mask } = tokenizer.tokenize(prompt);
          const inputs: Record<string, TensorData> = clip ? { input_ids: ids } : { input_ids: ids, attention_mask: mask };
          const { last_hidden_state: states } = await session.run(inputs);
          // The oldest goes, but nothing that is wanted now.
          const oldest = cache.size < MAX_CACHED_PROMPTS ? undefined : [...cache.keys()].find((key) => !wanted.has(key));
          if (oldest !== undefined) cache.delete(oldest);
          cache.set(keyOf(place, promptTokens, prompt), { data: states!, shape: [1, promptTokens, width] });
        }
      } finally {
        await session.release();
      }
    } finally {
      opened.weights.close();
    }
  }
  return prompts.map((prompt) => cache.get(keyOf(place, promptTokens, prompt))!);
}
