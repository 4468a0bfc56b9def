import type { CompositionPlan, PictureShot } from '../../src-shared/compose/composition-plan.ts';
import { layersAt, type PictureNow } from '../../src-shared/compose/layers-at.ts';
import { drawPlanarLayers, picturesOf, type LayerMaterial } from '../../src-shared/compose/planar/draw-layers.ts';
import { emptyPicture, pictureToRgba, type PlanarPicture } from '../../src-shared/compose/planar/planar-picture.ts';
import { scalePicture } from '../../src-shared/compose/planar/scale-picture.ts';
import type { FontChain } from '../../src-shared/compose/text/layout.ts';
import { createByteCache } from './clip-bytes.ts';
import { mixGhost } from './mix-ghost.ts';
import { framesFrom, nearestClips } from './frames-ahead.ts';
import { createIdleWork } from './idle-work.ts';
import { createMotionClock } from './motion-clock.ts';
import { createPictureCache } from './picture-cache.ts';
import { shrinkPlan } from './preview-plan.ts';
import { openShot, openVideoFile, ShotProblem, type ShotReader, type VideoFile } from './shot-reader.ts';
import { createStandInNeeds, LATE_MS } from './stand-in-needs.ts';
import { openStill } from './still-reader.ts';
import { createTextPictures } from './text-pictures.ts';
import { pageTime, type ComposedPicture, type CompositorSource, type ShowWish, type Shrink, type ViewerProblem } from './viewer-messages.ts';

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

/** Decoded frames as they are: two seconds of 1080p, or a minute of what the embedded model makes. */
const SOURCE_BYTES = 160 * 2 ** 20;
/** The same, scaled to their places. */
const SCALED_BYTES = 96 * 2 ** 20;
/** Clips as they are stored: some minutes of 1080p. */
const STORED_BYTES = 96 * 2 ** 20;
/** Frames made ready before they are due while it plays, and beside a frame that one steps to. */
const AHEAD = 10;
const STEP_AHEAD = 3;
/** A step of at most so many frames goes on with what the decoder holds. */
const STEP = 3;
/** Decoders that stay open. */
const MOST_READERS = 12;
/** Canvases of so many pixels are drawn in haste first: smaller ones take no longer whole. */
const HASTY_PIXELS = 640 * 360;
/** So long the playhead must rest (ms) before a frame that was seen in haste is made whole, and before other work begins; of so many shots around it. */
const REST_MS = 100;
const IDLE_MS = 400;
const IDLE_SHOTS = 24;
/** In motion shots and words are made ready this many frames before they begin. */
const NEXT_FRAMES = 48;
/** Buffers that wait for the next picture. */
const MOST_BUFFERS = 6;

const problemOf = (error: unknown): ViewerProblem => (error instanceof ShotProblem ? error.problem : { kind: 'other', message: error instanceof Error ? error.message : String(error) });

interface OpenReader {
  readonly assetId: string;
  readonly shotId: string;
  readonly reader: ShotReader;
}

