import { z } from 'zod';
import { MAX_MOTIONS, MotionStrength } from '../recipe/motion-use.ts';
import { FrameRate } from '../timing/frame-rate.ts';

/** A learned motion on a prompt event. `noiseMix` is the share of the clip's inverted noise, as in `MotionUse`. */
export const EventMotion = z.object({ motionId: z.string(), strength: MotionStrength, noiseMix: z.number().min(0).max(1) });
export type EventMotion = z.infer<typeof EventMotion>;

/** What happens when: a span of the timeline with its words. Times are integer frames on the sequence's rate. */
export const PromptEvent = z.object({
  id: z.string().regex(/^promptEvent:[0-9a-f-]{36}$/),
  type: z.literal('promptEvent'),
  startFrame: z.number().int().min(0),
  durationFrames: z.number().int().min(1),
  prompt: z.string().max(2000),
  negativePrompt: z.string().max(2000),
  seed: z.number().int().min(0).max(0xffff_ffff),
  seedLocked: z.boolean(),
  preset: z.enum(['draft', 'standard', 'final']),
  /** The take shown for this event; null: none yet. */
  activeTakeId: z.string().nullable(),
  /** Learned motions that its generations follow, mixed; left out when there are none. */
  motions: z.array(EventMotion).max(MAX_MOTIONS).optional(),
});
export type PromptEvent = z.infer<typeof PromptEvent>;

/** Media placed on the video lane. `inPoint`/`outPoint` are source frames, outPoint exclusive. */
export const Clip = z.object({
  id: z.string().regex(/^clip:[0-9a-f-]{36}$/),
  type: z.literal('clip'),
  assetId: z.string(),
  startFrame: z.number().int().min(0),
  inPoint: z.number().int().min(0),
  outPoint: z.number().int().min(1),
});
export type Clip = z.infer<typeof Clip>;

export const Sequence = z.object({
  id: z.literal('sequence:main'),
  type: z.literal('sequence'),
  frameRate: FrameRate,
  width: z.number().int(),
  height: z.number().int(),
  globalPrompt: z.string().max(2000),
});
export type Sequence = z.infer<typeof Sequence>;

export const TimelineRecord = z.discriminatedUnion('type', [PromptEvent, Clip, Sequence]);
export type TimelineRecord = z.infer<typeof TimelineRecord>;

/** The document: records by id. */
export type TimelineRecords = Readonly<Record<string, TimelineRecord>>;

export const TimelineDocument = z.object({ revision: z.number().int(), records: z.record(z.string(), TimelineRecord) });
export type TimelineDocument = z.infer<typeof TimelineDocument>;

/** Show-1 writes 29 frames at 8 frames a second. */
export const DEFAULT_SEQUENCE: Sequence = {
  id: 'sequence:main', type: 'sequence', frameRate: { num: 8, den: 1 }, width: 576, height: 320, globalPrompt: '',
};
