import { StudioError } from '../../errors/studio-error.ts';
import type { TimelineDiff } from '../diff.ts';
import { TimelineRecord, type TimelineRecords, type TrackItem } from '../document.ts';
import type { KeyframeImage } from '../records/keyframe-image.ts';
import { endFrame } from '../records/span.ts';
import { isTrackItem, trackById, trackKindOf, tracksOf } from '../tracks.ts';
import { edit, idPrefix, type EditBatch, type NewId } from './edit-batch.ts';
import { freeShift, imagesOf, placeItems, removeItem, shiftFrom, splitItem, type PlaceMode } from './place-items.ts';
import { fitFades } from './source-range.ts';

const editableItems = (batch: EditBatch, ids: readonly string[]): TrackItem[] => [...new Set(ids)].flatMap((id) => batch.editable(id) ?? []);

/** The track that items may go to: of their kind and unlocked; else where they are. */
function targetTrack(batch: EditBatch, records: TimelineRecords, items: readonly TrackItem[], trackId: string | undefined): string | null {
  if (trackId === undefined || batch.isLocked(trackId)) return null;
  const from = new Set(items.map((item) => item.trackId));
  const kind = trackById(records, trackId)?.kind;
  // Several tracks at once would land on one another.
  return from.size === 1 && items.every((item) => trackKindOf(item.type) === kind) ? trackId : null;
}

interface Move {
  readonly ids: readonly string[];
  readonly deltaFrames: number;
  /** Another track of the same kind; left out: each item stays on its own. */
  readonly trackId?: string;
  readonly mode: PlaceMode;
  readonly newId: NewId;
}

/** Moves items together, keeping their distances. None of them leaves the timeline to the left. */
export function move(records: TimelineRecords, { ids, deltaFrames, trackId, mode, newId }: Move): TimelineDiff {
  return edit(records, (batch) => {
    const items = editableItems(batch, ids);
    if (items.length === 0) return;
    const target = targetTrack(batch, records, items, trackId);
    const lifted = items.map((item) => (target === null ? item : { ...item, trackId: target }));
    const wanted = Math.max(-Math.min(...items.map(({ startFrame }) => startFrame)), Math.round(deltaFrames));
    const delta = mode === 'free' ? freeShift(batch, lifted, wanted) : wanted;
    // Lifted out for the placing, put back by it: an event's images stay with it.
    for (const { id } of items) batch.remove(id);
    placeItems(batch, lifted.map((item) => ({ ...item, startFrame: item.startFrame + delta })), mode === 'free' ? 'overwrite' : mode, newId);
  });
}

/** Moves by single frames and stops at whatever is in the way. */
export const nudge = (records: TimelineRecords, { ids, deltaFrames, newId }: { readonly ids: readonly string[]; readonly deltaFrames: number; readonly newId: NewId }): TimelineDiff =>
  move(records, { ids, deltaFrames, mode: 'free', newId });

/** Items lifted from a timeline, with the images of its events. Plain data: it can go through the system's clipboard. */
export interface Clipboard {
  readonly items: readonly TrackItem[];
  readonly images: readonly KeyframeImage[];
}

/** What Paste would bring back. Items on locked tracks can be copied. */
export function copyItems(records: TimelineRecords, ids: readonly string[]): Clipboard {
  const items = [...new Set(ids)].flatMap((id) => {
    const record = records[id];
    return isTrackItem(record) ? [record] : [];
  });
  const events = new Set(items.map(({ id }) => id));
  const images = Object.values(records).flatMap((record) => (record.type === 'keyframeImage' && events.has(record.promptEventId) ? [record] : []));
  return { items, images };
}

/** The track that a pasted item goes to: its own, else the first unlocked one of its kind. */
function landingTrack(batch: EditBatch, records: TimelineRecords, item: TrackItem): string | null {
  const kind = trackKindOf(item.type);
  if (trackById(records, item.trackId)?.kind === kind && !batch.isLocked(item.trackId)) return item.trackId;
  return tracksOf(records).find((track) => track.kind === kind && !track.locked)?.id ?? null;
}

interface Paste {
  readonly clipboard: Clipboard;
  /** Where the first of the items begins. */
  readonly frame: number;
  readonly mode: PlaceMode;
  readonly newId: NewId;
}

/** Puts copies of the clipboard's items at a frame, under new ids. */
export function paste(records: TimelineRecords, { clipboard, frame, mode, newId }: Paste): TimelineDiff {
  return edit(records, (batch) => {
    const origin = Math.min(...clipboard.items.map(({ startFrame }) => startFrame));
    const names = new Map<string, string>();
    const taken = new Map<string, TrackItem[]>();
    const copies = clipboard.items.flatMap((item) => {
      const trackId = landingTrack(batch, records, item);
      if (trackId === null) return [];
      const id = newId(idPrefix(item.id));
      const copy = { ...item, id, trackId, startFrame: Math.max(0, Math.round(frame)) + item.startFrame - origin };
      // Items of a track that is gone may share their new one with others: the first one wins.
      const lane = taken.get(trackId) ?? [];
      if (lane.some((other) => other.startFrame < endFrame(copy) && endFrame(other) > copy.startFrame)) return [];
      taken.set(trackId, [...lane, copy]);
      names.set(item.id, id);
      // A copy of an event has takes of its own to come.
      return [copy.type === 'promptEvent' ? { ...copy, activeTakeId: null } : copy];
    });
    placeItems(batch, copies, mode, newId);
    for (const image of clipboard.images) {
      const promptEventId = names.get(image.promptEventId);
      if (promptEventId !== undefined) batch.put({ ...image, id: newId('keyframe'), promptEventId });
    }
  });
}

