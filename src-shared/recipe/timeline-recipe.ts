import { z } from 'zod';
import { FrameRate } from '../timing/frame-rate.ts';
import { Recipe, withoutPrompts } from './recipe.ts';

/** What an export of several clips tells about itself: each generated clip's recipe and where it lies. */
export const TimelineRecipe = z.object({
  format: z.literal(1),
  kind: z.literal('timeline'),
  frameRate: FrameRate,
  clips: z.array(z.object({ startFrame: z.number().int(), durationFrames: z.number().int().positive(), recipe: Recipe })).min(1),
});
export type TimelineRecipe = z.infer<typeof TimelineRecipe>;

/** The recipe without anything that the creator wrote. */
export const timelineRecipeWithoutPrompts = (recipe: TimelineRecipe): TimelineRecipe => ({ ...recipe, clips: recipe.clips.map((clip) => ({ ...clip, recipe: withoutPrompts(clip.recipe) })) });
