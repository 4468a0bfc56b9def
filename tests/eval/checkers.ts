import type { VideoFrames } from '../../src-main/engine/pipelines/video-tensor.ts';
import { placeOf, type Masks, type Place } from './subject-mask.ts';
import type { Choices, World } from './world.ts';

/** A silhouette as it may appear. */
interface Template {
  readonly kind: number;
  readonly cover: Float32Array;
  readonly place: Place;
}

const TURNS = 8;

/** Value at a place between pixels; zero outside. */
function sample(cover: Float32Array, size: number, x: number, y: number): number {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - x0, y - y0];
  const at = (u: number, v: number): number => (u < 0 || v < 0 || u >= size || v >= size ? 0 : cover[v * size + u]!);
  return (at(x0, y0) * (1 - fx) + at(x0 + 1, y0) * fx) * (1 - fy) + (at(x0, y0 + 1) * (1 - fx) + at(x0 + 1, y0 + 1) * fx) * fy;
}

function turned(cover: Float32Array, size: number, angle: number): Float32Array {
  const [c, s, middle] = [Math.cos(angle), Math.sin(angle), (size - 1) / 2];
  return cover.map((_, i) => {
    const [x, y] = [(i % size) - middle, Math.floor(i / size) - middle];
    return sample(cover, size, c * x - s * y + middle, s * x + c * y + middle);
  });
}

const mirrored = (cover: Float32Array, size: number): Float32Array => cover.map((_, i) => cover[i - (i % size) + size - 1 - (i % size)]!);

const CACHE = new WeakMap<World, Map<string, readonly Template[]>>();

/** Silhouettes of the kinds in question, in all phases and both facings; those that turn with their way also in all headings. */
function templatesOf(world: World, kinds: readonly string[]): readonly Template[] {
  const known = CACHE.get(world) ?? new Map<string, readonly Template[]>();
  CACHE.set(world, known);
  const key = kinds.join();
  const size = world.sprite;
  const made = known.get(key) ?? kinds.flatMap((name, kind) => world.silhouettes[world.subjects.indexOf(name)]!.flatMap((phase) =>
    Array.from({ length: world.turning.includes(name) ? TURNS : 1 }, (_, turn) => (turn === 0 ? phase : turned(phase, size, (turn * 2 * Math.PI) / TURNS)))
      .flatMap((cover) => [cover, mirrored(cover, size)]).map((cover) => ({ kind, cover, place: placeOf(cover, size) }))));
  known.set(key, made);
  return made;
}

/** The kind whose silhouette overlaps best when both have the same centre and area, averaged over frames. */
export function classifySubject(masks: Masks, world: World, kinds: readonly string[]): string {
  const { width, height, sprite } = world;
  const scores = kinds.map(() => 0);
  for (const mask of masks) {
    const { x, y, area } = placeOf(mask, width);
    const best = kinds.map(() => 0);
    for (const { kind, cover, place } of templatesOf(world, kinds)) {
      const scale = Math.sqrt(place.area / area);
      let [both, either] = [0, 0];
      for (let row = 0; row < height; row += 1) {
        const v = place.y + (row - y) * scale;
        for (let column = 0; column < width; column += 1) {
          const own = mask[row * width + column]!;
          const u = place.x + (column - x) * scale;
          const drawn = v <= -1 || u <= -1 || v >= sprite || u >= sprite ? 0 : sample(cover, sprite, u, v);
          both += Math.min(drawn, own);
          either += Math.max(drawn, own);
        }
      }
      best[kind] = Math.max(best[kind]!, both / Math.max(either, 1e-3));
    }
    for (const kind of kinds.keys()) scores[kind]! += best[kind]!;
  }
  return kinds[scores.indexOf(Math.max(...scores))]!;
}

/** The palette colour that most of the subject's pixels are nearest to; `none` where too few are left. */
export function classifyColour({ data }: VideoFrames, masks: Masks, world: World, names: readonly string[]): string {
  const votes = names.map(() => 0);
  const allowDark = names.includes('black');
  let counted = 0;
  for (const [frame, mask] of masks.entries()) {
    for (let i = 0; i < mask.length; i += 1) {
      if (mask[i]! <= 0.8) continue;
      const at = (frame * mask.length + i) * 3;
      const pixel = [data[at]!, data[at + 1]!, data[at + 2]!];
      // Eyes and wheels are dark in every colour.
      if (!allowDark && Math.max(...pixel) <= 0.3 * 255) continue;
      const distances = names.map((name) => world.colours[name]!.reduce((sum, value, c) => sum + (value - pixel[c]!) ** 2, 0));
      votes[distances.indexOf(Math.min(...distances))]! += 1;
      counted += 1;
    }
  }
  return counted < 8 ? 'none' : names[votes.indexOf(Math.max(...votes))]!;
}

/** The background with the smallest median difference to the frames. */
export function classifyBackground({ count, width, height, data }: VideoFrames, world: World, names: readonly string[]): string {
  const area = width * height;
  const medians = names.map((name) => {
    const picture = world.pictures[world.backgrounds.indexOf(name)]!;
    const differences = new Float32Array(count * area);
    for (let i = 0; i < differences.length; i += 1) {
      let most = 0;
      for (let c = 0; c < 3; c += 1) most = Math.max(most, Math.abs(data[i * 3 + c]! - picture[(i % area) * 3 + c]!));
      differences[i] = most;
    }
    return differences.sort()[Math.floor(differences.length / 2)]!;
  });
  return names[medians.indexOf(Math.min(...medians))]!;
}

/** What the checkers read from a clip of 64x40 frames. */
export interface Reading {
  readonly subject: string;
  readonly colour: string;
  readonly background: string;
}

/** Reads a clip whose prompt asked for `background`: the subject is what differs from it. */
export function readClip(clip: VideoFrames, masks: Masks, world: World, choices: Choices): Reading {
  return {
    subject: classifySubject(masks, world, choices.subjects), colour: classifyColour(clip, masks, world, choices.colours),
    background: classifyBackground(clip, world, choices.backgrounds),
  };
}
