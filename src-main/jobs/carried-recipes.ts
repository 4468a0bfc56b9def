import { CarriedRecipe } from '../../src-shared/recipe/carried-recipe.ts';
import { RecipeVerdict } from '../../src-shared/recipe/recipe-verdict.ts';
import type { ProjectStore } from '../store/project-store.ts';

const recipeKey = (assetId: string): string => `carriedRecipe:${assetId}`;
const verdictKey = (assetId: string): string => `recipeVerdict:${assetId}`;

/** Keeps what an imported file said about itself. */
export const keepCarriedRecipe = (store: ProjectStore, assetId: string, recipe: CarriedRecipe): void => store.settings.set(recipeKey(assetId), recipe);

/** What an asset says about itself: the recipe that made it here, or the one that its file brought; null for neither. */
export function carriedRecipe(store: ProjectStore, assetId: string): CarriedRecipe | null {
  const asset = store.assets.find(assetId);
  if (asset === null) return null;
  return asset.recipe ?? CarriedRecipe.safeParse(store.settings.get(recipeKey(assetId))).data ?? null;
}

export const keepVerdict = (store: ProjectStore, assetId: string, verdict: RecipeVerdict): void => store.settings.set(verdictKey(assetId), verdict);

export const lastVerdict = (store: ProjectStore, assetId: string): RecipeVerdict | null => RecipeVerdict.safeParse(store.settings.get(verdictKey(assetId))).data ?? null;
