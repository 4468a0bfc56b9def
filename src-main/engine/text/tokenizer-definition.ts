import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { readFields } from '../onnx/protobuf-wire.ts';

/** A tokenizer as `tokenizer.json` describes it (Hugging Face tokenizers), and what its configuration adds. */
export interface TokenizerDefinition {
  readonly json: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
  /** The file that it came from, for messages. */
  readonly origin: string;
}

const MAX_BYTES = 64_000_000;

const token = z.union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)]);
const clipConfig = z.looseObject({
  bos_token: token.default('<|startoftext|>'), eos_token: token.default('<|endoftext|>'), unk_token: token.default('<|endoftext|>'), pad_token: token.default('<|endoftext|>'),
});

const incompatible = (path: string, what: string, cause?: unknown): StudioError =>
  new StudioError('MODEL_INCOMPATIBLE', `${path} ${what}. Download or import the model again.`, { details: { file: path }, cause });

function readBytes(path: string): Buffer {
  try {
    if (statSync(path).size > MAX_BYTES) throw incompatible(path, 'is too large for a tokenizer');
    return readFileSync(path);
  } catch (cause) {
    if (StudioError.is(cause)) throw cause;
    throw new StudioError('MODEL_MISSING', `${path} is missing. The model is incomplete: import it again.`, { details: { file: path }, cause });
  }
}

function readObject(path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readBytes(path).toString('utf8'));
  } catch (cause) {
    if (StudioError.is(cause)) throw cause;
    throw incompatible(path, 'is not JSON', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw incompatible(path, 'is not a JSON object');
  return value as Record<string, unknown>;
}

const special = (content: string, id: number) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true });

/** Kinds of pieces in a SentencePiece model. */
const UNKNOWN = 2;
const CONTROL = 3;
/** T5 has this many sentinel tokens behind its vocabulary, highest number first. */
const SENTINELS = 100;
const T5_END = '</s>';

/** `tokenizer.json` of a SentencePiece unigram model (Kudo 2018) as T5 uses it, from the model's own file. */
export function fromSentencePiece(bytes: Uint8Array, path: string): Record<string, unknown> {
  const pieces: { text: string; score: number; kind: number }[] = [];
  let charsmap = new Uint8Array();
  try {
    for (const field of readFields(bytes)) {
      if (field.number === 1) {
        const piece = { text: '', score: 0, kind: 1 };
        for (const part of readFields(field.bytes())) {
          if (part.number === 1) piece.text = part.text();
          else if (part.number === 2) piece.score = part.float();
          else if (part.number === 3) piece.kind = part.integer();
        }
        pieces.push(piece);
      } else if (field.number === 3) {
        for (const part of readFields(field.bytes())) if (part.number === 2) charsmap = new Uint8Array(part.bytes());
      }
    }
  } catch (cause) {
    throw incompatible(path, 'is not a SentencePiece model', cause);
  }
  const unknownId = pieces.findIndex(({ kind }) => kind === UNKNOWN);
  const endId = pieces.findIndex(({ text }) => text === T5_END);
  if (unknownId < 0 || endId < 0) throw incompatible(path, 'is not a SentencePiece model of T5: it has no unknown token or no end token');
  const sentinels = Array.from({ length: SENTINELS }, (_, index) => `<extra_id_${SENTINELS - 1 - index}>`);
  const end = { SpecialToken: { id: T5_END, type_id: 0 } };
  return {
    version: '1.0', truncation: null, padding: null,
    added_tokens: [...pieces.flatMap(({ text, kind }, id) => (kind === UNKNOWN || kind === CONTROL ? [special(text, id)] : [])), ...sentinels.map((text, index) => special(text, pieces.length + index))],
    normalizer: { type: 'Sequence', normalizers: [
      ...(charsmap.length === 0 ? [] : [{ type: 'Precompiled', precompiled_charsmap: Buffer.from(charsmap).toString('base64') }]),
      { type: 'Strip', strip_left: false, strip_right: true }, { type: 'Replace', pattern: { Regex: ' {2,}' }, content: '▁' },
    ] },
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    post_processor: { type: 'TemplateProcessing', single: [{ Sequence: { id: 'A', type_id: 0 } }, end], pair: [{ Sequence: { id: 'A', type_id: 0 } }, end], special_tokens: { [T5_END]: { id: T5_END, ids: [endId], tokens: [T5_END] } } },
    decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    model: { type: 'Unigram', unk_id: unknownId, byte_fallback: false, vocab: [...pieces.map(({ text, score }) => [text, score]), ...sentinels.map((text) => [text, 0])] },
  };
}

/** `tokenizer.json` of CLIP's byte-level BPE (Radford et al. 2021), from its vocabulary and merges. */
function fromBytePairs(vocabPath: string, mergesPath: string, config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const vocab = readObject(vocabPath);
  const merges = readBytes(mergesPath).toString('utf8').split('\n').map((line) => line.trimEnd()).filter((line, index) => line !== '' && !(index === 0 && line.startsWith('#version')));
  const parsed = clipConfig.safeParse(config);
  if (!parsed.success) throw incompatible(vocabPath, 'belongs to a tokenizer_config.json that cannot be read', parsed.error);
  const { bos_token: begin, eos_token: end, unk_token: unknown, pad_token: pad } = parsed.data;
  const idOf = (text: string): number => {
    const id = Object.hasOwn(vocab, text) ? vocab[text] : undefined;
    if (typeof id !== 'number') throw incompatible(vocabPath, `has no entry for ${text}`);
    return id;
  };
  const specials = [...new Set([pad, begin, end, unknown])];
  return {
    version: '1.0', truncation: null, padding: null,
    added_tokens: specials.map((text) => special(text, idOf(text))).sort((a, b) => a.id - b.id),
    normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' }, { type: 'Lowercase' }] },
    pre_tokenizer: { type: 'Sequence', pretokenizers: [
      { type: 'Split', pattern: { Regex: "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+" }, behavior: 'Removed', invert: true },
      { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    ] },
    post_processor: { type: 'RobertaProcessing', sep: [end, idOf(end)], cls: [begin, idOf(begin)], trim_offsets: false, add_prefix_space: false },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: 'BPE', dropout: null, unk_token: unknown, continuing_subword_prefix: '', end_of_word_suffix: '</w>', fuse_unk: false, byte_fallback: false, vocab, merges },
  };
}

/**
 * Reads a tokenizer folder in any of its published forms: `tokenizer.json`, `spiece.model` (T5), or `vocab.json` with
 * `merges.txt` (CLIP), with `tokenizer_config.json` and `special_tokens_map.json` where they are.
 */
export function readTokenizerDefinition(folder: string): TokenizerDefinition {
  const at = (name: string): string => join(folder, name);
  const optional = (name: string): Record<string, unknown> => (existsSync(at(name)) ? readObject(at(name)) : {});
  const config = { ...optional('special_tokens_map.json'), ...optional('tokenizer_config.json') };
  if (existsSync(at('tokenizer.json'))) return { json: readObject(at('tokenizer.json')), config, origin: at('tokenizer.json') };
  if (existsSync(at('spiece.model'))) return { json: fromSentencePiece(readBytes(at('spiece.model')), at('spiece.model')), config, origin: at('spiece.model') };
  if (existsSync(at('vocab.json'))) return { json: fromBytePairs(at('vocab.json'), at('merges.txt'), config), config, origin: at('vocab.json') };
  throw new StudioError('MODEL_MISSING', `${at('tokenizer.json')} is missing, and so are spiece.model and vocab.json. The model is incomplete: import it again.`, { details: { file: at('tokenizer.json') } });
}
