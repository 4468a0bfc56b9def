import { StudioError } from '../errors/studio-error.ts';
import type { SceneEvent } from '../recipe/scene-script.ts';

/** What the layout needs of a pack. */
export interface SceneGrid {
  /** Frames from one keyframe to the next in the finished scene: 4. */
  readonly stride: number;
  /** Keyframes that the unet sees at once: 8. */
  readonly window: number;
}

/**
 * An event on the grid of keyframes. Its body is every keyframe in its span; of these, `firstKept` to `endKept` stay as the
 * body made them, the others belong to the seams. All numbers are keyframes of the scene, ends exclusive.
 */
export interface EventSpan {
  readonly event: SceneEvent;
  readonly first: number;
  readonly end: number;
  readonly firstKept: number;
  readonly endKept: number;
}

/** The layout of a scene: which keyframe belongs to whom. */
export interface SceneLayout {
  readonly spans: readonly EventSpan[];
  readonly keyframes: number;
  /** Frames of the finished scene. */
  readonly frames: number;
}

/** Blend handles in keyframes, cut so that at least one keyframe of the event is nobody else's. */
function handles(count: number, wanted: readonly [number, number]): readonly [number, number] {
  const room = count - 1;
  const [left, right] = wanted;
  if (left + right <= room) return wanted;
  const half = Math.floor(room / 2);
  if (left <= half) return [left, room - left];
  return right <= half ? [room - right, right] : [half, room - half];
}

/**
 * Lays events on keyframes. A body depends on its own event alone; a seam on the kept keyframes of its two neighbours: so an
 * edit of one event reaches its body and its two seams, and nothing else.
 */
export function layOutScene(events: readonly SceneEvent[], { stride }: SceneGrid): SceneLayout {
  const frames = events.reduce((sum, { durationFrames }) => sum + durationFrames, 0);
  const keyframes = Math.ceil((frames - 1) / stride) + 1;
  let start = 0;
  const rough = events.map((event, index) => {
    const first = Math.ceil(start / stride);
    start += event.durationFrames;
    const end = index === events.length - 1 ? keyframes : Math.ceil(start / stride);
    return { event, first, end };
  });
  for (const { event, first, end } of rough) {
    if (end - first < 1) throw new StudioError('INVALID_INPUT', `The event "${event.prompt.slice(0, 60)}" is too short: give it at least ${stride} frames.`, { details: { eventId: event.id, durationFrames: event.durationFrames } });
  }
  const spans = rough.map(({ event, first, end }, index) => {
    const before = events[index - 1];
    const after = events[index + 1];
    // A picture stands where it was put: no seam reaches over it.
    const blendIn = before === undefined || event.startImage !== null ? 0 : Math.round(event.blendIn / stride);
    const blendOut = after === undefined || event.endImage !== null ? 0 : Math.round(event.blendOut / stride);
    const [left, right] = handles(end - first, [blendIn, blendOut]);
    return { event, first, end, firstKept: first + left, endKept: end - right };
  });
  return { spans, keyframes, frames };
}

/** Weight of the later event `place` of `count` keyframes into a seam: smooth at both ends, 0 before and 1 behind it. */
export function seamWeight(place: number, count: number): number {
  const x = Math.min(Math.max((place + 1) / (count + 1), 0), 1);
  return x * x * (3 - 2 * x);
}
