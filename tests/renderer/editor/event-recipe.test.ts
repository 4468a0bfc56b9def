import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seedFor, seedOf, strengthOf, wordsOfEvent, wordsOfRecipe } from '../../../src-renderer/editor/event-recipe.ts';
import { composePrompt, setGlobalPrompt } from '../../../src-renderer/editor/timeline-edits.ts';
import { sceneFromTimeline } from '../../../src-shared/build/scene-from-timeline.ts';
import { documentOf, eventRecord } from '../../timeline/sample-document.ts';

const event = (prompt: string, style = '') => eventRecord(1, 0, 8, { prompt, style });
const withGlobal = (words: string) => setGlobalPrompt(documentOf(event('')), words);

describe('what an event says', () => {
  it('is its words, its style, and the global words, each once', () => {
    expect(composePrompt(withGlobal('in the sea'), event('a red fish', 'watercolour'))).toBe('a red fish, watercolour, in the sea');
    expect(composePrompt(withGlobal('watercolour'), event('a red fish', ' watercolour '))).toBe('a red fish, watercolour');
    expect(composePrompt(withGlobal(''), event('a red fish'))).toBe('a red fish');
  });

  it('counts as much as its strength says, against the global words', () => {
    const records = withGlobal(' in the sea ');
    const plain = { prompt: 'a red fish, in the sea', negativePrompt: '' };
    expect(wordsOfEvent(records, event('a red fish'))).toEqual(plain);
    expect(wordsOfEvent(records, { ...event('a red fish'), strength: 0.4 })).toEqual({ ...plain, emphasis: { strength: 0.4, against: 'in the sea' } });
    expect([strengthOf({}), strengthOf({ emphasis: { strength: 0.4, against: '' } })]).toEqual([1, 0.4]);
  });

  it('says the style in the scene as well', () => {
    const script = sceneFromTimeline(documentOf(event('a red fish', 'watercolour'), eventRecord(2, 8, 8, { prompt: 'a bird', seedOffset: 9 })), { sha256: () => null });
    expect(script.events.map(({ prompt, seedOffset }) => [prompt, seedOffset])).toEqual([['a red fish, watercolour', 0], ['a bird', 9]]);
  });

  it('is found again in a recipe, whatever was added to it', () => {
    const records = withGlobal('in the sea');
    const words = (prompt: string, style: string) => wordsOfRecipe(records, event('', style), { prompt, negativePrompt: 'fog' });
    expect(words('a red fish, watercolour, in the sea', 'watercolour')).toEqual({ prompt: 'a red fish', style: 'watercolour', negativePrompt: 'fog' });
    // Made with another style: it comes along in the words, and the present one would change it.
    expect(words('a red fish, ink, in the sea', 'watercolour')).toEqual({ prompt: 'a red fish, ink', style: '', negativePrompt: 'fog' });
    expect(words('a red fish', '')).toEqual({ prompt: 'a red fish', style: '', negativePrompt: 'fog' });
  });

  it('makes the recipe’s words again', () => {
    const text = fc.constantFrom('a fish', 'ink', 'the sea', 'a fish, ink', '');
    fc.assert(fc.property(text, text, text, (prompt, style, globalWords) => {
      const records = withGlobal(globalWords);
      const made = composePrompt(records, event(prompt, style));
      fc.pre(made !== '');
      expect(composePrompt(records, wordsOfRecipe(records, event('', style), { prompt: made, negativePrompt: '' }))).toBe(made);
    }), { numRuns: 125 });
  });
});

it('seeds go round with their offset', () => {
  expect(seedOf({ seed: 7, seedOffset: 5 })).toBe(12);
  expect(seedOf({ seed: 0xffff_ffff, seedOffset: 2 })).toBe(1);
  fc.assert(fc.property(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff), (made, seedOffset) => seedOf({ seed: seedFor(made, { seedOffset }), seedOffset }) === made));
});
