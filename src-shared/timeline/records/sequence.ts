import { z } from 'zod';
import { FrameRate } from '../../timing/frame-rate.ts';

/** What holds for the whole timeline. */
export const Sequence = z.object({
  id: z.literal('sequence:main'),
  type: z.literal('sequence'),
  frameRate: FrameRate,
  width: z.number().int(),
  height: z.number().int(),
  globalPrompt: z.string().max(2000),
  /** The marked range: first frame, and one past the last; null: not set. */
  inFrame: z.number().int().min(0).nullable(),
  outFrame: z.number().int().min(1).nullable(),
});
export type Sequence = z.infer<typeof Sequence>;

/** Show-1 writes 29 frames at 8 frames a second. */
export const DEFAULT_SEQUENCE: Sequence = {
  id: 'sequence:main', type: 'sequence', frameRate: { num: 8, den: 1 }, width: 576, height: 320, globalPrompt: '', inFrame: null, outFrame: null,
};
