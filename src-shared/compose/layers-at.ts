import type { CompositionPlan, Dissolve, PictureLane, PictureShot, TextShot } from './composition-plan.ts';
import { fadeWeight, sourceFrameAt } from './pixel-rules.ts';

/** One picture at one time. */
export interface PictureNow {
  readonly shot: PictureShot;
  readonly sourceFrame: number;
  /** Opacity times fade. */
  readonly alpha: number;
}

/** What is drawn, in order from below. */
export type Layer =
  | ({ readonly type: 'picture' } & PictureNow)
  | { readonly type: 'dissolve'; readonly first: PictureNow; readonly second: PictureNow; readonly weight: number }
  | { readonly type: 'text'; readonly shot: TextShot };

/** A run of frames in which the same things are drawn; only source frames and running fades move on. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly layers: readonly SpanLayer[];
}

export type SpanLayer =
  | { readonly type: 'picture'; readonly shot: PictureShot; readonly fade: 'rise' | 'fall' | null }
  | { readonly type: 'dissolve'; readonly dissolve: Dissolve }
  | { readonly type: 'text'; readonly shot: TextShot };

const within = (frame: number, ramp: { readonly from: number; readonly length: number } | null): boolean => ramp !== null && frame >= ramp.from && frame < ramp.from + ramp.length;

/** What a lane draws at a frame; null for nothing. Lanes are searched by halves: a long timeline costs no more. */
function laneLayerAt(lane: PictureLane, frame: number): SpanLayer | null {
  const dissolve = lastAtOrBefore(lane.dissolves, frame);
  if (dissolve !== null && frame < dissolve.from + dissolve.length) return { type: 'dissolve', dissolve };
  const shot = lastAtOrBefore(lane.shots, frame);
  if (shot === null || frame >= shot.to) return null;
  return { type: 'picture', shot, fade: within(frame, shot.rise) ? 'rise' : within(frame, shot.fall) ? 'fall' : null };
}

function lastAtOrBefore<Item extends { readonly from: number }>(items: readonly Item[], frame: number): Item | null {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle]?.from ?? Infinity) <= frame) low = middle + 1;
    else high = middle;
  }
  return items[low - 1] ?? null;
}

function structureAt(plan: CompositionPlan, frame: number): SpanLayer[] {
  const layers: SpanLayer[] = [];
  for (const lane of plan.lanes) {
    const layer = laneLayerAt(lane, frame);
    if (layer === null) continue;
    // What a picture hides is not drawn.
    const hides = layer.type === 'picture' ? layer.shot.isFull && layer.fade === null : layer.type === 'dissolve' && layer.dissolve.first.isFull && layer.dissolve.second.isFull;
    if (hides) layers.length = 0;
    layers.push(layer);
  }
  for (const shot of plan.texts) if (frame >= shot.from && frame < shot.to) layers.push({ type: 'text', shot });
  return layers;
}

function pictureNow(shot: PictureShot, frame: number): PictureNow {
  const rising = within(frame, shot.rise) && shot.rise !== null ? fadeWeight(frame - shot.rise.from, shot.rise.length) : 1;
  const falling = within(frame, shot.fall) && shot.fall !== null ? fadeWeight(shot.fall.from + shot.fall.length - 1 - frame, shot.fall.length) : 1;
  return { shot, sourceFrame: sourceFrameAt(shot.frames, frame - shot.startFrame), alpha: shot.opacity * rising * falling };
}

/** Everything drawn at `frame`, from below. Pictures that others hide completely are left out. */
export function layersAt(plan: CompositionPlan, frame: number): Layer[] {
  return structureAt(plan, frame).map((layer): Layer => {
    if (layer.type === 'text') return layer;
    if (layer.type === 'picture') return { type: 'picture', ...pictureNow(layer.shot, frame) };
    const { first, second, from, length } = layer.dissolve;
    return { type: 'dissolve', first: pictureNow(first, frame), second: pictureNow(second, frame), weight: fadeWeight(frame - from, length) };
  });
}

/** The frames of `[from, to)` at which something begins or ends, `from` and `to` included. */
function boundaries(plan: CompositionPlan, from: number, to: number): number[] {
  const frames = new Set([from, to]);
  const add = (frame: number): void => {
    if (frame > from && frame < to) frames.add(frame);
  };
  for (const lane of plan.lanes) {
    for (const shot of lane.shots) {
      for (const frame of [shot.from, shot.to]) add(frame);
      for (const ramp of [shot.rise, shot.fall]) if (ramp !== null) for (const frame of [ramp.from, ramp.from + ramp.length]) add(frame);
    }
    for (const dissolve of lane.dissolves) for (const frame of [dissolve.from, dissolve.from + dissolve.length]) add(frame);
  }
  for (const shot of plan.texts) for (const frame of [shot.from, shot.to]) add(frame);
  return [...frames].sort((a, b) => a - b);
}

const sameLayer = (a: SpanLayer, b: SpanLayer | undefined): boolean => {
  if (b === undefined || a.type !== b.type) return false;
  if (a.type === 'dissolve') return b.type === 'dissolve' && a.dissolve === b.dissolve;
  if (a.type === 'picture') return b.type === 'picture' && a.shot === b.shot && a.fade === b.fade;
  return b.type === 'text' && a.shot === b.shot;
};

/** Cuts `[from, to)` into the longest runs in which nothing begins or ends. They are gapless and in order. */
export function spansOf(plan: CompositionPlan, from = 0, to = plan.durationFrames): Span[] {
  const spans: Span[] = [];
  const frames = boundaries(plan, from, to);
  for (let index = 0; index + 1 < frames.length; index += 1) {
    const [start, end] = [frames[index] ?? from, frames[index + 1] ?? to];
    const layers = structureAt(plan, start);
    const last = spans.at(-1);
    if (last !== undefined && last.layers.length === layers.length && last.layers.every((layer, place) => sameLayer(layer, layers[place]))) spans[spans.length - 1] = { ...last, to: end };
    else spans.push({ from: start, to: end, layers });
  }
  return spans;
}
