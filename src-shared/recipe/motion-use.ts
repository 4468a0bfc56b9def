import { z } from 'zod';

/** How strongly a learned motion works: 0 is the model as it was, 1 what was learned, above 1 exaggerates. */
export const MotionStrength = z.number().min(0).max(1.5);

/**
 * A learned motion in a recipe. `sha256` is the motion file's, so that a recipe names exact weights wherever they are kept.
 * `noiseMix` is the share p of the clip's inverted noise in the first noise: sqrt(p) inverted + sqrt(1 - p) fresh
 * (MotionDirector, arXiv 2310.08465, section 4.3), in the slow part of the picture only; 0 leaves it out. Below strength 1 it counts less.
 */
export const MotionUse = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  strength: MotionStrength,
  noiseMix: z.number().min(0).max(1).default(0),
});
export type MotionUse = z.infer<typeof MotionUse>;

/** How much of the clip's noise a motion brings where nobody says: all, as VMC takes it (arXiv 2312.00845, section 4.3). */
export const USUAL_NOISE_MIX = 1;

/** Motions that may be mixed in one clip. */
export const MAX_MOTIONS = 4;
