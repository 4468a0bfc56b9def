import { z } from 'zod';

/** `track:prompt` and its five siblings always exist; others carry a uuid. */
export const TrackId = z.string().regex(/^track:[0-9a-z-]{1,40}$/);

const UUID = '[0-9a-f-]{36}';

/** Ids say what they name: `clip:` and a uuid. */
export const recordId = (type: string) => z.string().regex(new RegExp(`^${type}:${UUID}$`));

/** The longest timeline: a day at 120 frames a second. */
export const MAX_TIMELINE_FRAMES = 10_368_000;

/** Where something lies: whole frames on the sequence's rate, the end exclusive. */
export const spanFields = {
  startFrame: z.number().int().min(0).max(MAX_TIMELINE_FRAMES),
  durationFrames: z.number().int().min(1).max(MAX_TIMELINE_FRAMES),
};

/** One past the last frame of a span. */
export const endFrame = (span: { readonly startFrame: number; readonly durationFrames: number }): number => span.startFrame + span.durationFrames;
