import type { TimelineDiff } from '../diff.ts';
import type { TimelineRecords, TrackItem } from '../document.ts';
import { endFrame } from '../records/span.ts';
import { edit } from './edit-batch.ts';

/** Names of the lengths of what fades at its start and at its end: blends of words, crossfades of pictures, fades of sound. */
const FADES = {
  promptEvent: ['blendInFrames', 'blendOutFrames'], clip: ['crossfadeInFrames', 'crossfadeOutFrames'], audio: ['fadeInFrames', 'fadeOutFrames'],
} as const;

export type FadeEdge = 'start' | 'end';

/** The name under which a type of item keeps the fade at one of its edges; null for what does not fade. */
export const fadeName = (type: string, edge: FadeEdge): string | null => (Object.hasOwn(FADES, type) ? FADES[type as keyof typeof FADES][edge === 'start' ? 0 : 1] : null);

/** Frames of the fades at an item's start and end. */
export function fadesOf(item: TrackItem): readonly [number, number] {
  if (item.type === 'promptEvent') return [item.blendInFrames, item.blendOutFrames];
  if (item.type === 'clip') return [item.crossfadeInFrames, item.crossfadeOutFrames];
  return item.type === 'audio' ? [item.fadeInFrames, item.fadeOutFrames] : [0, 0];
}

/** The item with another fade at one edge, as long as it has room beside the one at its other edge. */
function withFade<Item extends TrackItem>(item: Item, edge: FadeEdge, frames: number): Item {
  const name = fadeName(item.type, edge);
  if (name === null) return item;
  const other = fadesOf(item)[edge === 'start' ? 1 : 0];
  return { ...item, [name]: Math.max(0, Math.min(item.durationFrames - other, Math.round(frames))) };
}

interface FadeChange {
  readonly id: string;
  readonly edge: FadeEdge;
  readonly frames: number;
  /** Whether the item that it touches there fades for as long on its side: then the two cross around the cut. */
  readonly both: boolean;
}

/** Fades an item in or out, or blends it with the one that it touches. */
export function setFade(records: TimelineRecords, { id, edge, frames, both }: FadeChange): TimelineDiff {
  return edit(records, (batch) => {
    const item = batch.editable(id);
    if (item === null) return;
    batch.put(withFade(item, edge, frames));
    const { before, after } = batch.neighbours(item);
    const neighbour = edge === 'start' ? before : after;
    const touches = neighbour !== null && (edge === 'start' ? endFrame(neighbour) === item.startFrame : neighbour.startFrame === endFrame(item));
    if (both && touches) batch.put(withFade(neighbour, edge === 'start' ? 'end' : 'start', frames));
  });
}
