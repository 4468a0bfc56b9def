import { z } from 'zod';
import { Rational } from '../../timing/rational.ts';
import { recordId, spanFields, TrackId } from './span.ts';

/** Which part of a source a span shows. Source out is `sourceIn` plus the span's time at `speed`. */
export const sourceFields = {
  assetId: z.string(),
  /** Seconds in the source at which the span begins. */
  sourceIn: Rational,
  /** Length of the source in seconds; null for stills, which never run out. */
  sourceDuration: Rational.nullable(),
  /** Source seconds per second of timeline: 1/2 is slow motion. */
  speed: Rational,
  /** Linear gain. */
  volume: z.number().min(0).max(4),
};

/** One of several generations that may fill a clip, and the seconds of the footage that it was made from: where it begins there, and its length. */
export const ClipTake = z.object({ takeId: z.string(), assetId: z.string(), starred: z.boolean(), source: z.object({ start: Rational, duration: Rational.nullable() }).optional() });
export type ClipTake = z.infer<typeof ClipTake>;

/** Moving pictures or a still on a video track. */
export const Clip = z.object({
  id: recordId('clip'),
  type: z.literal('clip'),
  trackId: TrackId,
  ...spanFields,
  ...sourceFields,
  opacity: z.number().min(0).max(1),
  /** Middle of the picture away from the middle of the frame, in frame widths and heights. */
  position: z.object({ x: z.number().min(-10).max(10), y: z.number().min(-10).max(10) }),
  /** 1 fits the frame. */
  scale: z.number().min(0.01).max(100),
  /** Frames in which it fades from the clip that it touches on the left, or from nothing; likewise to the right. */
  crossfadeInFrames: z.number().int().min(0),
  crossfadeOutFrames: z.number().int().min(0),
  /** Generations to choose from, behind the footage that they were made from; `assetId` is the one shown. Empty for footage alone. */
  takes: z.array(ClipTake).max(200),
});
export type Clip = z.infer<typeof Clip>;

/** Sound on an audio track. */
export const AudioClip = z.object({
  id: recordId('audio'),
  type: z.literal('audio'),
  trackId: TrackId,
  ...spanFields,
  ...sourceFields,
  fadeInFrames: z.number().int().min(0),
  fadeOutFrames: z.number().int().min(0),
});
export type AudioClip = z.infer<typeof AudioClip>;

/** A clip as it comes from the library. */
export const CLIP_DEFAULTS = {
  sourceIn: { num: 0, den: 1 }, speed: { num: 1, den: 1 }, volume: 1, opacity: 1, position: { x: 0, y: 0 }, scale: 1, crossfadeInFrames: 0, crossfadeOutFrames: 0, takes: [] as ClipTake[],
} satisfies Partial<Clip>;

/** Sound as it comes from the library. */
export const AUDIO_DEFAULTS = { sourceIn: { num: 0, den: 1 }, speed: { num: 1, den: 1 }, volume: 1, fadeInFrames: 0, fadeOutFrames: 0 } satisfies Partial<AudioClip>;