/** Copies items to another place, as Alt-dragging does. */
export function duplicate(records: TimelineRecords, { ids, deltaFrames, mode, newId }: { readonly ids: readonly string[]; readonly deltaFrames: number; readonly mode: PlaceMode; readonly newId: NewId }): TimelineDiff {
  const clipboard = copyItems(records, ids);
  const start = Math.min(...clipboard.items.map(({ startFrame }) => startFrame));
  return clipboard.items.length === 0 ? edit(records, () => {}) : paste(records, { clipboard, frame: start + deltaFrames, mode, newId });
}

/** Puts new items on their tracks: `overwrite` and `insert` are the three-point edits, `free` looks for room. */
export function addItems(records: TimelineRecords, { items, mode, newId }: { readonly items: readonly TrackItem[]; readonly mode: PlaceMode; readonly newId: NewId }): TimelineDiff {
  return edit(records, (batch) => void placeItems(batch, items.filter((item) => !batch.isLocked(item.trackId)), mode, newId));
}

/** Removes items, images and markers, and leaves gaps. */
export function remove(records: TimelineRecords, ids: readonly string[]): TimelineDiff {
  return edit(records, (batch) => {
    for (const id of ids) {
      const record = batch.get(id);
      if (isTrackItem(record)) {
        if (!batch.isLocked(record.trackId)) removeItem(batch, record);
      } else if (record?.type === 'marker' || (record?.type === 'keyframeImage' && !batch.isLocked('track:keyframe'))) batch.remove(id);
    }
  });
}

/** Removes items and closes the gaps that they leave on their tracks. */
export function rippleRemove(records: TimelineRecords, ids: readonly string[]): TimelineDiff {
  return edit(records, (batch) => {
    // From the right, so that what is left to remove has not moved yet.
    for (const item of editableItems(batch, ids).sort((a, b) => b.startFrame - a.startFrame)) {
      removeItem(batch, item);
      shiftFrom(batch, item.trackId, endFrame(item), -item.durationFrames);
    }
  });
}

/** Cuts items in two at a frame: those named, or with none named everything under the frame. */
export function split(records: TimelineRecords, { ids, frame, newId }: { readonly ids: readonly string[]; readonly frame: number; readonly newId: NewId }): TimelineDiff {
  return edit(records, (batch) => {
    const candidates = ids.length > 0 ? editableItems(batch, ids) : editableItems(batch, Object.keys(records));
    for (const item of candidates) if (item.startFrame < frame && frame < endFrame(item)) splitItem(batch, item, frame, newId);
  });
}

type Patch = Readonly<Record<string, unknown>>;

/** A patch for every record, or what each one's own is made from: a position of which only one part is set. */
type PatchOf = Patch | ((record: TimelineRecord) => Patch);

/** Fields that have edits of their own. */
const STRUCTURE = new Set(['id', 'type', 'trackId', 'startFrame', 'durationFrames', 'sourceIn', 'sourceDuration', 'speed', 'promptEventId', 'frameRate', 'inFrame', 'outFrame']);

/** Sets properties of items, images, markers or the sequence: words, opacity, fades, volume, labels. INVALID_INPUT when a value does not fit. */
export function setProperties(records: TimelineRecords, ids: readonly string[], patchOf: PatchOf): TimelineDiff {
  return edit(records, (batch) => {
    for (const id of ids) {
      const record = batch.get(id);
      if (record === undefined || (isTrackItem(record) && batch.isLocked(record.trackId))) continue;
      const patch = typeof patchOf === 'function' ? patchOf(record) : patchOf;
      const forbidden = Object.keys(patch).find((name) => STRUCTURE.has(name));
      if (forbidden !== undefined) throw new StudioError('INVALID_INPUT', `${forbidden} is not set as a property. Use the edit that moves, trims or slips.`, { details: { property: forbidden } });
      const checked = TimelineRecord.safeParse({ ...record, ...patch });
      if (!checked.success) {
        const [issue] = checked.error.issues;
        throw new StudioError('INVALID_INPUT', `${issue?.path.join('.') ?? 'A value'} does not fit: ${issue?.message ?? 'see its limits'}. Nothing was changed.`, { details: { recordId: id } });
      }
      if (checked.data.type === 'keyframeImage') for (const other of imagesOf(batch, checked.data.promptEventId)) if (other.id !== id && other.position === checked.data.position) batch.remove(other.id);
      batch.put(isTrackItem(checked.data) ? fitFades(checked.data) : checked.data);
    }
  });
}

/** Pins an image to an event, in place of the one that was there. */
export function pinImage(records: TimelineRecords, image: KeyframeImage): TimelineDiff {
  return edit(records, (batch) => {
    const event = batch.editable(image.promptEventId);
    if (event?.type !== 'promptEvent' || batch.isLocked('track:keyframe')) return;
    for (const other of imagesOf(batch, event.id)) if (other.position === image.position) batch.remove(other.id);
    batch.put(image);
  });
}
