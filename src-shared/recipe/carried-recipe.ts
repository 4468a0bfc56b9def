import { z } from 'zod';
import { Recipe, WITHHELD_PROMPT } from './recipe.ts';
import { TimelineRecipe } from './timeline-recipe.ts';

/** What a file may carry about itself: one clip's recipe, or those of all clips on a timeline. */
export const CarriedRecipe = z.union([TimelineRecipe, Recipe]);
export type CarriedRecipe = z.infer<typeof CarriedRecipe>;

/** Longest text that is looked at, in characters: what is embedded has at most 65,536 bytes, a file beside may have some more. */
const MAX_CHARACTERS = 1_000_000;

/** Reads text from outside: a recipe when it is one, else null. */
export function parseCarriedRecipe(text: string): CarriedRecipe | null {
  if (text.length > MAX_CHARACTERS) return null;
  try {
    return CarriedRecipe.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** A clip of a carried recipe; `startFrame` and `durationFrames` on the export's own frames, null where the whole file is the clip. */
export interface CarriedClip {
  readonly recipe: Recipe;
  readonly startFrame: number | null;
  readonly durationFrames: number | null;
}

/** The clips that a carried recipe tells of, in order. */
export const clipsOfRecipe = (carried: CarriedRecipe): CarriedClip[] =>
  'kind' in carried ? carried.clips.map(({ recipe, startFrame, durationFrames }) => ({ recipe, startFrame, durationFrames })) : [{ recipe: carried, startFrame: null, durationFrames: null }];

/** Whether a recipe came without its words: then it tells how a clip was made, and cannot make it again. */
export const isWithheld = (recipe: Recipe): boolean => recipe.prompt === WITHHELD_PROMPT;
