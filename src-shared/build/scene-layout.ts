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
  /** Frame of the finished scene at which its words begin to count more than its neighbour's. */
  readonly startFrame: number;
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

/** Keyframes that a seam draws at least on each side, so that motion goes on across the border even where words switch at once. */
const MIN_SEAM_KEYFRAMES = 2;

/** A seam's keyframes on both sides of an event, cut so that at least one keyframe of the event is nobody else's. */
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
    const startFrame = start;
    const first = Math.ceil(start / stride);
    start += event.durationFrames;
    const end = index === events.length - 1 ? keyframes : Math.ceil(start / stride);
    return { event, startFrame, first, end };
  });
  for (const { event, first, end } of rough) {
    if (end - first < 1) throw new StudioError('INVALID_INPUT', `The event "${event.prompt.slice(0, 60)}" is too short: give it at least ${stride} frames.`, { details: { eventId: event.id, durationFrames: event.durationFrames } });
  }
  const spans = rough.map(({ event, startFrame, first, end }, index) => {
    const before = events[index - 1];
    const after = events[index + 1];
    // A picture stands where it was put: no seam reaches over it.
    const blendIn = before === undefined || event.startImage !== null ? 0 : Math.max(MIN_SEAM_KEYFRAMES, Math.ceil(event.blendIn / stride));
    const blendOut = after === undefined || event.endImage !== null ? 0 : Math.max(MIN_SEAM_KEYFRAMES, Math.ceil(event.blendOut / stride));
    const [left, right] = handles(end - first, [blendIn, blendOut]);
    return { event, startFrame, first, end, firstKept: first + left, endKept: end - right };
  });
  return { spans, keyframes, frames };
}

/**
 * Weight of the later event's words at a frame near the border of two events: smooth from 0 to 1 between their blend
 * handles, at once where they have none. The handles reach no further than the seam: what an event keeps has its words alone.
 */
export function wordWeight(frame: number, before: EventSpan, after: EventSpan, stride: number): number {
  const border = after.startFrame;
  const start = Math.max(border - before.event.blendOut, (before.endKept - 1) * stride);
  const end = Math.min(border + after.event.blendIn, after.firstKept * stride);
  if (end <= start) return frame >= border ? 1 : 0;
  const x = Math.min(Math.max((frame - start) / (end - start), 0), 1);
  return x * x * (3 - 2 * x);
}
