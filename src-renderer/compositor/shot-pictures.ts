import type { CompositionPlan, PictureShot } from '../../src-shared/compose/composition-plan.ts';
import { layersAt } from '../../src-shared/compose/layers-at.ts';
import { picturesOf } from '../../src-shared/compose/planar/draw-layers.ts';
import type { PlanarPicture } from '../../src-shared/compose/planar/planar-picture.ts';
import { scalePicture } from '../../src-shared/compose/planar/scale-picture.ts';
import { createByteCache } from './clip-bytes.ts';
import { nearestClips } from './frames-ahead.ts';
import { createIdleWork } from './idle-work.ts';
import { createPictureCache } from './picture-cache.ts';
import { shrinkPlan } from './preview-plan.ts';
import { openShot, openVideoFile, type ShotReader, type VideoFile } from './shot-reader.ts';
import { createStandInNeeds } from './stand-in-needs.ts';
import { openStill } from './still-reader.ts';
import type { CompositorSource, Shrink } from './viewer-messages.ts';

/** How pictures are wanted now: so many times smaller, quickly rather than well (from stand-ins, too), and whether it plays. */
export interface Look {
  readonly shrink: Shrink;
  readonly isHasty: boolean;
  readonly isMoving: boolean;
}

/** The frames of a plan's shots: read, decoded, put in their places and kept. */
export interface ShotPictures {
  /** A null plan stays as it was. */
  setPlan(plan: CompositionPlan | null, sources: readonly CompositorSource[]): void;
  /** How pictures are made and found from now on. */
  look(look: Look): void;
  /** The plan on a canvas that many times smaller. */
  smaller(plan: CompositionPlan, by: Shrink): CompositionPlan;
  /** Makes frames of a shot ready, in `flow` where they go on from those before; null where nothing can be read. */
  want(shot: PictureShot, frames: readonly number[], flow: boolean): Promise<unknown> | null;
  /** Whether a frame of a shot is there as it is wanted now. */
  has(shot: PictureShot, frame: number): boolean;
  /** A frame in its place; null where it is not there. */
  placed(shot: PictureShot, frame: number): PlanarPicture | null;
  /** Nobody waits any more for what was wanted. */
  leave(): void;
  /** Closes decoders beyond those that may stay open: those that were not used for longest. */
  rest(): void;
  /** Takes note that all pictures of a frame came late. */
  late(plan: CompositionPlan, frame: number): void;
  /** Does what nobody waits for around a frame, until `stop` settles or nothing is left. */
  idle(plan: CompositionPlan, frame: number, stop: Promise<unknown>): Promise<void>;
}

export interface ShotPicturesOptions {
  /** Told of a clip that needs a stand-in: it cannot be decoded here, or not soon enough. Once for each. */
  readonly onStandIn: (assetId: string) => void;
  /** What could not be read before can be now. */
  readonly onChange: () => void;
}

/** Decoded frames as they are: two seconds of 1080p, or a minute of what the embedded model makes. */
const SOURCE_BYTES = 160 * 2 ** 20;
/** The same, scaled to their places. */
const SCALED_BYTES = 96 * 2 ** 20;
/** Clips as they are stored: some minutes of 1080p. */
const STORED_BYTES = 96 * 2 ** 20;
/** Decoders that stay open. */
const MOST_READERS = 12;
/** Shots around the playhead that are looked after while nobody waits. */
const IDLE_SHOTS = 24;

interface OpenReader {
  readonly assetId: string;
  readonly shotId: string;
  readonly reader: ShotReader;
}

