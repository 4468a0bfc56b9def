import { assert } from '../../errors/studio-error.ts';
import type { Rational } from '../../timing/rational.ts';
import type { TimelineDiff } from '../diff.ts';
import type { TimelineRecords, TrackItem } from '../document.ts';
import { endFrame } from '../records/span.ts';
import { edit, type EditBatch } from './edit-batch.ts';
import { shiftFrom } from './place-items.ts';
import { changeSpeed, hasSource, headRoom, respan, slipSource, tailRoom } from './source-range.ts';

export type Edge = 'start' | 'end';

interface EdgeMove {
  readonly id: string;
  readonly edge: Edge;
  /** Where the edge should go; it stops at the first thing in its way. */
  readonly frame: number;
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

function trimItem(batch: EditBatch, item: TrackItem, edge: Edge, frame: number): void {
  const { before, after } = batch.neighbours(item);
  const end = endFrame(item);
  if (edge === 'start') {
    const floor = Math.max(before === null ? 0 : endFrame(before), item.startFrame - headRoom(item, batch.frameRate));
    batch.put(respan(item, clamp(frame, floor, end - 1), end, batch.frameRate));
  } else {
    const ceiling = Math.min(after === null ? Infinity : after.startFrame, end + tailRoom(item, batch.frameRate));
    batch.put(respan(item, item.startFrame, clamp(frame, item.startFrame + 1, ceiling), batch.frameRate));
  }
}

/** Moves one edge, leaving a gap or stopping at the neighbour, the end of the source, or one frame of length. */
export function trim(records: TimelineRecords, { id, edge, frame }: EdgeMove): TimelineDiff {
  return edit(records, (batch) => {
    const item = batch.editable(id);
    if (item !== null) trimItem(batch, item, edge, Math.round(frame));
  });
}

/** Moves the same edge of several items by the same number of frames, each as far as it can go. */
export function trimMany(records: TimelineRecords, input: { readonly ids: readonly string[]; readonly edge: Edge; readonly deltaFrames: number }): TimelineDiff {
  return edit(records, (batch) => {
    const items = input.ids.flatMap((id) => batch.editable(id) ?? []).sort((a, b) => (a.startFrame - b.startFrame) * (input.deltaFrames > 0 ? -1 : 1));
    for (const item of items) trimItem(batch, item, input.edge, (input.edge === 'start' ? item.startFrame : endFrame(item)) + Math.round(input.deltaFrames));
  });
}

/** Moves one edge and lets the rest of the track follow, so that no gap opens and nothing is covered. */
export function rippleTrim(records: TimelineRecords, { id, edge, frame }: EdgeMove): TimelineDiff {
  return edit(records, (batch) => {
    const item = batch.editable(id);
    if (item === null) return;
    const end = endFrame(item);
    const at = Math.round(frame);
    const length =
      edge === 'end'
        ? clamp(at, item.startFrame + 1, end + tailRoom(item, batch.frameRate)) - item.startFrame
        : end - clamp(at, item.startFrame - headRoom(item, batch.frameRate), end - 1);
    // A start that is pulled left makes the item longer where it stands.
    const trimmed = edge === 'end' ? respan(item, item.startFrame, item.startFrame + length, batch.frameRate) : { ...respan(item, end - length, end, batch.frameRate), startFrame: item.startFrame };
    shiftFrom(batch, item.trackId, end, length - item.durationFrames);
    batch.put(trimmed);
  });
}

/** Moves the cut between an item and the one that touches it at `edge`: one gets longer as the other gets shorter. */
export function roll(records: TimelineRecords, { id, edge, frame }: EdgeMove): TimelineDiff {
  return edit(records, (batch) => {
    const item = batch.editable(id);
    if (item === null) return;
    const { before, after } = batch.neighbours(item);
    const [left, right] = edge === 'start' ? [before, item] : [item, after];
    if (left === null || right === null || endFrame(left) !== right.startFrame) return;
    const low = Math.max(left.startFrame + 1, right.startFrame - headRoom(right, batch.frameRate));
    const high = Math.min(endFrame(right) - 1, endFrame(left) + tailRoom(left, batch.frameRate));
    if (low > high) return;
    const cut = clamp(Math.round(frame), low, high);
    batch.put(respan(left, left.startFrame, cut, batch.frameRate));
    batch.put(respan(right, cut, endFrame(right), batch.frameRate));
  });
}

/** Shows another part of the source in the same place; positive frames show later footage. */
export function slip(records: TimelineRecords, { ids, deltaFrames }: { readonly ids: readonly string[]; readonly deltaFrames: number }): TimelineDiff {
  return edit(records, (batch) => {
    for (const id of ids) {
      const item = batch.editable(id);
      if (item !== null) batch.put(slipSource(item, Math.round(deltaFrames), batch.frameRate));
    }
  });
}

/** Moves an item between its neighbours, which get longer and shorter where they touch it. */
export function slide(records: TimelineRecords, { id, deltaFrames }: { readonly id: string; readonly deltaFrames: number }): TimelineDiff {
  return edit(records, (batch) => {
    const item = batch.editable(id);
    if (item === null) return;
    const { before, after } = batch.neighbours(item);
    const touchesLeft = before !== null && endFrame(before) === item.startFrame;
    const touchesRight = after !== null && after.startFrame === endFrame(item);
    let low = before === null ? -item.startFrame : endFrame(before) - item.startFrame;
    let high = after === null ? Infinity : after.startFrame - endFrame(item);
    if (touchesLeft) {
      low = 1 - before.durationFrames;
      high = Math.min(touchesRight ? Infinity : high, tailRoom(before, batch.frameRate));
    }
    if (touchesRight) {
      low = Math.max(low, -headRoom(after, batch.frameRate));
      high = Math.min(after.durationFrames - 1, touchesLeft ? high : Infinity);
    }
    const delta = clamp(Math.round(deltaFrames), Math.min(0, low), Math.max(0, high));
    if (touchesLeft) batch.put(respan(before, before.startFrame, endFrame(before) + delta, batch.frameRate));
    if (touchesRight) batch.put(respan(after, after.startFrame + delta, endFrame(after), batch.frameRate));
    batch.put({ ...item, startFrame: item.startFrame + delta });
  });
}

/** Plays clips or sound faster or slower. They show the same footage, cut where the next item begins. */
export function setSpeed(records: TimelineRecords, { ids, speed }: { readonly ids: readonly string[]; readonly speed: Rational }): TimelineDiff {
  assert(speed.num > 0 && speed.den > 0, 'a speed is positive');
  return edit(records, (batch) => {
    for (const id of ids) {
      const item = batch.editable(id);
      if (item === null || !hasSource(item)) continue;
      const { after } = batch.neighbours(item);
      batch.put(changeSpeed(item, speed, after === null ? Infinity : after.startFrame - item.startFrame, batch.frameRate));
    }
  });
}
