import type { TrackItem } from '../../../src-shared/timeline/document.ts';
import { endFrame } from '../../../src-shared/timeline/records/span.ts';

/** A run ends once it is as long as so many of the shortest items that are drawn apart. */
const RUN_LENGTHS = 3;

/** Items too narrow to be drawn apart, drawn as one. */
export interface ItemRun {
  readonly startFrame: number;
  readonly endFrame: number;
  readonly count: number;
  readonly id: string;
}

export interface VisibleItems {
  readonly items: readonly TrackItem[];
  readonly runs: readonly ItemRun[];
}

/** The part of the time axis that is drawn. */
export interface FrameWindow {
  readonly from: number;
  readonly to: number;
}

/**
 * Which items are drawn in full: those wide enough at `scale` pixels per frame, inside `window`. While one zooms nothing becomes richer, or
 * dozens of items would take on words and handles in one and the same step: they do when the zoom rests.
 */
export interface DetailView {
  readonly scale: number;
  readonly window: FrameWindow;
}

/** True when an item is at least `pixels` wide where details are drawn. */
export const isDetailed = ({ startFrame, durationFrames }: { readonly startFrame: number; readonly durationFrames: number }, pixels: number, { scale, window }: DetailView): boolean =>
  durationFrames * scale >= pixels && startFrame < window.to && startFrame + durationFrames > window.from;

/** Index of the first of a lane's items that ends behind `frame`. Items of a lane are sorted and never overlap, so their ends are sorted too. */
function firstEndingBehind(items: readonly TrackItem[], frame: number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && endFrame(item) <= frame) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A lane's items in the window. Neighbours shorter than `minFrames` become runs, except those in `keep`. */
export function visibleItems(lane: readonly TrackItem[], { from, to }: FrameWindow, minFrames: number, keep: ReadonlySet<string>): VisibleItems {
  const items: TrackItem[] = [];
  const runs: ItemRun[] = [];
  let open: TrackItem[] = [];
  const close = (): void => {
    const [first] = open;
    const last = open.at(-1);
    if (first === undefined || last === undefined) return;
    if (open.length === 1) items.push(first);
    else runs.push({ id: first.id, startFrame: first.startFrame, endFrame: endFrame(last), count: open.length });
    open = [];
  };
  for (let index = firstEndingBehind(lane, from); index < lane.length; index += 1) {
    const item = lane[index];
    if (item === undefined || item.startFrame >= to) break;
    const last = open.at(-1);
    const [first] = open;
    // Long runs end now and then, so that one still sees where there is much and where little.
    if (last !== undefined && first !== undefined && (item.startFrame - endFrame(last) >= minFrames || endFrame(last) - first.startFrame >= minFrames * RUN_LENGTHS)) close();
    if (item.durationFrames < minFrames && !keep.has(item.id)) open.push(item);
    else {
      close();
      items.push(item);
    }
  }
  close();
  return { items, runs };
}

/** Most nodes for items on all lanes together. */
const MAX_NODES = 260;

/** Items narrower than this are joined with their neighbours, in CSS pixels. */
const MIN_PIXELS = 8;

/** What to draw of every lane: as fine as it can be within the budget of nodes. */
export function visibleLanes(lanes: ReadonlyMap<string, readonly TrackItem[]>, window: FrameWindow, pixelsPerFrame: number, keep: ReadonlySet<string>): ReadonlyMap<string, VisibleItems> {
  for (let minPixels = MIN_PIXELS; ; minPixels *= 2) {
    const drawn = new Map<string, VisibleItems>();
    let nodes = 0;
    // With everything selected nothing could be joined: then the selection is joined too.
    const kept = minPixels > MIN_PIXELS * 4 ? new Set<string>() : keep;
    for (const [trackId, items] of lanes) {
      const visible = visibleItems(items, window, minPixels / pixelsPerFrame, kept);
      // An event has a place for its take below it.
      nodes += (visible.items.length + visible.runs.length) * (items[0]?.type === 'promptEvent' ? 2 : 1);
      drawn.set(trackId, visible);
    }
    if (nodes <= MAX_NODES || minPixels > 1000) return drawn;
  }
}
