import type { TimelineRecords } from '../../src-shared/timeline/document.ts';
import { endFrame } from '../../src-shared/timeline/records/span.ts';
import { sequenceOf } from '../../src-shared/timeline/tracks.ts';
import { eventsInOrder } from './timeline-edits.ts';

/** Frames that a drag sticks to: start, playhead, marks, markers, and the edges of everything that is not dragged itself. Sorted. */
export function snapPoints(records: TimelineRecords, input: { exclude: ReadonlySet<string>; playhead: number }): number[] {
  const points = new Set<number>([0, input.playhead]);
  const { inFrame, outFrame } = sequenceOf(records);
  for (const mark of [inFrame, outFrame]) if (mark !== null) points.add(mark);
  for (const record of Object.values(records)) {
    if (input.exclude.has(record.id)) continue;
    if (record.type === 'marker') points.add(record.frame);
    else if ('durationFrames' in record) points.add(record.startFrame).add(endFrame(record));
  }
  return [...points].sort((a, b) => a - b);
}

/** Where a scene's keyframes lie on the timeline: at `origin` and every `stride` frames behind it. */
export interface KeyframeGrid {
  readonly origin: number;
  readonly stride: number;
}

/** The grid that stays where it is while the starts of `moving` move: a scene begins with its first event. Null when that one moves. */
export function keyframeGrid(records: TimelineRecords, stride: number, moving: ReadonlySet<string>): KeyframeGrid | null {
  const [first] = eventsInOrder(records);
  return first === undefined || moving.has(first.id) ? null : { origin: first.startFrame, stride };
}

/** A snapped drag: how far it moves the dragged edges, and the frame of the snap line (null: nothing near). */
export interface Snap {
  readonly offset: number;
  readonly line: number | null;
}

/** Index of the first of sorted `points` that is not below `value`. */
function lowerBound(points: readonly number[], value: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The smallest shift, at most `tolerance` frames, that puts one of the dragged `edges` on one of the sorted snap points.
 * Tolerance may be a fraction: it comes from pixels.
 */
export function snapEdges(edges: readonly number[], points: readonly number[], tolerance: number): Snap {
  let best: Snap = { offset: 0, line: null };
  let distance = tolerance;
  for (const edge of edges) {
    const at = lowerBound(points, edge);
    for (const point of [points[at - 1], points[at]]) {
      if (point === undefined) continue;
      const gap = Math.abs(point - edge);
      if (gap <= distance && (gap < distance || best.line === null)) {
        best = { offset: point - edge, line: point };
        distance = gap;
      }
    }
  }
  return best;
}

/** Snaps to the model's keyframes, at most a frame away: they are everywhere, and must not hold what is meant to lie between them. */
export function snapToKeyframes(edges: readonly number[], { origin, stride }: KeyframeGrid, tolerance: number): Snap {
  const points = edges.map((edge) => origin + Math.max(0, Math.round((edge - origin) / stride)) * stride);
  return snapEdges(edges, points.toSorted((a, b) => a - b), Math.min(tolerance, 1));
}
