import { z } from 'zod';
import { recordId, spanFields, TrackId } from './span.ts';

/** A learned motion over a span of the motion lane: it works in every event that it covers. */
export const MotionSpan = z.object({
  id: recordId('motion'),
  type: z.literal('motion'),
  trackId: TrackId,
  ...spanFields,
  /** The motion's asset. */
  motionId: z.string(),
  strength: z.number().min(0).max(1.5),
});
export type MotionSpan = z.infer<typeof MotionSpan>;
