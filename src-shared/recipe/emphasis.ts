import { z } from 'zod';

/**
 * How much a clip's words count against what would be said without them. The engine reads `strength` times the states of the recipe's
 * words plus `1 - strength` times those of `against`: 0 is `against` alone, 1 the words as they are (and the field is left out), more
 * exaggerates. The same rule as in scenes (scene-graph.ts).
 */
export const Emphasis = z.object({
  strength: z.number().min(0).max(1.5),
  /** The words of the whole project; empty where it has none. */
  against: z.string().max(2000),
});
export type Emphasis = z.infer<typeof Emphasis>;
