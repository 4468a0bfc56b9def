import type { Take } from '../../src-shared/contract/takes.ts';
import type { Recipe } from '../../src-shared/recipe/recipe.ts';
import { strengthOf } from './event-recipe.ts';

/** A stretch of words that two prompts share, or that only one of them has. */
export interface WordStretch {
  readonly kind: 'same' | 'gone' | 'new';
  readonly words: string;
}

/** What differs between how two takes were made; null and empty: nothing of that kind. */
export interface TakeDifferences {
  readonly words: readonly WordStretch[] | null;
  readonly negativeWords: readonly WordStretch[] | null;
  readonly seeds: readonly [number, number] | null;
  /** Of the words, 1 is as they are. */
  readonly strengths: readonly [number, number] | null;
  readonly presets: readonly [Take['preset'], Take['preset']] | null;
  /** Ids and versions. */
  readonly models: readonly [string, string] | null;
  readonly motionsDiffer: boolean;
}

/** One prompt turned into the other, word by word, with as many words kept as can be (longest common subsequence). */
export function changedWords(before: string, after: string): WordStretch[] {
  const [from, to] = [before, after].map((text) => text.split(/\s+/).filter((word) => word !== '')) as [string[], string[]];
  // `kept[i][j]`: most words that from[i..] and to[j..] share in order.
  const kept = Array.from({ length: from.length + 1 }, (): number[] => Array.from({ length: to.length + 1 }, () => 0));
  for (let i = from.length - 1; i >= 0; i -= 1) for (let j = to.length - 1; j >= 0; j -= 1) kept[i]![j] = from[i] === to[j] ? kept[i + 1]![j + 1]! + 1 : Math.max(kept[i + 1]![j]!, kept[i]![j + 1]!);
  const stretches: { kind: WordStretch['kind']; words: string }[] = [];
  const add = (kind: WordStretch['kind'], word: string): void => {
    const last = stretches.at(-1);
    if (last?.kind === kind) last.words += ` ${word}`;
    else stretches.push({ kind, words: word });
  };
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    if (i < from.length && j < to.length && from[i] === to[j]) {
      add('same', from[i]!);
      i += 1;
      j += 1;
    } else if (i < from.length && (j === to.length || kept[i + 1]![j]! >= kept[i]![j + 1]!)) {
      add('gone', from[i]!);
      i += 1;
    } else {
      add('new', to[j]!);
      j += 1;
    }
  }
  return stretches;
}

/** What an event's take was told: in a scene, what the scene said about that event. */
function toldBy({ recipe, promptEventId }: Pick<Take, 'recipe' | 'promptEventId'>): { readonly prompt: string; readonly negativePrompt: string; readonly seed: number; readonly strength: number; readonly motions: Recipe['motions'] } {
  const event = recipe.scene?.events.find(({ id }) => id === promptEventId);
  if (event === undefined) return { prompt: recipe.prompt, negativePrompt: recipe.negativePrompt, seed: recipe.seed, strength: strengthOf(recipe), motions: recipe.motions };
  return { prompt: event.prompt, negativePrompt: event.negativePrompt, seed: (recipe.seed + event.seedOffset) % 0x1_0000_0000, strength: event.strength, motions: event.motions };
}

const pair = <T,>(a: T, b: T): readonly [T, T] | null => (a === b ? null : [a, b]);

/** What was changed from take `a` to take `b`. */
export function takeDifferences(a: Take, b: Take): TakeDifferences {
  const [one, other] = [toldBy(a), toldBy(b)];
  const motions = (told: typeof one): string => JSON.stringify((told.motions ?? []).map(({ sha256, strength, noiseMix }) => [sha256, strength, noiseMix]));
  const model = ({ recipe: { pack } }: Take): string => `${pack.id} ${pack.version}`;
  return {
    words: one.prompt === other.prompt ? null : changedWords(one.prompt, other.prompt),
    negativeWords: one.negativePrompt === other.negativePrompt ? null : changedWords(one.negativePrompt, other.negativePrompt),
    seeds: pair(one.seed, other.seed), strengths: pair(one.strength, other.strength), presets: pair(a.preset, b.preset), models: pair(model(a), model(b)),
    motionsDiffer: motions(one) !== motions(other),
  };
}
