import { stat } from 'node:fs/promises';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { isWithheld, parseCarriedRecipe, type CarriedRecipe } from '../../src-shared/recipe/carried-recipe.ts';
import { recipeHash } from '../../src-shared/recipe/recipe.ts';
import { createMedia, type Media } from '../media/media.ts';

/** What an exported clip tells about itself. */
export interface InspectedClip {
  readonly path: string;
  /** One clip's, or those of a timeline; null when the file holds none. */
  readonly recipe: CarriedRecipe | null;
  /** Null for a timeline's, and for a recipe that was exported without its prompts: it cannot be repeated. */
  readonly recipeHash: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly frames: number | null;
  readonly frameRate: { readonly num: number; readonly den: number } | null;
  readonly codec: string;
}

/** Reads a clip's facts and the recipe inside it. The recipe is text from outside and is parsed before anything is said about it. */
export async function inspectClip(path: string, media: Media = createMedia()): Promise<InspectedClip> {
  await stat(path).catch((error: unknown) => {
    throw new StudioError('NOT_FOUND', `${path} cannot be read. Check that it exists and that you may open it.`, { details: { path }, cause: error });
  });
  const info = await media.probe(path);
  const text = await media.readRecipe(path);
  const facts = { path, width: info.width, height: info.height, frames: info.frames, frameRate: info.frameRate, codec: info.codec };
  if (text === null) return { ...facts, recipe: null, recipeHash: null };
  const recipe = parseCarriedRecipe(text);
  if (recipe !== null) return { ...facts, recipe, recipeHash: 'kind' in recipe || isWithheld(recipe) ? null : await recipeHash(recipe) };
  throw new StudioError('MEDIA_UNREADABLE', `The recipe inside ${path} is damaged or from a newer Motif Studio. Export the clip again, or update.`, { details: { path } });
}
