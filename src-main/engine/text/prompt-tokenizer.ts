import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { pythonStrip, readTextNormalizer, unicodeSpaces } from './text-normalizer.ts';
import type { TextNormalizer } from './text-normalizer.ts';
import { readTokenizerDefinition } from './tokenizer-definition.ts';

/** Which text model the ids are for: T5 prompts are lower-cased and stripped, CLIP prompts are left as typed (show1.md 1.7). */
export type TextModelKind = 't5' | 'clip';

/** One prompt as a text encoder reads it; both arrays have `maxLength` entries. */
export interface TokenizedPrompt {
  readonly ids: BigInt64Array;
  /** 1 for tokens of the prompt, 0 for padding. */
  readonly mask: BigInt64Array;
}

export interface PromptTokenizer {
  readonly maxLength: number;
  tokenize(prompt: string): TokenizedPrompt;
}

/** Show-1 pads every prompt to this; a shorter `model_max_length` wins. */
const SHOW1_TOKENS = 77;

const specialToken = z.union([z.string(), z.object({ content: z.string() }).transform((token) => token.content)]);
const configSchema = z.looseObject({
  // Hugging Face writes 1e30 where there is no limit.
  model_max_length: z.number().positive().default(SHOW1_TOKENS),
  pad_token: specialToken.nullish(),
  unk_token: specialToken.nullish(),
});
const tokenizerFileSchema = z.looseObject({ model: z.looseObject({ unk_token: specialToken.nullish() }) });

/** What the tokenizer library is given: text comes to it normalized, and white space means Unicode's. */
function forLibrary(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(forLibrary);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, key === 'Regex' && typeof field === 'string' ? unicodeSpaces(field) : forLibrary(field)]));
}

/**
 * Opens a tokenizer folder in any of its published forms; see {@link readTokenizerDefinition}. Tokens are those of the reference
 * tokenizers, which the library alone does not reach: it approximates SentencePiece's rules and takes JavaScript's white space.
 * `promptTokens` is the fixed length of a prompt; without it the tokenizer's own limit counts, 77 at most. `padding` takes the place of
 * the tokenizer's own padding id.
 */
export function openPromptTokenizer(folder: string, kind: TextModelKind, promptTokens?: number, padding?: number): PromptTokenizer {
  const { json, config, origin } = readTokenizerDefinition(folder);
  const parsed = configSchema.safeParse(config);
  if (!parsed.success) {
    throw new StudioError('MODEL_INCOMPATIBLE', `${join(folder, 'tokenizer_config.json')}: ${parsed.error.issues[0]!.message}. Import the model again.`, { cause: parsed.error });
  }
  const maxLength = promptTokens ?? Math.min(Math.trunc(parsed.data.model_max_length), SHOW1_TOKENS);
  let tokenizer: Tokenizer;
  let normalize: TextNormalizer | null;
  try {
    normalize = readTextNormalizer(json['normalizer'], json['added_tokens']);
    const { model, normalizer, ...rest } = json;
    tokenizer = new Tokenizer({ ...(forLibrary(rest) as object), model, normalizer: normalize === null ? normalizer : null }, config);
  } catch (cause) {
    if (cause instanceof StudioError) throw cause;
    throw new StudioError('MODEL_INCOMPATIBLE', `${origin} is not a tokenizer that can be read. Import the model again.`, { cause });
  }
  const modelFile = tokenizerFileSchema.safeParse(json);
  const unknownToken = parsed.data.unk_token ?? modelFile.data?.model.unk_token;
  const unknownId = unknownToken ? tokenizer.token_to_id(unknownToken) : undefined;
  const padId = padding ?? (parsed.data.pad_token ? tokenizer.token_to_id(parsed.data.pad_token) : undefined) ?? 0;
  const encode = (text: string): (number | undefined)[] => tokenizer.encode(normalize === null ? text : normalize(text)).ids;
  const endId = encode('').at(-1);
  return {
    maxLength,
    tokenize(prompt) {
      // A word-level vocabulary gives no id for a word it lacks unless its configuration names the unknown token.
      const all = encode(kind === 't5' ? pythonStrip(prompt.toLowerCase()) : prompt).flatMap((id: number | undefined) => id ?? unknownId ?? []);
      // Truncation keeps the end token, as the encoders were trained to see it.
      const kept = all.length <= maxLength ? all : endId === undefined ? all.slice(0, maxLength) : [...all.slice(0, maxLength - 1), endId];
      const ids = new BigInt64Array(maxLength).fill(BigInt(padId));
      const mask = new BigInt64Array(maxLength);
      for (const [i, id] of kept.entries()) {
        ids[i] = BigInt(id);
        mask[i] = 1n;
      }
      return { ids, mask };
    },
  };
}
