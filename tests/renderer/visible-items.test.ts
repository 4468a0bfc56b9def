import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDetailed, visibleItems, visibleLanes } from '../../src-renderer/features/timeline/visible-items.ts';
import { clipRecord } from '../timeline/sample-document.ts';

const rowOf = (lengths: readonly (readonly [number, number])[]) => {
  let at = 0;
  return lengths.map(([gap, length], index) => {
    const clip = clipRecord(index + 1, at + gap, length);
    at += gap + length;
    return clip;
  });
};
const lanes = fc.array(fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 40 })), { maxLength: 60 }).map(rowOf);

describe('what of a lane is drawn', () => {
  it('is every item in the window, alone or in a run, and none outside', () => {
    fc.assert(
      fc.property(lanes, fc.nat(400), fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 60 }), (lane, from, width, minFrames) => {
        const window = { from, to: from + width };
        const { items, runs } = visibleItems(lane, window, minFrames, new Set());
        const inside = lane.filter((item) => item.startFrame < window.to && item.startFrame + item.durationFrames > window.from);
        expect(items.length + runs.reduce((sum, run) => sum + run.count, 0)).toBe(inside.length);
        for (const item of items) expect(inside).toContain(item);
      }),
    );
  });

  it('keeps what is dragged apart, however narrow', () => {
    const lane = rowOf([[0, 1], [0, 1], [0, 1]]);
    const kept = lane[1]!;
    expect(visibleItems(lane, { from: 0, to: 10 }, 5, new Set([kept.id])).items).toContain(kept);
  });

  it('stays within the budget of nodes at any zoom', () => {
    const lane = rowOf(Array.from({ length: 5000 }, () => [0, 16] as const));
    const all = new Map(Array.from({ length: 10 }, (_, index) => [`track:${index}`, lane] as const));
    for (const pixelsPerFrame of [0.01, 0.1, 0.5, 2, 12, 80]) {
      const drawn = visibleLanes(all, { from: 0, to: 2400 / pixelsPerFrame }, pixelsPerFrame, new Set());
      const nodes = [...drawn.values()].reduce((sum, { items, runs }) => sum + items.length + runs.length, 0);
      expect(nodes).toBeGreaterThanOrEqual(10);
      // Items wide enough to be read are never joined: ten lanes of them are what one sees.
      if (16 * pixelsPerFrame < 64) expect(nodes).toBeLessThanOrEqual(300);
    }
  });

  it('shows details where an item is wide enough, and while one zooms only where they were before', () => {
    const [first, second] = rowOf([[0, 16], [0, 16]]);
    const everywhere = { from: 0, to: Infinity };
    expect([1.5, 1.4].map((scale) => isDetailed(first!, 24, { scale, window: everywhere }))).toEqual([true, false]);
    expect([first!, second!].map((clip) => isDetailed(clip, 24, { scale: 2, window: { from: 0, to: 16 } }))).toEqual([true, false]);
  });
});
