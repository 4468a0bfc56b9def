import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { openPromptTokenizer } from '../../../src-main/engine/text/prompt-tokenizer.ts';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'tokenizer-')); });
afterAll(() => { rmSync(folder, { recursive: true }); });

const words = ['<pad>', '</s>', '<unk>', 'a', 'red', 'fish', 'swims', 'Red', '<s>'];

/** A word-level tokenizer with T5's end token, or with CLIP's start and end tokens. */
function writeTokenizer(name: string, { start = false, config = {} }: { start?: boolean; config?: object } = {}): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  const special = (id: string): object => ({ SpecialToken: { id, type_id: 0 } });
  const single = [...(start ? [special('<s>')] : []), { Sequence: { id: 'A', type_id: 0 } }, special('</s>')];
  const added = ['<pad>', '</s>', '<unk>', '<s>'].map((content) => ({ id: words.indexOf(content), content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }));
  writeFileSync(join(path, 'tokenizer.json'), JSON.stringify({
    version: '1.0', truncation: null, padding: null, added_tokens: added, normalizer: null, pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: { type: 'TemplateProcessing', single, pair: single, special_tokens: Object.fromEntries(['</s>', '<s>'].map((id) => [id, { id, ids: [words.indexOf(id)], tokens: [id] }])) },
    decoder: null, model: { type: 'WordLevel', vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: '<unk>' },
  }));
  writeFileSync(join(path, 'tokenizer_config.json'), JSON.stringify({ pad_token: '<pad>', model_max_length: 6, ...config }));
  return path;
}

const numbers = (values: BigInt64Array): number[] => Array.from(values, Number);

describe('prompt tokenizer', () => {
  it('lower-cases and strips for T5, and pads with a mask', () => {
    const { ids, mask } = openPromptTokenizer(writeTokenizer('t5'), 't5').tokenize('  A RED fish ');
    expect(numbers(ids)).toEqual([3, 4, 5, 1, 0, 0]);
    expect(numbers(mask)).toEqual([1, 1, 1, 1, 0, 0]);
  });

  it('reads a word it does not know as the unknown token', () => {
    const { ids } = openPromptTokenizer(writeTokenizer('unknown'), 't5').tokenize('a crimson fish');
    expect(numbers(ids)).toEqual([3, 2, 5, 1, 0, 0]);
  });

  it('keeps the case for CLIP, and both of its special tokens', () => {
    const tokenizer = openPromptTokenizer(writeTokenizer('clip', { start: true }), 'clip');
    expect(numbers(tokenizer.tokenize('a Red fish').ids)).toEqual([8, 3, 7, 5, 1, 0]);
    expect(numbers(tokenizer.tokenize('').ids)).toEqual([8, 1, 0, 0, 0, 0]);
  });

  it('truncates a long prompt in front of the end token', () => {
    const { ids, mask } = openPromptTokenizer(writeTokenizer('long'), 't5').tokenize('a red fish swims a red fish swims');
    expect(numbers(ids)).toEqual([3, 4, 5, 6, 3, 1]);
    expect(numbers(mask)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('caps at 77 tokens whatever the tokenizer allows', () => {
    expect(openPromptTokenizer(writeTokenizer('huge', { config: { model_max_length: 1e30 } }), 't5').maxLength).toBe(77);
    expect(openPromptTokenizer(writeTokenizer('unset', { config: { model_max_length: undefined, pad_token: { content: '</s>' } } }), 't5').tokenize('a').ids.at(-1)).toBe(1n);
  });

  it('names what is missing or broken', () => {
    const code = (path: string): string => {
      try {
        openPromptTokenizer(path, 't5');
      } catch (error) {
        if (error instanceof StudioError) return error.code;
      }
      return 'accepted';
    };
    expect(code(join(folder, 'nowhere'))).toBe('MODEL_MISSING');
    const broken = writeTokenizer('broken');
    writeFileSync(join(broken, 'tokenizer.json'), '{"model": {"type": "Unknown"}}');
    expect(code(broken)).toBe('MODEL_INCOMPATIBLE');
    writeFileSync(join(broken, 'tokenizer.json'), 'text');
    expect(code(broken)).toBe('MODEL_INCOMPATIBLE');
  });
});
