import type { PromptEvent, TimelineRecords } from '../../src-shared/timeline/document.ts';
import type { KeyframePosition } from '../../src-shared/timeline/records/keyframe-image.ts';
import { endFrame } from '../../src-shared/timeline/records/span.ts';
import type { Track } from '../../src-shared/timeline/records/track.ts';
import type { TextKey } from '../i18n/text.ts';
import type { DraggedThing } from './dragged-thing.ts';
import { eventAt } from './timeline-edits.ts';

/** What would happen if a thing were dropped at a place. */
export type DropMeaning =
  | { readonly kind: 'item'; readonly trackId: string; readonly startFrame: number }
  | { readonly kind: 'image'; readonly event: PromptEvent; readonly position: KeyframePosition }
  | { readonly kind: 'captions'; readonly trackId: string }
  | { readonly kind: 'script'; readonly frame: number }
  | { readonly kind: 'refused'; readonly reason: TextKey };

/** A place on the lanes: the track under the pointer, null on a row that is none, and the frame. */
export interface DropPlace {
  readonly track: Track | null;
  readonly frame: number;
}

const refused = (reason: TextKey): DropMeaning => ({ kind: 'refused', reason });

/** An image on an event pins its start in the first third, its end in the last, and its look in the middle. */
export function imagePosition(event: PromptEvent, frame: number): KeyframePosition {
  const share = (frame + 0.5 - event.startFrame) / event.durationFrames;
  return share < 1 / 3 ? 'start' : share > 2 / 3 ? 'end' : 'reference';
}

function onEvents(records: TimelineRecords, thing: DraggedThing, frame: number): DropMeaning {
  if (thing.kind === 'script') return { kind: 'script', frame };
  if (thing.kind !== 'image') return refused(thing.kind === 'audio' ? 'drop.soundToAudio' : thing.kind === 'captions' ? 'drop.captionsToCaptions' : 'drop.footageToVideo');
  const event = eventAt(records, frame);
  return event === null || frame >= endFrame(event) ? refused('drop.imageNeedsEvent') : { kind: 'image', event, position: imagePosition(event, frame) };
}

/** The meaning of a drop; motion lanes have their own. */
export function meaningOfDrop(records: TimelineRecords, thing: DraggedThing, { track, frame }: DropPlace): DropMeaning {
  if (thing.kind === 'other') return refused('drop.unknown');
  if (track === null || track.kind === 'motion') return refused('drop.notHere');
  if (track.locked) return refused('drop.locked');
  if (track.kind === 'prompt' || track.kind === 'keyframe') return onEvents(records, thing, frame);
  if (track.kind === 'caption') return thing.kind === 'captions' ? { kind: 'captions', trackId: track.id } : refused('drop.onlyCaptions');
  if (track.kind === 'audio') return thing.kind === 'audio' ? { kind: 'item', trackId: track.id, startFrame: frame } : refused('drop.onlySound');
  if (thing.kind === 'video' || thing.kind === 'image') return { kind: 'item', trackId: track.id, startFrame: frame };
  return refused(thing.kind === 'audio' ? 'drop.soundToAudio' : thing.kind === 'captions' ? 'drop.captionsToCaptions' : 'drop.scriptToEvents');
}
