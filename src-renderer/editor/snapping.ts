import type { TimelineRecords } from '../../src-shared/timeline/document.ts';
import { endFrame, eventsInOrder } from './timeline-edits.ts';

/** Frames that a drag of `excludeId` sticks to: start, playhead, marks and the edges of every other event. */
export function snapPoints(records: TimelineRecords, input: { excludeId: string | null; playhead: number; marks: readonly (number | null)[] }): number[] {
  const points = new Set<number>([0, input.playhead]);
  for (const mark of input.marks) if (mark !== null) points.add(mark);
  for (const event of eventsInOrder(records)) {
    if (event.id === input.excludeId) continue;
    points.add(event.startFrame).add(endFrame(event));
  }
  return [...points];
}

/** A snapped drag: how far it moves the dragged edges, and the frame of the snap line (null: nothing near). */
export interface Snap {
  readonly offset: number;
  readonly line: number | null;
}

/**
 * The smallest shift, at most `tolerance` frames, that puts one of the dragged `edges` on a snap point.
 * Tolerance may be a fraction: it comes from pixels.
 */
export function snapEdges(edges: readonly number[], points: readonly number[], tolerance: number): Snap {
  let best: Snap = { offset: 0, line: null };
  let distance = tolerance;
  for (const edge of edges) {
    for (const point of points) {
      const gap = Math.abs(point - edge);
      if (gap <= distance && (gap < distance || best.line === null)) {
        best = { offset: point - edge, line: point };
        distance = gap;
      }
    }
  }
  return best;
}
