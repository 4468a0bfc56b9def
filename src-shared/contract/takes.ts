import { z } from 'zod';
import { Preset, Recipe } from '../recipe/recipe.ts';
import { method } from '../rpc/contract-types.ts';
import { Asset } from './assets.ts';
import { ProjectId } from './projects.ts';

export const TakeId = z.string().regex(/^take:[0-9a-f-]{36}$/);

/** Marks out of five; 0 is not rated. */
export const Rating = z.number().int().min(0).max(5);

/** A word of the creator's own on a take; empty: none. */
export const TakeLabel = z.string().trim().max(60);

/** One generation under its prompt event; never overwritten. */
export const Take = z.object({
  id: TakeId,
  promptEventId: z.string().nullable(),
  recipe: Recipe,
  recipeHash: z.string(),
  preset: Preset,
  asset: Asset,
  starred: z.boolean(),
  rating: Rating,
  label: TakeLabel,
  /** 1 is the best of its event's takes when they were last ranked; null was not among them. */
  place: z.number().int().min(1).nullable(),
  createdAt: z.string(),
});
export type Take = z.infer<typeof Take>;

export const takesContract = {
  /** All takes, newest first. Their assets come without the recipe, which the take itself has. */
  list: method(z.object({ projectId: ProjectId }), z.object({ takes: z.array(Take) })),
  star: method(z.object({ projectId: ProjectId, takeId: TakeId, starred: z.boolean() }), Take),
  /** Rates and labels; what is left out stays. */
  mark: method(z.object({ projectId: ProjectId, takeId: TakeId, rating: Rating.optional(), label: TakeLabel.optional() }), Take),
  /** Keeps an order of takes of one event, or of whole scenes, best first. Those that are not named lose their place. */
  rank: method(z.object({ projectId: ProjectId, takeIds: z.array(TakeId).min(2).max(200) }), z.object({})),
  remove: method(z.object({ projectId: ProjectId, takeId: TakeId }), z.object({})),
};
