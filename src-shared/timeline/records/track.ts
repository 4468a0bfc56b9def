import { z } from 'zod';
import { TrackId } from './span.ts';

/** What a lane holds. */
export const TrackKind = z.enum(['prompt', 'motion', 'keyframe', 'video', 'audio', 'caption']);
export type TrackKind = z.infer<typeof TrackKind>;

/** One lane of the timeline. */
export const Track = z.object({
  id: TrackId,
  type: z.literal('track'),
  kind: TrackKind,
  name: z.string().max(100),
  /** Place among the lanes, small on top; ties go by id. */
  order: z.number(),
  /** Nothing on it can be edited. */
  locked: z.boolean(),
  /** Its sound is not heard. */
  muted: z.boolean(),
  /** While any lane is: only the sound of such lanes is heard. Left out where it is not. */
  solo: z.boolean().optional(),
  /** Its pictures are not seen, its events not generated. */
  hidden: z.boolean(),
});
export type Track = z.infer<typeof Track>;

const lane = (kind: TrackKind, order: number): Track => ({ id: `track:${kind}`, type: 'track', kind, name: '', order, locked: false, muted: false, hidden: false });

/** The lanes that every timeline has. They are stored only once they were changed, and never removed. */
export const DEFAULT_TRACKS: readonly Track[] = [lane('prompt', 10), lane('motion', 20), lane('keyframe', 30), lane('video', 40), lane('audio', 50), lane('caption', 60)];
