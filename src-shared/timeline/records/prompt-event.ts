import { z } from 'zod';
import { MAX_MOTIONS, MotionStrength } from '../../recipe/motion-use.ts';
import { recordId, spanFields, TrackId } from './span.ts';

/** A learned motion on a prompt event. `noiseMix` is the share of the clip's inverted noise, as in `MotionUse`. */
export const EventMotion = z.object({ motionId: z.string(), strength: MotionStrength, noiseMix: z.number().min(0).max(1) });
export type EventMotion = z.infer<typeof EventMotion>;

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
  /** Learned motions that its generations follow, mixed, besides those of the motion lane. */
  motions: z.array(EventMotion).max(MAX_MOTIONS),
  /** Words for the look, kept apart from what happens. */
  style: z.string().max(500),
  /** Added to the seed for this event alone. */
  seedOffset: z.number().int().min(0).max(0xffff_ffff),
});
export type PromptEvent = z.infer<typeof PromptEvent>;

/** What an event has that nobody has touched yet. */
export const PROMPT_EVENT_DEFAULTS = { trackId: 'track:prompt', blendInFrames: 0, blendOutFrames: 0, strength: 1, motions: [] as EventMotion[], style: '', seedOffset: 0 } satisfies Partial<PromptEvent>;
