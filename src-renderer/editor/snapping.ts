import type { TimelineRecords } from '../../src-shared/timeline/document.ts';
import { endFrame } from '../../src-shared/timeline/records/span.ts';
import { sequenceOf } from '../../src-shared/timeline/tracks.ts';

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
