import type { CompositionPlan, PictureShot } from '../../src-shared/compose/composition-plan.ts';
import { toEven } from '../../src-shared/compose/pixel-rules.ts';
import type { Shrink } from './viewer-messages.ts';

/** The same plan on a canvas that many times smaller; words find their size by the canvas. */
export function shrinkPlan(plan: CompositionPlan, shrink: Shrink): CompositionPlan {
  if (shrink === 1) return plan;
  const side = (value: number): number => Math.max(2, toEven(value / shrink));
  const shots = new Map<string, PictureShot>();
  const small = (shot: PictureShot): PictureShot => {
    const known = shots.get(shot.id);
    if (known) return known;
    const { source, target } = shot.place;
    const made = { ...shot, place: { source, target: { x: toEven(target.x / shrink), y: toEven(target.y / shrink), width: side(target.width), height: side(target.height) } } };
    shots.set(shot.id, made);
    return made;
  };
  return {
    ...plan, width: side(plan.width), height: side(plan.height),
    lanes: plan.lanes.map((lane) => ({ shots: lane.shots.map(small), dissolves: lane.dissolves.map((dissolve) => ({ ...dissolve, first: small(dissolve.first), second: small(dissolve.second) })) })),
  };
}