export function createShotPictures({ onStandIn, onChange }: ShotPicturesOptions): ShotPictures {
  const decoded = createPictureCache(SOURCE_BYTES);
  const scaled = createPictureCache(SCALED_BYTES);
  const files = new Map<string, VideoFile & { readonly url: string }>();
  /** Clips that this page cannot decode. */
  const undecodable = new Set<string>();
  /** By shot; the one that was used last is last. */
  const readers = new Map<string, OpenReader>();
  const stored = createByteCache(STORED_BYTES);
  const needs = createStandInNeeds(onStandIn);
  const smaller = new Map<Shrink, CompositionPlan>();
  let sources: ReadonlyMap<string, CompositorSource> = new Map();
  let plan: CompositionPlan | null = null;
  let look: Look = { shrink: 1, isHasty: false, isMoving: false };

  const planFor = (current: CompositionPlan, by: Shrink): CompositionPlan => {
    const known = smaller.get(by) ?? shrinkPlan(current, by);
    smaller.set(by, known);
    return known;
  };
  const frameKey = (assetId: string, frame: number, isStandIn: boolean): string => `${isStandIn ? '~' : ''}${assetId}/${frame}`;
  const placeKey = ({ assetId, place: { source: s, target: t } }: PictureShot, frame: number): string => `${assetId}/${frame} ${s.x},${s.y},${s.width},${s.height} ${t.width}x${t.height} ${look.isHasty ? 'q' : ''}`;
  const byId = new WeakMap<CompositionPlan, ReadonlyMap<string, PictureShot>>();
  const shotAt = (id: string, by: Shrink): PictureShot | null => {
    if (plan === null) return null;
    const current = planFor(plan, by);
    const known = byId.get(current) ?? new Map(current.lanes.flatMap(({ shots }) => shots.map((shot) => [shot.id, shot] as const)));
    byId.set(current, known);
    return known.get(id) ?? null;
  };
  const shotNow = (id: string): PictureShot | null => shotAt(id, look.shrink);
  /** Name of a picture that was placed in motion when pictures were twice as large: the decoder is past it, and would come to it from a key frame only. */
  const placedLarger = (id: string, frame: number): string | null => {
    const shot = look.isMoving && look.shrink === 4 ? shotAt(id, 2) : null;
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
    return scalePicture(picture, part, target.width, target.height, look.isHasty ? 'quick' : 'bicubic');
  };
  const placed = (shot: PictureShot, frame: number): PlanarPicture | null => {
    const key = placeKey(shot, frame);
    const known = scaled.get(key);
    if (known) return known;
    const picture = decoded.get(frameKey(shot.assetId, frame, false)) ?? (look.isHasty ? decoded.get(frameKey(shot.assetId, frame, true)) : null);
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
    const made = shot && look.isHasty && look.isMoving ? toPlace(picture, shot) : picture;
    // In motion only what is shown is kept: a second of whole frames would push everything else out.
    if (shot && made !== picture) scaled.put(placeKey(shot, frame), made);
    else decoded.put(frameKey(assetId, frame, isStandIn), picture);
  };

  const isStandInFor = ({ assetId, standInUrl }: CompositorSource): boolean => standInUrl !== null && look.isHasty && !undecodable.has(assetId);
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
      onChange();
    });
    files.set(key, { ...file, url });
    return file;
  };
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

  const idleWork = createIdleWork({ fileOf: (source) => fileOf(source, source.standInUrl !== null && !undecodable.has(source.assetId)), needs });

  return {
    setPlan: (next, given) => {
      sources = new Map(given.map((source) => [source.assetId, source]));
      if (next !== null) {
        plan = next;
        smaller.clear();
        const shots = new Set(next.lanes.flatMap(({ shots: each }) => each.map(({ id, assetId }) => `${id} ${assetId}`)));
        closeReaders((_, { assetId, shotId }) => !shots.has(`${shotId} ${assetId}`));
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
    },
    look: (next) => {
      look = next;
    },
    smaller: planFor,
    want: (shot, frames, flow) => readerOf(shot)?.want(frames, flow) ?? null,
    has: (shot, frame) => hasFrame(shot.id, shot.assetId, look.isHasty)(frame),
    placed,
    leave: () => {
      for (const { reader } of readers.values()) reader.leave();
    },
    rest: () => {
      while (readers.size > MOST_READERS) {
        const [oldest] = readers.keys();
        closeReaders((id) => id === oldest);
      }
    },
    late: (current, frame) => {
      for (const { shot } of picturesOf(layersAt(current, frame))) {
        const source = sources.get(shot.assetId);
        if (source) needs.late(source);
      }
    },
    idle: (current, frame, stop) => idleWork.run(nearestClips(current, frame, IDLE_SHOTS).flatMap((assetId) => sources.get(assetId) ?? []).filter(({ rate }) => rate !== null), stop),
  };
}
