import type { TimelineDiff } from '../diff.ts';
import type { TimelineRecord, TimelineRecords, TrackItem } from '../document.ts';
import { StudioError } from '../../errors/studio-error.ts';
import { endFrame, MAX_TIMELINE_FRAMES } from '../records/span.ts';
import type { FrameRate } from '../../timing/frame-rate.ts';
import { isTrackItem, sequenceOf, trackById } from '../tracks.ts';

/** Makes the id of a new record, e.g. `clip:` and a uuid; `prefix` is the part before the colon. */
export type NewId = (prefix: string) => string;

/** The part of an item's id before the colon. */
export const idPrefix = (id: string): string => id.slice(0, id.indexOf(':'));

/** An edit being made: reads see what it has changed so far, `diff` tells what it changed in all. */
export class EditBatch {
  readonly #before: TimelineRecords;
  readonly #changes = new Map<string, TimelineRecord | null>();
  /** Items by track, sorted; dropped for a track that was written to. */
  readonly #lanes = new Map<string, TrackItem[]>();

  constructor(before: TimelineRecords) {
    this.#before = before;
  }

  get frameRate(): FrameRate {
    return sequenceOf(this.#before).frameRate;
  }

  get(id: string): TimelineRecord | undefined {
    const changed = this.#changes.get(id);
    return changed === undefined ? this.#before[id] : (changed ?? undefined);
  }

  /** The item called `id`, unless it is gone or its track is locked. */
  editable(id: string): TrackItem | null {
    const record = this.get(id);
    return isTrackItem(record) && !this.isLocked(record.trackId) ? record : null;
  }

  isLocked(trackId: string): boolean {
    const changed = this.#changes.get(trackId);
    const track = changed?.type === 'track' ? changed : trackById(this.#before, trackId);
    return track === null || track.locked;
  }

  put(record: TimelineRecord): void {
    const old = this.get(record.id);
    if (isTrackItem(old)) this.#lanes.delete(old.trackId);
    if (isTrackItem(record)) this.#lanes.delete(record.trackId);
    this.#changes.set(record.id, record);
  }

  remove(id: string): void {
    const old = this.get(id);
    if (old === undefined) return;
    if (isTrackItem(old)) this.#lanes.delete(old.trackId);
    this.#changes.set(id, null);
  }

  /** Every record as it is now. */
  *all(): Generator<TimelineRecord> {
    for (const [id, record] of Object.entries(this.#before)) if (!this.#changes.has(id)) yield record;
    for (const record of this.#changes.values()) if (record !== null) yield record;
  }

  /** Items of a track from left to right. */
  items(trackId: string): readonly TrackItem[] {
    let lane = this.#lanes.get(trackId);
    if (lane === undefined) {
      lane = [];
      for (const record of this.all()) if (isTrackItem(record) && record.trackId === trackId) lane.push(record);
      lane.sort((a, b) => a.startFrame - b.startFrame);
      this.#lanes.set(trackId, lane);
    }
    return lane;
  }

  /** Items next to an item on its track, whether they touch it or not. */
  neighbours(item: TrackItem): { readonly before: TrackItem | null; readonly after: TrackItem | null } {
    const lane = this.items(item.trackId);
    const before = lane.findLast((other) => other.id !== item.id && endFrame(other) <= item.startFrame) ?? null;
    const after = lane.find((other) => other.id !== item.id && other.startFrame >= endFrame(item)) ?? null;
    return { before, after };
  }

  /** What the edit changed; records that ended as they began are left out. INVALID_INPUT when something would lie beyond the longest timeline. */
  diff(): TimelineDiff {
    for (const record of this.#changes.values()) {
      if (record === null || !isTrackItem(record) || endFrame(record) <= MAX_TIMELINE_FRAMES) continue;
      throw new StudioError('INVALID_INPUT', `A timeline has at most ${MAX_TIMELINE_FRAMES} frames. Put less in, or put it further left.`, { details: { recordId: record.id, endFrame: endFrame(record) } });
    }
    const diff: { added: TimelineRecord[]; updated: { from: TimelineRecord; to: TimelineRecord }[]; removed: TimelineRecord[] } = { added: [], updated: [], removed: [] };
    for (const [id, to] of this.#changes) {
      const from = this.#before[id];
      if (from === undefined && to !== null) diff.added.push(to);
      else if (from !== undefined && to === null) diff.removed.push(from);
      else if (from !== undefined && to !== null && JSON.stringify(from) !== JSON.stringify(to)) diff.updated.push({ from, to });
    }
    return diff;
  }
}

/** Runs one edit and returns what it changed. */
export function edit(records: TimelineRecords, change: (batch: EditBatch) => void): TimelineDiff {
  const batch = new EditBatch(records);
  change(batch);
  return batch.diff();
}
