import { z } from 'zod';

/** Why a clip that was made again is not the same bytes, or not the same picture. */
export const VerdictReason = z.enum([
  /** Another version of the engine, or another provider, than the recipe names. */
  'engineVersion', 'executionProvider',
  /** The file was encoded anew, at another size, rate or length, after the clip was made. */
  'reencoded', 'pictureSize', 'frameRate', 'frameCount',
  /** Nothing that is known explains it. */
  'unexplained',
]);
export type VerdictReason = z.infer<typeof VerdictReason>;

/** What came of making a clip again from its recipe and comparing it with the file, frame by frame. */
export const RecipeVerdict = z.object({
  /** Every byte of every decoded frame; no visible difference; anything else. */
  outcome: z.enum(['identical', 'perceptuallyEqual', 'different']),
  checkedAt: z.string(),
  /** Frames of the file and of the clip made again, at the file's rate. */
  frames: z.number().int(),
  framesAgain: z.number().int(),
  /** Peak signal-to-noise ratio in dB over the frames that differ; null when none does. */
  meanDb: z.number().nullable(),
  worstDb: z.number().nullable(),
  /** The frame that differs most; null when none does. */
  worstFrame: z.number().int().nullable(),
  reasons: z.array(z.object({ reason: VerdictReason, there: z.string(), here: z.string() })),
});
export type RecipeVerdict = z.infer<typeof RecipeVerdict>;
