import type { TrackItem } from '../document.ts';
import type { KeyframeImage } from '../records/keyframe-image.ts';
import { endFrame } from '../records/span.ts';
import { idPrefix, type EditBatch, type NewId } from './edit-batch.ts';
import { respan, withoutFade } from './source-range.ts';

/** What happens to what lies where items go: it is cut away, it moves right, or the items stop at the nearest free place. */
export type PlaceMode = 'overwrite' | 'insert' | 'free';

/** Images of an event. */
export function imagesOf(batch: EditBatch, eventId: string): KeyframeImage[] {
  const images: KeyframeImage[] = [];
  for (const record of batch.all()) if (record.type === 'keyframeImage' && record.promptEventId === eventId) images.push(record);
  return images;
}

/** Removes an item and the images that belong to it. */
export function removeItem(batch: EditBatch, item: TrackItem): void {
  batch.remove(item.id);
  if (item.type === 'promptEvent') for (const image of imagesOf(batch, item.id)) batch.remove(image.id);
}

/** Cuts an item in two at a frame inside it. The right part is new; an event's end image goes with it. Returns the right part. */
export function splitItem(batch: EditBatch, item: TrackItem, frame: number, newId: NewId): TrackItem {
  const left = withoutFade(respan(item, item.startFrame, frame, batch.frameRate), 'end');
  const cut = { ...withoutFade(respan(item, frame, endFrame(item), batch.frameRate), 'start'), id: newId(idPrefix(item.id)) };
  // The take was made for the whole span: it stays with the part that begins where it begins.
  const right = cut.type === 'promptEvent' ? { ...cut, activeTakeId: null } : cut;
  batch.put(left);
  batch.put(right);
  if (item.type === 'promptEvent') {
    for (const image of imagesOf(batch, item.id)) {
      if (image.position === 'end') batch.put({ ...image, promptEventId: right.id });
      if (image.position === 'reference') batch.put({ ...image, id: newId('keyframe'), promptEventId: right.id });
    }
  }
  return right;
}

/** Empties frames `from` to `to` of a track: items inside go, items across an edge are cut. */
export function clearRange(batch: EditBatch, trackId: string, from: number, to: number, newId: NewId): void {
  for (const item of batch.items(trackId)) {
    if (endFrame(item) <= from || item.startFrame >= to) continue;
    const [keepsHead, keepsTail] = [item.startFrame < from, endFrame(item) > to];
    if (!keepsHead && !keepsTail) removeItem(batch, item);
    else if (!keepsTail) batch.put(withoutFade(respan(item, item.startFrame, from, batch.frameRate), 'end'));
    else if (!keepsHead) batch.put(withoutFade(respan(item, to, endFrame(item), batch.frameRate), 'start'));
    else {
      const right = splitItem(batch, item, from, newId);
      batch.put(respan(right, to, endFrame(right), batch.frameRate));
    }
  }
}

/** Moves everything of a track that begins at `frame` or later by `delta` frames. */
export function shiftFrom(batch: EditBatch, trackId: string, frame: number, delta: number): void {
  if (delta === 0) return;
  for (const item of batch.items(trackId)) if (item.startFrame >= frame) batch.put({ ...item, startFrame: item.startFrame + delta });
}

/** Opens `length` empty frames at `frame` of a track, cutting the item that lies across. */
export function openGap(batch: EditBatch, trackId: string, frame: number, length: number, newId: NewId): void {
  const across = batch.items(trackId).find((item) => item.startFrame < frame && endFrame(item) > frame);
  if (across !== undefined) splitItem(batch, across, frame, newId);
  shiftFrom(batch, trackId, frame, length);
}

/** The shift nearest to `delta` at which none of the items meets another one or leaves the timeline. */
export function freeShift(batch: EditBatch, items: readonly TrackItem[], delta: number): number {
  const moving = new Set(items.map(({ id }) => id));
  const lanes = new Map([...new Set(items.map(({ trackId }) => trackId))].map((trackId) => [trackId, batch.items(trackId).filter((other) => !moving.has(other.id))]));
  const floor = -Math.min(...items.map(({ startFrame }) => startFrame));
  // A shift is forbidden strictly between these bounds: one item would meet one other.
  const forbidden: [number, number][] = [];
  for (const item of items) {
    for (const other of lanes.get(item.trackId) ?? []) forbidden.push([other.startFrame - endFrame(item), endFrame(other) - item.startFrame]);
  }
  forbidden.sort((a, b) => a[0] - b[0]);
  const wanted = Math.max(floor, delta);
  let [down, up]: [number | null, number] = [wanted, wanted];
  for (const [low, high] of forbidden) if (low < up && high > up) up = high;
  // Downwards: bounds by their upper end, from the right.
  for (const [low, high] of [...forbidden].sort((a, b) => b[1] - a[1])) if (down !== null && low < down && high > down) down = low >= floor ? low : null;
  if (down === null) return up;
  return wanted - down <= up - wanted ? down : up;
}

/** Puts items where they say they are, making room as `mode` says. They are not in the batch yet; they do not meet each other. */
export function placeItems(batch: EditBatch, items: readonly TrackItem[], mode: PlaceMode, newId: NewId): readonly TrackItem[] {
  let placed = items;
  if (items.length === 0) return items;
  if (mode === 'free') {
    const shift = freeShift(batch, items, 0);
    placed = items.map((item) => ({ ...item, startFrame: item.startFrame + shift }));
  } else if (mode === 'overwrite') {
    for (const item of items) clearRange(batch, item.trackId, item.startFrame, endFrame(item), newId);
  } else {
    const start = Math.min(...items.map(({ startFrame }) => startFrame));
    const end = Math.max(...items.map(endFrame));
    for (const trackId of new Set(items.map((item) => item.trackId))) openGap(batch, trackId, start, end - start, newId);
  }
  for (const item of placed) batch.put(item);
  return placed;
}