export function createComposer({ fonts, onShown, onStandIn }: ComposerOptions): Composer {
  const decoded = createPictureCache(SOURCE_BYTES);
  const scaled = createPictureCache(SCALED_BYTES);
  const files = new Map<string, VideoFile & { readonly url: string }>();
  /** Clips that this page cannot decode. */
  const undecodable = new Set<string>();
  /** By shot; the one that was used last is last. */
  const readers = new Map<string, OpenReader>();
  const stored = createByteCache(STORED_BYTES);
  const words = createTextPictures(fonts);
  const motion = createMotionClock();
  const needs = createStandInNeeds(onStandIn);
  /** Shots whose beginnings were made ready. */
  const begun = new Set<string>();
  const buffers: ArrayBuffer[] = [];
  let sources: ReadonlyMap<string, CompositorSource> = new Map();
  let plan: CompositionPlan | null = null;
  const smaller = new Map<Shrink, CompositionPlan>();
  let canvas = emptyPicture(2, 2);
  let wanted: ShowWish | null = null;
  let isBusy = false;
  /** How frames are kept that are decoded now. */
  let shrink: Shrink = 1;
  let isHasty = false;
  let isMoving = false;
  /** What was seen in haste and is to be made whole. */
  let unfinished: ShowWish | null = null;
  /** Called when there is something newer to draw. */
  let onNewer: () => void = () => undefined;
  let lastShown = -1;
  let lastWish: ShowWish | null = null;

  const frameKey = (assetId: string, frame: number, isStandIn: boolean): string => `${isStandIn ? '~' : ''}${assetId}/${frame}`;
  const placeKey = ({ assetId, place: { source: s, target: t } }: PictureShot, frame: number): string => `${assetId}/${frame} ${s.x},${s.y},${s.width},${s.height} ${t.width}x${t.height} ${isHasty ? 'q' : ''}`;
  const planFor = (current: CompositionPlan, by: Shrink): CompositionPlan => {
    const known = smaller.get(by) ?? shrinkPlan(current, by);
    smaller.set(by, known);
    return known;
  };
  const byId = new WeakMap<CompositionPlan, ReadonlyMap<string, PictureShot>>();
  const shotAt = (id: string, by: Shrink): PictureShot | null => {
    if (plan === null) return null;
    const current = planFor(plan, by);
    const known = byId.get(current) ?? new Map(current.lanes.flatMap(({ shots }) => shots.map((shot) => [shot.id, shot] as const)));
    byId.set(current, known);
    return known.get(id) ?? null;
  };
  const shotNow = (id: string): PictureShot | null => shotAt(id, shrink);
  /** Name of a picture that was placed in motion when pictures were twice as large: the decoder is past it, and would come to it from a key frame only. */
  const placedLarger = (id: string, frame: number): string | null => {
    const shot = isMoving && shrink === 4 ? shotAt(id, 2) : null;
    const key = shot && placeKey(shot, frame);
    return key !== null && scaled.has(key) ? key : null;
  };
  /** A decoded frame in its place. A stand-in is smaller than what it stands for. */
  const toPlace = (picture: PlanarPicture, { assetId, place: { source, target } }: PictureShot): PlanarPicture => {
    const asset = sources.get(assetId);
    const [x, y] = [picture.width / (asset?.width || picture.width), picture.height / (asset?.height || picture.height)];
    const left = Math.min(picture.width - 1, Math.round(source.x * x));
    const top = Math.min(picture.height - 1, Math.round(source.y * y));
    const part = { x: left, y: top, width: Math.max(1, Math.min(picture.width - left, Math.round(source.width * x))), height: Math.max(1, Math.min(picture.height - top, Math.round(source.height * y))) };
    return scalePicture(picture, part, target.width, target.height, isHasty ? 'quick' : 'bicubic');
  };
  const placed = (shot: PictureShot, frame: number): PlanarPicture | null => {
    const key = placeKey(shot, frame);
    const known = scaled.get(key);
    if (known) return known;
    const picture = decoded.get(frameKey(shot.assetId, frame, false)) ?? (isHasty ? decoded.get(frameKey(shot.assetId, frame, true)) : null);
    if (picture !== null) {
      const made = toPlace(picture, shot);
      if (made !== picture) scaled.put(key, made);
      return made;
    }
    const name = placedLarger(shot.id, frame);
    const larger = name === null ? null : scaled.get(name);
    const { width, height } = shot.place.target;
    return larger && scalePicture(larger, { x: 0, y: 0, width: larger.width, height: larger.height }, width, height, 'quick');
  };
  const hasFrame = (shotId: string, assetId: string, isStandIn: boolean) => (frame: number): boolean => {
    if (decoded.has(frameKey(assetId, frame, false)) || (isStandIn && decoded.has(frameKey(assetId, frame, true)))) return true;
    const shot = shotNow(shotId);
    return shot !== null && (scaled.has(placeKey(shot, frame)) || placedLarger(shotId, frame) !== null);
  };
  const keepFrame = (shotId: string, assetId: string, isStandIn: boolean) => (frame: number, picture: PlanarPicture): void => {
    const shot = shotNow(shotId);
    const made = shot && isHasty && isMoving ? toPlace(picture, shot) : picture;
    // In motion only what is shown is kept: a second of whole frames would push everything else out.
    if (shot && made !== picture) scaled.put(placeKey(shot, frame), made);
    else decoded.put(frameKey(assetId, frame, isStandIn), picture);
  };

  const isStandInFor = ({ assetId, standInUrl, isClear }: CompositorSource): boolean => standInUrl !== null && isHasty && !isClear && !undecodable.has(assetId);
  const urlOf = ({ assetId, url, standInUrl }: CompositorSource, isStandIn: boolean): string => (isStandIn || undecodable.has(assetId) ? (standInUrl ?? url) : url);
  const fileOf = (source: CompositorSource, isStandIn: boolean): VideoFile => {
    const { assetId } = source;
    const key = `${isStandIn ? '~' : ''}${assetId}`;
    const known = files.get(key);
    if (known) return known;
    const url = urlOf(source, isStandIn);
    const file = openVideoFile({ ...source, url }, stored, () => {
      if (url !== source.url) return;
      undecodable.add(assetId);
      if (source.standInUrl === null) {
        onStandIn(assetId);
        return;
      }
      // The stand-in is there: opened in its place, without a word.
      closeReaders((_, open) => open.assetId === assetId);
      files.delete(key);
      wanted ??= lastWish;
      go();
    });
    files.set(key, { ...file, url });
    return file;
  };
  /** Takes note of a frame that came late. */
  const noteLate = (current: CompositionPlan, frame: number): void => {
    for (const { shot } of picturesOf(layersAt(current, frame))) {
      const source = sources.get(shot.assetId);
      if (source) needs.late(source);
    }
  };
  const idleWork = createIdleWork({ fileOf: (source) => fileOf(source, source.standInUrl !== null && !source.isClear && !undecodable.has(source.assetId)), needs });
  const around = (frame: number, current: CompositionPlan): CompositorSource[] => nearestClips(current, frame, IDLE_SHOTS).flatMap((assetId) => sources.get(assetId) ?? []).filter(({ rate }) => rate !== null);
  const readerOf = (shot: PictureShot): ShotReader | null => {
    const source = sources.get(shot.assetId);
    if (!source) return null;
    const isStandIn = isStandInFor(source);
    const id = `${isStandIn ? '~' : ''}${shot.id}`;
    const known = readers.get(id);
    if (known) {
      readers.delete(id);
      readers.set(id, known);
      return known.reader;
    }
    const has = hasFrame(shot.id, shot.assetId, isStandIn);
    const keep = keepFrame(shot.id, shot.assetId, isStandIn);
    const reader = source.rate === null ? openStill({ source, has, keep }) : openShot({ file: fileOf(source, isStandIn), has, keep });
    readers.set(id, { assetId: shot.assetId, shotId: shot.id, reader });
    return reader;
  };
  const closeReaders = (which: (id: string, open: OpenReader) => boolean): void => {
    for (const [id, open] of readers) {
      if (!which(id, open)) continue;
      open.reader.close();
      readers.delete(id);
    }
  };

  const prepare = async (current: CompositionPlan, frame: number, ahead: number, flow: boolean): Promise<ViewerProblem | null> => {
    const work: Promise<unknown>[] = [];
    for (const { shot, frames, isNow } of framesFrom(current, frame, ahead).values()) {
      const ready = readerOf(shot)?.want(frames, flow);
      if (ready && isNow) work.push(ready);
      // What comes later says so when it is there.
      else ready?.catch(() => undefined);
    }
    for (const layer of layersAt(current, frame)) if (layer.type === 'text') work.push(words.prepare(layer.shot, current));
    const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
    return failed ? problemOf(failed.reason) : null;
  };
  const materialOf = (current: CompositionPlan): LayerMaterial => ({
    picture: ({ shot, sourceFrame }: PictureNow) => placed(shot, sourceFrame),
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
    picturesOf(layersAt(current, frame)).every(({ shot, sourceFrame }) => hasFrame(shot.id, shot.assetId, isHasty)(sourceFrame));
  const hasWords = (current: CompositionPlan, frame: number): boolean => layersAt(current, frame).every((layer) => layer.type !== 'text' || words.has(layer.shot, current));
  const newer = (): Promise<true> => new Promise((resolve) => {
    onNewer = () => resolve(true);
  });
  /** Whether there is something to draw; what was said while something else was done counts. */
  const hasNews = (): boolean => wanted !== null || (lastWish !== null && lastWish.direction !== 0);
  const newerWithin = (ms: number): Promise<boolean> => Promise.race([newer(), new Promise<false>((resolve) => setTimeout(() => resolve(false), ms))]);

  const send = (frame: number, current: CompositionPlan, pixels: Uint32Array, problem: ViewerProblem | null): void => {
    lastShown = frame;
    onShown({ frame, isMoving, sentMs: pageTime(), width: current.width, height: current.height, shrink, pixels: pixels.buffer as ArrayBuffer, problem });
    while (readers.size > MOST_READERS) {
      const [oldest] = readers.keys();
      closeReaders((id) => id === oldest);
    }
  };
  /** Makes ready what begins soon and takes long at once; false when nothing is left to do. */
  const prepareNext = async (current: CompositionPlan, frame: number): Promise<boolean> => {
    const isSoon = ({ from }: { readonly from: number }): boolean => from > frame && from <= frame + NEXT_FRAMES;
    for (const shot of current.lanes.flatMap(({ shots }) => shots)) {
      if (begun.has(shot.id) || !isSoon(shot)) continue;
      begun.add(shot.id);
      const frames = framesFrom(current, shot.from, STEP_AHEAD).get(shot.id)?.frames;
      // Ends with the decoder where it goes on from.
      if (frames && shot.from > frame + AHEAD) readerOf(shot)?.want(frames, true).catch(() => undefined);
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
    isMoving = true;
    shrink = wish.shrink;
    isHasty = shrink > 1;
    const current = planFor(whole, shrink);
    const began = performance.now();
    const next = motion.next(current.frameRate, current.durationFrames, pageTime());
    if (next === null) {
      if (direction === -1 || !(await prepareNext(current, wish.frame))) if (lastWish === wish && plan === whole) await newer();
      return;
    }
    // Backwards, one run from a key frame makes all of the next frames ready.
    const problem = await prepare(current, next, direction * AHEAD, direction === 1);
    if (performance.now() - began > LATE_MS) noteLate(current, next);
    if (whole !== plan || lastWish?.direction !== direction) return;
    // A picture that comes late gives way to the one that is due by now, where that is there.
    const due = Math[direction === 1 ? 'floor' : 'ceil'](motion.due(pageTime()));
    const frame = (due - next) * direction >= 1 && due >= 0 && due < current.durationFrames && isReady(current, due) && hasWords(current, due) ? due : next;
    send(frame, current, draw(current, frame), problem);
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
        await idleWork.run(around(lastWish?.frame ?? 0, plan), begin);
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
    isMoving = false;
    shrink = 1;
    isHasty = false;
    const isStep = wish.frame > lastShown && wish.frame - lastShown <= STEP;
    const isSketch = !isFinish && !isStep && wish.ghosts.length === 0 && whole.width * whole.height >= HASTY_PIXELS && !isReady(whole, wish.frame);
    if (isSketch) shrink = 2;
    isHasty = isSketch;
    const current = planFor(whole, shrink);
    const preparing = prepare(current, wish.frame, isStep ? STEP_AHEAD : 0, isStep);
    const began = performance.now();
    let problem: ViewerProblem | null = null;
    if (isFinish) {
      // Nobody waits for this one any more when the playhead moves on.
      const done = await Promise.race([preparing, newer()]);
      if (done === true) {
        if (wanted !== null) for (const { reader } of readers.values()) reader.leave();
        return;
      }
      problem = done;
    } else {
      problem = await preparing;
      if (isSketch && performance.now() - began > LATE_MS) noteLate(current, wish.frame);
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
    send(wish.frame, current, pixels, problem);
  };
  const go = (): void => {
    onNewer();
    if (!isBusy) void run();
  };
  return {
    setPlan: (next, given) => {
      sources = new Map(given.map((source) => [source.assetId, source]));
      if (next !== null) {
        plan = next;
        smaller.clear();
        const shots = new Set(next.lanes.flatMap(({ shots: each }) => each.map(({ id, assetId }) => `${id} ${assetId}`)));
        closeReaders((_, { assetId, shotId }) => !shots.has(`${shotId} ${assetId}`));
        words.keep(next.texts);
        begun.clear();
        motion.forget();
      }
      for (const [key, file] of files) {
        const isStandIn = key.startsWith('~');
        const assetId = isStandIn ? key.slice(1) : key;
        const source = sources.get(assetId);
        if (source && urlOf(source, isStandIn) === file.url) continue;
        closeReaders((id, open) => open.assetId === assetId && id.startsWith('~') === isStandIn);
        file.close();
        files.delete(key);
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
