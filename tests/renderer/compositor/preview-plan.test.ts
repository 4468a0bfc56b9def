import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shrinkPlan } from '../../../src-renderer/compositor/preview-plan.ts';
import { layersAt } from '../../../src-shared/compose/layers-at.ts';
import { planComposition } from '../../../src-shared/compose/composition-plan.ts';
import { randomTimeline, SOURCES } from '../../compose/random-timeline.ts';

describe('a plan on a smaller canvas', () => {
  it('shows the same frames in the same order, at even places of about that share', () => {
    fc.assert(
      fc.property(randomTimeline, fc.constantFrom(2, 4), fc.nat(200), (records, shrink, at) => {
        const plan = planComposition({ records, takeOf: () => null, captions: 'burned', asset: (id) => SOURCES[id] ?? null });
        const small = shrinkPlan(plan, shrink as 2 | 4);
        const [before, after] = [layersAt(plan, at), layersAt(small, at)];
        expect(after.map(({ type }) => type)).toEqual(before.map(({ type }) => type));
        for (const [index, layer] of after.entries()) {
          const whole = before[index]!;
          if (layer.type !== 'picture' || whole.type !== 'picture') continue;
          expect([layer.shot.id, layer.sourceFrame, layer.alpha]).toEqual([whole.shot.id, whole.sourceFrame, whole.alpha]);
          const { target } = layer.shot.place;
          for (const side of ['x', 'y', 'width', 'height'] as const) {
            expect(Math.abs(target[side] % 2)).toBe(0);
            expect(Math.abs(target[side] - whole.shot.place.target[side] / shrink)).toBeLessThanOrEqual(2);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
