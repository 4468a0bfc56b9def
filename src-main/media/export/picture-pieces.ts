import type { CompositionPlan, Dissolve, PictureShot, TextShot } from '../../../src-shared/compose/composition-plan.ts';
import { spansOf, type Span } from '../../../src-shared/compose/layers-at.ts';

/** A fade of a piece: which frame of how many its first one is. */
export interface PieceFade {
  readonly direction: 'rise' | 'fall';
  readonly index: number;
  readonly length: number;
}

/** Frames `[from, to)` of one shot, drawn in one way. */
export interface ShotPiece {
  readonly type: 'shot';
  readonly shot: PictureShot;
  readonly from: number;
  readonly to: number;
  readonly fade: PieceFade | null;
}

/** Something laid over the canvas for a while. */
export type OverlayPiece =
  | ShotPiece
  | { readonly type: 'dissolve'; readonly dissolve: Dissolve; readonly from: number; readonly to: number }
  | { readonly type: 'text'; readonly shot: TextShot; readonly from: number; readonly to: number };

/** What a stretch of timeline is made of. */
export interface PicturePieces {
  /** What lies at the bottom, gapless and in order; null is the bare canvas. */
  readonly base: readonly { readonly shot: PictureShot | null; readonly from: number; readonly to: number }[];
  /** In order of drawing: any two that share a frame are in their right order. */
  readonly overlays: readonly OverlayPiece[];
}

const fadeOf = (shot: PictureShot, fade: 'rise' | 'fall' | null, frame: number): PieceFade | null => {
  const ramp = fade === 'rise' ? shot.rise : fade === 'fall' ? shot.fall : null;
  return fade === null || ramp === null ? null : { direction: fade, index: frame - ramp.from, length: ramp.length };
};

/**
 * Sorts a stretch of timeline into a bottom and what lies over it. A picture that covers the canvas is the bottom itself: nothing
 * is blended where only one picture is seen. Pieces of the same kind that follow each other are one.
 */
export function picturePieces(plan: CompositionPlan, from: number, to: number): PicturePieces {
  const base: { shot: PictureShot | null; from: number; to: number }[] = [];
  const lanes = new Map<number, OverlayPiece[]>();
  const laneOf = new Map<string, number>(plan.lanes.flatMap(({ shots }, lane) => shots.map(({ id }) => [id, lane] as const)));
  const textsLane = plan.lanes.length;

  const put = (lane: number, piece: OverlayPiece, isSame: (last: OverlayPiece) => boolean): void => {
    const pieces = lanes.get(lane) ?? [];
    lanes.set(lane, pieces);
    const index = pieces.findLastIndex((last) => last.to === piece.from && isSame(last));
    const last = pieces[index];
    if (last === undefined) pieces.push(piece);
    else pieces[index] = { ...last, to: piece.to };
  };
  const putShot = (lane: number, shot: PictureShot, span: Span, fade: PieceFade | null): void =>
    put(lane, { type: 'shot', shot, from: span.from, to: span.to, fade }, (last) => last.type === 'shot' && last.shot.id === shot.id && last.fade?.direction === fade?.direction);
  const putBase = (shot: PictureShot | null, span: Span): void => {
    const last = base.at(-1);
    if (last !== undefined && last.shot?.id === shot?.id) last.to = span.to;
    else base.push({ shot, from: span.from, to: span.to });
  };

  for (const span of spansOf(plan, from, to)) {
    let bottom: PictureShot | null = null;
    for (const [depth, layer] of span.layers.entries()) {
      if (layer.type === 'text') {
        put(textsLane + plan.texts.indexOf(layer.shot), { type: 'text', shot: layer.shot, from: span.from, to: span.to }, (last) => last.type === 'text' && last.shot.id === layer.shot.id);
      } else if (layer.type === 'picture') {
        if (depth === 0 && layer.shot.isFull && layer.fade === null) bottom = layer.shot;
        else putShot(laneOf.get(layer.shot.id) ?? 0, layer.shot, span, fadeOf(layer.shot, layer.fade, span.from));
      } else {
        const { first, second, from: begins, length } = layer.dissolve;
        if (depth === 0 && first.isFull && second.isFull) {
          // The second over the first with rising alpha is the dissolve itself where both cover everything.
          bottom = first;
          putShot(laneOf.get(second.id) ?? 0, second, span, { direction: 'rise', index: span.from - begins, length });
        } else {
          put(laneOf.get(first.id) ?? 0, { type: 'dissolve', dissolve: layer.dissolve, from: span.from, to: span.to }, (last) => last.type === 'dissolve' && last.dissolve === layer.dissolve);
        }
      }
    }
    putBase(bottom, span);
  }
  return { base, overlays: [...lanes.entries()].sort(([a], [b]) => a - b).flatMap(([, pieces]) => pieces) };
}

/** Most sources that one ffmpeg opens at a time: decoders of 1080p take some 30 MB each. */
const MAX_SOURCES = 24;

/** Cuts `[from, to)` where something begins or ends, so that each part needs few enough sources at once. */
export function stretchesOf(plan: CompositionPlan, from: number, to: number, maxSources = MAX_SOURCES): { readonly from: number; readonly to: number }[] {
  const stretches: { from: number; to: number }[] = [];
  let used = new Set<string>();
  let start = from;
  for (const span of spansOf(plan, from, to)) {
    const needed = span.layers.flatMap((layer) => (layer.type === 'dissolve' ? [layer.dissolve.first.id, layer.dissolve.second.id] : [layer.shot.id]));
    const together = new Set([...used, ...needed]);
    if (together.size > maxSources && span.from > start) {
      stretches.push({ from: start, to: span.from });
      start = span.from;
      used = new Set(needed);
    } else {
      used = together;
    }
  }
  if (to > start) stretches.push({ from: start, to });
  return stretches;
}
