import { z } from 'zod';
import { Preset, Recipe } from '../recipe/recipe.ts';
import { method } from '../rpc/contract-types.ts';
import { Asset } from './assets.ts';
import { ProjectId } from './projects.ts';

export const TakeId = z.string().regex(/^take:[0-9a-f-]{36}$/);

/** One generation under its prompt event; never overwritten. */
export const Take = z.object({
  id: TakeId,
  promptEventId: z.string().nullable(),
  recipe: Recipe,
  recipeHash: z.string(),
  preset: Preset,
  asset: Asset,
  starred: z.boolean(),
  createdAt: z.string(),
});
export type Take = z.infer<typeof Take>;

export const takesContract = {
  /** All takes, newest first. Their assets come without the recipe, which the take itself has. */
  list: method(z.object({ projectId: ProjectId }), z.object({ takes: z.array(Take) })),
  star: method(z.object({ projectId: ProjectId, takeId: TakeId, starred: z.boolean() }), Take),
  remove: method(z.object({ projectId: ProjectId, takeId: TakeId }), z.object({})),
};
