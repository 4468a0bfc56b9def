import type { GenerationInput } from '../../src-shared/contract/generation.ts';
import type { Recipe } from '../../src-shared/recipe/recipe.ts';
import type { PromptEvent, TimelineRecords } from '../../src-shared/timeline/document.ts';
import { composePrompt, sequenceOf } from './timeline-edits.ts';

/** Seeds are 32-bit numbers without a sign; beyond the last comes the first. */
const SEEDS = 0x1_0000_0000;

/** The seed that a clip of the event alone is made from: its own plus its offset. */
export const seedOf = ({ seed, seedOffset }: Pick<PromptEvent, 'seed' | 'seedOffset'>): number => (seed + seedOffset) % SEEDS;

/** The event's own seed for which its clip is made from `made`. */
export const seedFor = (made: number, { seedOffset }: Pick<PromptEvent, 'seedOffset'>): number => (made - seedOffset + SEEDS) % SEEDS;

/** What a request says about an event's words: as strong as the event says, against the words of the whole project. */
export function wordsOfEvent(records: TimelineRecords, event: Pick<PromptEvent, 'prompt' | 'style' | 'negativePrompt' | 'strength'>): Pick<GenerationInput, 'negativePrompt' | 'emphasis'> & { readonly prompt: string } {
  const { negativePrompt, strength } = event;
  return { prompt: composePrompt(records, event), negativePrompt, ...(strength === 1 ? {} : { emphasis: { strength, against: sequenceOf(records).globalPrompt.trim() } }) };
}

/** The same of a clip that is made again in another quality. */
export const wordsAgain = ({ prompt, negativePrompt, emphasis }: Recipe): ReturnType<typeof wordsOfEvent> => ({ prompt, negativePrompt, ...(emphasis && { emphasis }) });

/** How strong the words of a clip of one event were. */
export const strengthOf = ({ emphasis }: Pick<Recipe, 'emphasis'>): number => emphasis?.strength ?? 1;

const without = (words: string, tail: string): string | null => (tail === '' ? words : words === tail ? '' : words.endsWith(`, ${tail}`) ? words.slice(0, -tail.length - 2) : null);

/**
 * What an event has to say so that its words are a recipe's again. The global prompt and the event's style are added to its words
 * whenever it is made, so they are taken off; words that were made with another style bring theirs along.
 */
export function wordsOfRecipe(records: TimelineRecords, event: Pick<PromptEvent, 'style'>, recipe: Pick<Recipe, 'prompt' | 'negativePrompt'>): Pick<PromptEvent, 'prompt' | 'style' | 'negativePrompt'> {
  const { negativePrompt } = recipe;
  const globalPrompt = sequenceOf(records).globalPrompt.trim();
  const own = without(recipe.prompt, globalPrompt) ?? recipe.prompt;
  // A style that the global prompt says already was not said twice.
  const plain = event.style.trim() === globalPrompt ? own : without(own, event.style.trim());
  return plain === null ? { prompt: own, style: '', negativePrompt } : { prompt: plain, style: event.style, negativePrompt };
}
