import { placeOf, type Masks } from './subject-mask.ts';
import type { World } from './world.ts';

const DIRECTIONS = ['right', 'left', 'up', 'down', 'up-right', 'up-left', 'down-right', 'down-left'];
/** A path must beat a straight one by this share of what it explains: noise bends straight paths a little. */
const STRAIGHT_BONUS = 0.04;
/** Pixels that the centre must cover to have moved at all, in a frame of 40 lines. */
const LEAST_PIXELS = 4;

interface Point {
  readonly t: number;
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** The subject's centre (pixels) and log2 diameter at times in [0, 1]; frames without a subject are left out. */
export function trackSubject(masks: Masks, width: number): readonly Point[] {
  return masks.flatMap((mask, frame) => {
    const { x, y, area } = placeOf(mask, width);
    return area <= 15 ? [] : [{ t: masks.length > 1 ? frame / (masks.length - 1) : 0, x, y, size: Math.log2(area) / 2 }];
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const range = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);

/** Displacement of a motion at a time, between the times at which it is tabled. */
function displacement(path: readonly (readonly [number, number, number])[], t: number): readonly [number, number] {
  const place = t * (path.length - 1);
  const [low, high] = [path[Math.floor(place)]!, path[Math.ceil(place)]!];
  const share = place - Math.floor(place);
  return [low[0] * (1 - share) + high[0] * share, low[1] * (1 - share) + high[1] * share];
}

/** Share of a track's movement that a motion explains, with one free size and a free start. */
function explained(track: readonly Point[], path: readonly (readonly [number, number, number])[]): number {
  const drawn = track.map(({ t }) => displacement(path, t));
  let [dot, own, total] = [0, 0, 0];
  for (const axis of [0, 1] as const) {
    const values = track.map((point) => (axis === 0 ? point.x : point.y));
    const [meanValue, meanDrawn] = [mean(values), mean(drawn.map((place) => place[axis]))];
    for (const [i, value] of values.entries()) {
      const [a, b] = [value - meanValue, drawn[i]![axis] - meanDrawn];
      dot += a * b;
      own += b * b;
      total += a * a;
    }
  }
  return dot <= 0 || own === 0 || total === 0 ? 0 : (dot * dot) / (own * total);
}

/**
 * The motion whose path explains the track of the subject best; `none` without a subject in at least half of the frames. A
 * subject whose centre stays where it is grows, or spins (which the centre cannot tell from standing still).
 */
export function classifyMotion(masks: Masks, world: World): string {
  const track = trackSubject(masks, world.width);
  if (track.length < Math.max(2, masks.length / 2)) return 'none';
  if (Math.hypot(range(track.map(({ x }) => x)), range(track.map(({ y }) => y))) < LEAST_PIXELS) {
    const [first, last] = [track.slice(0, 2), track.slice(-2)].map((points) => mean(points.map(({ size }) => size)));
    return last! - first! > 0.35 ? 'grow' : 'spin';
  }
  let [best, most] = ['none', -1];
  for (const [motion, path] of Object.entries(world.paths)) {
    const value = explained(track, path) + (DIRECTIONS.includes(motion) ? STRAIGHT_BONUS : 0);
    if (value > most) [best, most] = [motion, value];
  }
  return best;
}

/** Motions of the two halves of a clip of two events, the frame between them in both. */
export function classifyEvents(masks: Masks, world: World): readonly [string, string] {
  const half = Math.ceil(masks.length / 2);
  return [classifyMotion(masks.slice(0, half + 1), world), classifyMotion(masks.slice(masks.length - half - 1), world)];
}
