import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framesFrom, nearestClips } from '../../../src-renderer/compositor/frames-ahead.ts';
import { planComposition } from '../../../src-shared/compose/composition-plan.ts';
import { layersAt } from '../../../src-shared/compose/layers-at.ts';
import { picturesOf } from '../../../src-shared/compose/planar/draw-layers.ts';
import { randomTimeline, SOURCES } from '../../compose/random-timeline.ts';

describe('what is made ready around a frame', () => {
  it('begins with what is seen there, goes on in the order in which it is seen, and starts with the clips that are there', () => {
    fc.assert(
      fc.property(randomTimeline, fc.nat(200), fc.integer({ min: -10, max: 10 }), (records, at, ahead) => {
        const plan = planComposition({ records, takeOf: () => null, captions: 'burned', asset: (id) => SOURCES[id] ?? null });
        const now = picturesOf(layersAt(plan, at));
        const found = framesFrom(plan, at, ahead);
        for (const { shot } of now) expect(found.get(shot.id)).toMatchObject({ isNow: true });
        for (const { shot, sourceFrame } of now) expect(found.get(shot.id)!.frames).toContain(sourceFrame);
        for (const { frames } of found.values()) expect(new Set(frames).size).toBe(frames.length);
        const seen = new Set(plan.lanes.flatMap(({ shots }) => shots).filter(({ from, to }) => at >= from && at < to).map(({ assetId }) => assetId));
        const nearest = nearestClips(plan, at, 1000);
        expect(new Set(nearest.slice(0, seen.size))).toEqual(seen);
        expect(new Set(nearest).size).toBe(nearest.length);
        expect(nearestClips(plan, at, 1).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });
});
