import type { CompositionPlan, PictureShot } from '../../src-shared/compose/composition-plan.ts';
import { layersAt } from '../../src-shared/compose/layers-at.ts';
import { picturesOf } from '../../src-shared/compose/planar/draw-layers.ts';

/** What is decoded of one shot. */
export interface FramesOfShot {
  readonly shot: PictureShot;
  /** Its source's frames, in the order in which they are seen. */
  readonly frames: number[];
  /** Whether the first of them is seen at the frame that was asked for. */
  readonly isNow: boolean;
}

/** Source frames by shot, of `frame` and of so many that come next; a negative number goes backwards. */
export function framesFrom(plan: CompositionPlan, frame: number, ahead: number): Map<string, FramesOfShot> {
  const found = new Map<string, FramesOfShot>();
  for (let step = 0; step <= Math.abs(ahead); step += 1) {
    const at = frame + Math.sign(ahead) * step;
    if (step > 0 && (at < 0 || at >= plan.durationFrames)) break;
    for (const { shot, sourceFrame } of picturesOf(layersAt(plan, at))) {
      const known = found.get(shot.id) ?? { shot, frames: [], isNow: at === frame };
      found.set(shot.id, known);
      if (!known.frames.includes(sourceFrame)) known.frames.push(sourceFrame);
    }
  }
  return found;
}

/** Clips of the `most` shots that are nearest to a frame, the nearest first, each once. */
export function nearestClips({ lanes }: CompositionPlan, frame: number, most: number): string[] {
  const away = ({ from, to }: PictureShot): number => Math.max(0, from - frame, frame - to + 1);
  return [...new Set(lanes.flatMap(({ shots }) => shots).toSorted((a, b) => away(a) - away(b)).slice(0, most).map(({ assetId }) => assetId))];
}
