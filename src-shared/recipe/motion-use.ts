import { z } from 'zod';

/** How strongly a learned motion works: 0 is the model as it was, 1 what was learned, above 1 exaggerates. */
export const MotionStrength = z.number().min(0).max(1.5);

/**
 * A learned motion in a recipe. `sha256` is the motion file's, so that a recipe names exact weights wherever they are kept.
 * `noiseMix` is the share p of the clip's inverted noise in the first noise: sqrt(p) inverted + sqrt(1 - p) fresh
 * (MotionDirector, arXiv 2310.08465, section 4.3); 0 leaves it out.
 */
export const MotionUse = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  strength: MotionStrength,
  noiseMix: z.number().min(0).max(1).default(0),
});
export type MotionUse = z.infer<typeof MotionUse>;

/** Motions that may be mixed in one clip. */
export const MAX_MOTIONS = 4;
