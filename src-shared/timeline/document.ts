import { z } from 'zod';
import { Caption } from './records/caption.ts';
import { AudioClip, Clip } from './records/clip.ts';
import { KeyframeImage } from './records/keyframe-image.ts';
import { Marker } from './records/marker.ts';
import { MotionSpan } from './records/motion-span.ts';
import { PromptEvent } from './records/prompt-event.ts';
import { Sequence } from './records/sequence.ts';
import { Track } from './records/track.ts';

export { Clip } from './records/clip.ts';
export { EventMotion, PromptEvent, PROMPT_EVENT_DEFAULTS } from './records/prompt-event.ts';
export { DEFAULT_SEQUENCE, Sequence } from './records/sequence.ts';

/** Version of the records' form. A project stores it; `upgrade-record.ts` brings older records to it. */
export const TIMELINE_FORMAT = 2;

export const TimelineRecord = z.discriminatedUnion('type', [PromptEvent, MotionSpan, KeyframeImage, Clip, AudioClip, Caption, Marker, Track, Sequence]);
export type TimelineRecord = z.infer<typeof TimelineRecord>;

/** What lies on a track: it has a span, and nothing else on its track shares a frame with it. */
export type TrackItem = PromptEvent | MotionSpan | Clip | AudioClip | Caption;

/** The document: records by id. */
export type TimelineRecords = Readonly<Record<string, TimelineRecord>>;

export const TimelineDocument = z.object({ revision: z.number().int(), records: z.record(z.string(), TimelineRecord) });
export type TimelineDocument = z.infer<typeof TimelineDocument>;
