import { expect, it } from 'vitest';
import { focusOf } from '../../../src-main/engine/pipelines/text-attention.ts';

/** One token a word, an end token, six places; CLIP has a token in front as well. */
const tokenizer = (specials: number) => (text: string) => {
  const count = Math.min(text.split(' ').filter(Boolean).length + specials, 6);
  return { mask: BigInt64Array.from({ length: 6 }, (_, index) => (index < count ? 1n : 0n)) };
};

it.each([['T5', 1, 0], ['CLIP', 2, 1]] as const)('finds the words of an event among the tokens of %s', (_name, specials, offset) => {
  const focus = (prompt: string, words: string) => [...focusOf(tokenizer(specials), prompt, words)].flatMap((weight, token) => (weight === 1 ? [token - offset] : []));
  expect(focus('at sea red fish', 'red fish')).toEqual([2, 3]);
  expect(focus('red fish', 'red fish')).toEqual([0, 1]);
  expect(focus('red fish at sea', 'red fish')).toEqual([0, 1]);
});

it('asks for the whole prompt where the words are not in it', () => {
  expect([...focusOf(tokenizer(1), 'red fish', 'bird')]).toEqual([1, 1, 1, 0, 0, 0]);
});
