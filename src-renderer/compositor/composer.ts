import type { CompositionPlan } from '../../src-shared/compose/composition-plan.ts';
import { layersAt, type PictureNow } from '../../src-shared/compose/layers-at.ts';
import { drawPlanarLayers, picturesOf, type LayerMaterial } from '../../src-shared/compose/planar/draw-layers.ts';
import { emptyPicture, pictureToRgba } from '../../src-shared/compose/planar/planar-picture.ts';
import type { FontChain } from '../../src-shared/compose/text/layout.ts';
import { mixGhost } from './mix-ghost.ts';
import { framesFrom } from './frames-ahead.ts';
import { createMotionClock } from './motion-clock.ts';
import { createShotPictures, type Look } from './shot-pictures.ts';
import { ShotProblem } from './shot-reader.ts';
import { LATE_MS } from './stand-in-needs.ts';
import { createTextPictures } from './text-pictures.ts';
import { pageTime, type ComposedPicture, type CompositorSource, type ShowWish, type ViewerProblem } from './viewer-messages.ts';

/** Draws the composed timeline; runs in the compositor's worker. */
export interface Composer {
  /** A null plan stays as it was. */
  setPlan(plan: CompositionPlan | null, sources: readonly CompositorSource[]): void;
  /**
   * Composes a frame. Of several that are asked for while one is made the newest comes next, and each that was begun is shown. A frame that has to be
   * decoded first is seen in haste, at half the size, and made whole when no other is asked for. In motion a wish says where the playhead is, and
   * pictures are composed before they are due.
   */
  show(wish: ShowWish): void;
  /** Memory of a picture that was drawn. */
  reuse(pixels: ArrayBuffer): void;
}

export interface ComposerOptions {
  readonly fonts: () => Promise<FontChain>;
  readonly onShown: (picture: ComposedPicture) => void;
  /** Told of a clip that needs a stand-in: it cannot be decoded here, or not soon enough. Once for each. */
  readonly onStandIn: (assetId: string) => void;
}

/** Frames made ready before they are due while it plays, and beside a frame that one steps to. */
const AHEAD = 10;
const STEP_AHEAD = 3;
/** A step of at most so many frames goes on with what the decoder holds. */
const STEP = 3;
/** Canvases of so many pixels are drawn in haste first: smaller ones take no longer whole. */
const HASTY_PIXELS = 640 * 360;
/** So long the playhead must rest (ms) before a frame that was seen in haste is made whole, and before other work begins. */
const REST_MS = 100;
const IDLE_MS = 400;
/** In motion shots and words are made ready this many frames before they begin. */
const NEXT_FRAMES = 48;
/** Buffers that wait for the next picture. */
const MOST_BUFFERS = 6;

/** A standing frame as it will be exported, and as it is seen first where it has to be decoded. */
const WHOLE: Look = { shrink: 1, isHasty: false, isMoving: false };
const SKETCH: Look = { shrink: 2, isHasty: true, isMoving: false };

const problemOf = (error: unknown): ViewerProblem => (error instanceof ShotProblem ? error.problem : { kind: 'other', message: error instanceof Error ? error.message : String(error) });

