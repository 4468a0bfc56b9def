import { z } from 'zod';
import { recordId, spanFields, TrackId } from './span.ts';

/** A learned motion at work in an event; `id` is the motion's asset. Strength 1 is the motion as learned. */
export const MotionRef = z.object({ id: z.string(), strength: z.number().min(0).max(1.5) });
export type MotionRef = z.infer<typeof MotionRef>;

/** What happens when: a span of the timeline with its words. */
export const PromptEvent = z.object({
  id: recordId('promptEvent'),
  type: z.literal('promptEvent'),
  trackId: TrackId,
  ...spanFields,
  prompt: z.string().max(2000),
  negativePrompt: z.string().max(2000),
  seed: z.number().int().min(0).max(0xffff_ffff),
  seedLocked: z.boolean(),
  preset: z.enum(['draft', 'standard', 'final']),
  /** The take shown for this event; null: none yet. */
  activeTakeId: z.string().nullable(),
  /** Frames at its start and its end in which the neighbour's words fade into its own; together at most its length. */
  blendInFrames: z.number().int().min(0),
  blendOutFrames: z.number().int().min(0),
  /** How much its words count against the global prompt alone: 0 is the global prompt, 1 the words as they are. */
  strength: z.number().min(0).max(1.5),
  /** Motions of this event, besides those of the motion lane. */
  motions: z.array(MotionRef).max(8),
  /** Words for the look, kept apart from what happens. */
  style: z.string().max(500),
  /** Added to the seed for this event alone. */
  seedOffset: z.number().int().min(0).max(0xffff_ffff),
});
export type PromptEvent = z.infer<typeof PromptEvent>;

/** What an event has that nobody has touched yet. */
export const PROMPT_EVENT_DEFAULTS = { trackId: 'track:prompt', blendInFrames: 0, blendOutFrames: 0, strength: 1, motions: [] as MotionRef[], style: '', seedOffset: 0 } satisfies Partial<PromptEvent>;
