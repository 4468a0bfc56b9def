import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { openPromptTokenizer } from '../../../src-main/engine/text/prompt-tokenizer.ts';

/** What the public Python tokenizers made of 1,000 strings (tests/fixtures/tokenizers/make-fixtures.py): ids with special tokens, not cut. */
const folder = join(import.meta.dirname, '../../fixtures/tokenizers');
const expected = JSON.parse(gunzipSync(readFileSync(join(folder, 'expected.json.gz'))).toString('utf8')) as { strings: string[]; t5: number[][]; clip: number[][] };

/** Long enough that nothing is cut: whole 10,000-character prompts are compared. */
const UNCUT = 60_000;

it.each(['t5', 'clip'] as const)('%s gives the tokens of the reference for 1,000 strings', (kind) => {
  const tokenizer = openPromptTokenizer(join(folder, kind), kind, UNCUT);
  const different: string[] = [];
  for (const [index, text] of expected.strings.entries()) {
    const { ids, mask } = tokenizer.tokenize(text);
    const count = mask.indexOf(0n);
    if (Array.from(ids.subarray(0, count), Number).join() !== expected[kind][index]!.join()) different.push(JSON.stringify(text.slice(0, 80)));
  }
  expect(expected.strings).toHaveLength(1000);
  expect(Math.max(...expected.strings.map((text) => text.length))).toBeGreaterThanOrEqual(10_000);
  expect(different).toEqual([]);
});

it.each([['t5', 0n], ['clip', 0n]] as const)('%s cuts before the end token and pads with its own padding', (kind, padding) => {
  const tokenizer = openPromptTokenizer(join(folder, kind), kind);
  const [short, long] = ['a', expected.strings.at(-1)!].map((text) => tokenizer.tokenize(text));
  expect(tokenizer.maxLength).toBe(77);
  expect([short!.ids.at(-1), short!.mask.at(-1)]).toEqual([padding, 0n]);
  expect(long!.ids.at(-1)).toBe(BigInt(expected[kind][0]!.at(-1)!));
  expect(long!.mask.every((bit) => bit === 1n)).toBe(true);
});