export function createComposer({ fonts, onShown, onStandIn }: ComposerOptions): Composer {
  const shots = createShotPictures({
    onStandIn,
    onChange: () => {
      wanted ??= lastWish;
      go();
    },
  });
  const words = createTextPictures(fonts);
  const motion = createMotionClock();
  /** Shots whose beginnings were made ready. */
  const begun = new Set<string>();
  const buffers: ArrayBuffer[] = [];
  let plan: CompositionPlan | null = null;
  let canvas = emptyPicture(2, 2);
  let wanted: ShowWish | null = null;
  let isBusy = false;
  /** What was seen in haste and is to be made whole. */
  let unfinished: ShowWish | null = null;
  /** Called when there is something newer to draw. */
  let onNewer: () => void = () => undefined;
  let lastShown = -1;
  let lastWish: ShowWish | null = null;

  const prepare = async (current: CompositionPlan, frame: number, ahead: number, flow: boolean): Promise<ViewerProblem | null> => {
    const work: Promise<unknown>[] = [];
    for (const { shot, frames, isNow } of framesFrom(current, frame, ahead).values()) {
      const ready = shots.want(shot, frames, flow);
      if (ready && isNow) work.push(ready);
      // What comes later says so when it is there.
      else ready?.catch(() => undefined);
    }
    for (const layer of layersAt(current, frame)) if (layer.type === 'text') work.push(words.prepare(layer.shot, current));
    const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
    return failed ? problemOf(failed.reason) : null;
  };
  const materialOf = (current: CompositionPlan): LayerMaterial => ({
    picture: ({ shot, sourceFrame }: PictureNow) => shots.placed(shot, sourceFrame),
    text: (shot) => words.get(shot, current),
  });
  const draw = (current: CompositionPlan, frame: number): Uint32Array => {
    if (canvas.width !== current.width || canvas.height !== current.height) canvas = emptyPicture(current.width, current.height);
    drawPlanarLayers(canvas, layersAt(current, frame), materialOf(current));
    const bytes = current.width * current.height * 4;
    const at = buffers.findIndex(({ byteLength }) => byteLength === bytes);
    const pixels = new Uint32Array(at < 0 ? new ArrayBuffer(bytes) : buffers.splice(at, 1)[0]!);
    pictureToRgba(canvas, pixels);
    return pixels;
  };

  /** Whether all pictures of a frame are there, as large as they are wanted now. */
  const isReady = (current: CompositionPlan, frame: number): boolean =>
    picturesOf(layersAt(current, frame)).every(({ shot, sourceFrame }) => shots.has(shot, sourceFrame));
  const hasWords = (current: CompositionPlan, frame: number): boolean => layersAt(current, frame).every((layer) => layer.type !== 'text' || words.has(layer.shot, current));
  const newer = (): Promise<true> => new Promise((resolve) => {
    onNewer = () => resolve(true);
  });
  /** Whether there is something to draw; what was said while something else was done counts. */
  const hasNews = (): boolean => wanted !== null || (lastWish !== null && lastWish.direction !== 0);
  const newerWithin = (ms: number): Promise<boolean> => Promise.race([newer(), new Promise<false>((resolve) => setTimeout(() => resolve(false), ms))]);

  const send = (frame: number, { isMoving, shrink }: Look, current: CompositionPlan, pixels: Uint32Array, problem: ViewerProblem | null): void => {
    lastShown = frame;
    onShown({ frame, isMoving, sentMs: pageTime(), width: current.width, height: current.height, shrink, pixels: pixels.buffer as ArrayBuffer, problem });
    shots.rest();
  };
  /** Makes ready what begins soon and takes long at once; false when nothing is left to do. */
  const prepareNext = async (current: CompositionPlan, frame: number): Promise<boolean> => {
    const isSoon = ({ from }: { readonly from: number }): boolean => from > frame && from <= frame + NEXT_FRAMES;
    for (const shot of current.lanes.flatMap((lane) => lane.shots)) {
      if (begun.has(shot.id) || !isSoon(shot)) continue;
      begun.add(shot.id);
      const frames = framesFrom(current, shot.from, STEP_AHEAD).get(shot.id)?.frames;
      // Ends with the decoder where it goes on from.
      if (frames && shot.from > frame + AHEAD) shots.want(shot, frames, true)?.catch(() => undefined);
    }
    const text = current.texts.find((shot) => isSoon(shot) && !words.has(shot, current));
    if (text === undefined) return false;
    await words.prepare(text, current);
    return true;
  };
  /** One picture while it plays, as long before it is due as there is room. */
  const move = async (whole: CompositionPlan, wish: ShowWish): Promise<void> => {
    const { direction } = wish;
    wanted = null;
    unfinished = null;
    const look: Look = { shrink: wish.shrink, isHasty: wish.shrink > 1, isMoving: true };
    shots.look(look);
    const current = shots.smaller(whole, look.shrink);
    const began = performance.now();
    const next = motion.next(current.frameRate, current.durationFrames, pageTime());
    if (next === null) {
      if (direction === -1 || !(await prepareNext(current, wish.frame))) if (lastWish === wish && plan === whole) await newer();
      return;
    }
    // Backwards, one run from a key frame makes all of the next frames ready.
    const problem = await prepare(current, next, direction * AHEAD, direction === 1);
    if (performance.now() - began > LATE_MS) shots.late(current, next);
    if (whole !== plan || lastWish?.direction !== direction) return;
    // A picture that comes late gives way to the one that is due by now, where that is there.
    const due = Math[direction === 1 ? 'floor' : 'ceil'](motion.due(pageTime()));
    const frame = (due - next) * direction >= 1 && due >= 0 && due < current.durationFrames && isReady(current, due) && hasWords(current, due) ? due : next;
    send(frame, look, current, draw(current, frame), problem);
    motion.composed(frame, performance.now() - began);
  };

  const run = async (): Promise<void> => {
    isBusy = true;
    for (;;) {
      if (plan === null) break;
      if (lastWish !== null && lastWish.direction !== 0) {
        await move(plan, lastWish);
        continue;
      }
      if (wanted === null && unfinished === null) {
        if (await newerWithin(IDLE_MS)) continue;
        const begin = newer();
        await shots.idle(plan, lastWish?.frame ?? 0, begin);
        if (hasNews()) continue;
        break;
      }
      if (wanted === null && (await newerWithin(REST_MS))) continue;
      await stand(plan);
    }
    isBusy = false;
  };
  /** The frame where the playhead rests or is dragged to. */
  const stand = async (whole: CompositionPlan): Promise<void> => {
    const wish = wanted ?? unfinished;
    if (wish === null) return;
    const isFinish = wanted === null;
    wanted = null;
    unfinished = null;
    shots.look(WHOLE);
    const isStep = wish.frame > lastShown && wish.frame - lastShown <= STEP;
    const isSketch = !isFinish && !isStep && wish.ghosts.length === 0 && whole.width * whole.height >= HASTY_PIXELS && !isReady(whole, wish.frame);
    const look = isSketch ? SKETCH : WHOLE;
    shots.look(look);
    const current = shots.smaller(whole, look.shrink);
    const preparing = prepare(current, wish.frame, isStep ? STEP_AHEAD : 0, isStep);
    const began = performance.now();
    let problem: ViewerProblem | null = null;
    if (isFinish) {
      // Nobody waits for this one any more when the playhead moves on.
      const done = await Promise.race([preparing, newer()]);
      if (done === true) {
        if (wanted !== null) shots.leave();
        return;
      }
      problem = done;
    } else {
      problem = await preparing;
      if (isSketch && performance.now() - began > LATE_MS) shots.late(current, wish.frame);
    }
    for (const ghost of wish.ghosts) problem ??= await prepare(current, ghost.frame, 0, false);
    // Another plan may have another size: what was read for an older one is not drawn.
    if (whole !== plan) {
      wanted ??= wish;
      return;
    }
    const pixels = draw(current, wish.frame);
    for (const ghost of wish.ghosts) mixGhost(pixels, draw(current, ghost.frame), ghost.tint);
    if (isSketch) unfinished = wish;
    send(wish.frame, look, current, pixels, problem);
  };
  const go = (): void => {
    onNewer();
    if (!isBusy) void run();
  };
  return {
    setPlan: (next, given) => {
      shots.setPlan(next, given);
      if (next !== null) {
        plan = next;
        words.keep(next.texts);
        begun.clear();
        motion.forget();
      }
      wanted ??= lastWish;
      go();
    },
    show: (wish) => {
      if (wish.direction === 0) motion.forget();
      else {
        if (wish.frame < (lastWish?.frame ?? 0)) begun.clear();
        motion.heard(wish.frame, wish.speed, wish.atMs, wish.wayMs);
      }
      wanted = wish;
      lastWish = wish;
      go();
    },
    reuse: (pixels) => {
      if (buffers.length >= MOST_BUFFERS) buffers.shift();
      buffers.push(pixels);
    },
  };
}
