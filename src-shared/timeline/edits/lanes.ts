import type { TimelineDiff } from '../diff.ts';
import type { TimelineRecords } from '../document.ts';
import type { Marker } from '../records/marker.ts';
import type { Track, TrackKind } from '../records/track.ts';
import { isDefaultTrack, sequenceOf, trackById, tracksOf } from '../tracks.ts';
import { edit } from './edit-batch.ts';
import { removeItem } from './place-items.ts';

const ORDER_STEP = 10;

/** Adds a lane below the last one of its kind. */
export function addTrack(records: TimelineRecords, { id, kind, name }: { readonly id: string; readonly kind: TrackKind; readonly name: string }): TimelineDiff {
  return edit(records, (batch) => {
    if (trackById(records, id) !== null) return;
    const tracks = tracksOf(records);
    const last = tracks.findLastIndex((track) => track.kind === kind);
    const added: Track = { id, type: 'track', kind, name, order: 0, locked: false, muted: false, hidden: false };
    const order = tracks.toSpliced(last + 1, 0, added);
    for (const [index, track] of order.entries()) if (track === added || track.order !== (index + 1) * ORDER_STEP) batch.put({ ...track, order: (index + 1) * ORDER_STEP });
  });
}

/** Removes an added lane with everything on it. Locked lanes and the six that always exist stay. */
export function removeTrack(records: TimelineRecords, id: string): TimelineDiff {
  return edit(records, (batch) => {
    const track = trackById(records, id);
    if (track === null || track.locked || isDefaultTrack(id)) return;
    for (const item of batch.items(id)) removeItem(batch, item);
    batch.remove(id);
  });
}

/** Moves a lane to a place in the list from top to bottom. */
export function moveTrack(records: TimelineRecords, { id, index }: { readonly id: string; readonly index: number }): TimelineDiff {
  return edit(records, (batch) => {
    const tracks = tracksOf(records);
    const from = tracks.findIndex((track) => track.id === id);
    const moved = tracks[from];
    if (moved === undefined) return;
    const order = tracks.toSpliced(from, 1);
    order.splice(Math.max(0, Math.min(order.length, index)), 0, moved);
    for (const [place, track] of order.entries()) if (track.order !== (place + 1) * ORDER_STEP) batch.put({ ...track, order: (place + 1) * ORDER_STEP });
  });
}

/** Locks, mutes, hides, names a lane, or has it heard alone. */
export function setTrack(records: TimelineRecords, id: string, patch: Partial<Pick<Track, 'locked' | 'muted' | 'solo' | 'hidden' | 'name'>>): TimelineDiff {
  return edit(records, (batch) => {
    const track = trackById(records, id);
    if (track !== null) batch.put({ ...track, ...patch });
  });
}

/** Puts a marker, in place of one on the same frame. */
export function addMarker(records: TimelineRecords, marker: Marker): TimelineDiff {
  return edit(records, (batch) => {
    for (const record of Object.values(records)) if (record.type === 'marker' && record.frame === marker.frame) batch.remove(record.id);
    batch.put(marker);
  });
}

/** Moves a marker; another one on that frame gives way. */
export function moveMarker(records: TimelineRecords, id: string, frame: number): TimelineDiff {
  const marker = records[id];
  return marker?.type === 'marker' ? addMarker(records, { ...marker, frame: Math.max(0, Math.round(frame)) }) : edit(records, () => {});
}

/** Markers from left to right. */
export function markersOf(records: TimelineRecords): Marker[] {
  const markers: Marker[] = [];
  for (const record of Object.values(records)) if (record.type === 'marker') markers.push(record);
  return markers.sort((a, b) => a.frame - b.frame);
}

/** Marks a range; the point that was set last wins when they cross. `outFrame` is exclusive. */
export function setInOut(records: TimelineRecords, range: { readonly inFrame?: number | null; readonly outFrame?: number | null }): TimelineDiff {
  return edit(records, (batch) => {
    const sequence = sequenceOf(records);
    let { inFrame, outFrame } = { ...sequence, ...range };
    if (inFrame !== null && outFrame !== null && outFrame <= inFrame) {
      if (range.inFrame === undefined) inFrame = null;
      else outFrame = null;
    }
    batch.put({ ...sequence, inFrame, outFrame });
  });
}
