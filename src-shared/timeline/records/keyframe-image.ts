import { z } from 'zod';
import { recordId } from './span.ts';

/** Where an image pins its event: its first frame, its last one, or its look as a whole. */
export const KeyframePosition = z.enum(['start', 'end', 'reference']);
export type KeyframePosition = z.infer<typeof KeyframePosition>;

/** An image that an event must show. It belongs to the event and moves with it; one per event and position. */
export const KeyframeImage = z.object({
  id: recordId('keyframe'),
  type: z.literal('keyframeImage'),
  promptEventId: recordId('promptEvent'),
  position: KeyframePosition,
  assetId: z.string(),
  /** The share of the steps in which it counts: of a reference it leads colours and light, of an edge its frame is held, at 1 to the end. */
  strength: z.number().min(0).max(1),
});
export type KeyframeImage = z.infer<typeof KeyframeImage>;

/** How strong a reference is until somebody says otherwise: it leads colours and light, and leaves the rest to the words. */
export const LOOK_STRENGTH = 0.5;
