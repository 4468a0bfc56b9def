import { framesToTime, multiplyRational, timeToFrames, ZERO, ONE, type Rational } from '../timing/rational.ts';
import type { FrameRate } from '../timing/frame-rate.ts';
import type { PromptEvent, TimelineRecords } from '../timeline/document.ts';
import type { Caption } from '../timeline/records/caption.ts';
import type { Clip } from '../timeline/records/clip.ts';
import { endFrame } from '../timeline/records/span.ts';
import { heardTracks, itemsByTrack, sequenceOf, tracksOf } from '../timeline/tracks.ts';
import { soundsOf, type SoundShot } from './audio-plan.ts';
import type { SourceFacts } from './source-facts.ts';
import { coversCanvas, frameMap, placeLayer, toEven, type FrameMap, type LayerPlace } from './pixel-rules.ts';

export type { SourceFacts } from './source-facts.ts';

/** A take as it stands for an event: its clip, the frame of the timeline's rate at which the event begins in it, and how long it is there. */
export interface ShownTake {
  readonly assetId: string;
  readonly startFrame: number;
  /** Null to the clip's end. */
  readonly frames: number | null;
}

/** The document and what it points at. */
export interface ComposeInput {
  readonly records: TimelineRecords;
  /** Facts about an asset; null when it is gone. */
  readonly asset: (assetId: string) => SourceFacts | null;
  /** The take that stands for an event; null when it has none. */
  readonly takeOf: (event: PromptEvent) => ShownTake | null;
  /** Size of the canvas where it is not the sequence's; rounded to even. */
  readonly width?: number;
  readonly height?: number;
  /** Whether captions are drawn into the picture. Titles always are. */
  readonly captions: 'burned' | 'left out';
}

/** A picture that rises at its start, or falls at its end, over `length` frames from `from` on. */
export interface Ramp {
  readonly from: number;
  readonly length: number;
}

/** One span of one source on the canvas. Frames are the timeline's; ends are exclusive. */
export interface PictureShot {
  readonly type: 'picture';
  readonly id: string;
  readonly assetId: string;
  /** Where `frameMap` counts from. */
  readonly startFrame: number;
  /** What is seen of it, the dissolves at its ends included. */
  readonly from: number;
  readonly to: number;
  readonly frames: FrameMap;
  readonly sourceRate: FrameRate | null;
  readonly place: LayerPlace;
  readonly opacity: number;
  /** Fades from and to nothing. */
  readonly rise: Ramp | null;
  readonly fall: Ramp | null;
  /** Covers the canvas without transparent pixels: where it does not fade it hides all below. */
  readonly isFull: boolean;
}

/** Two shots that touch, one becoming the other. */
export interface Dissolve {
  readonly first: PictureShot;
  readonly second: PictureShot;
  readonly from: number;
  readonly length: number;
  /** The frame at which the first ends and the second begins without it. */
  readonly cut: number;
}

/** Words on the canvas. */
export interface TextShot {
  readonly type: 'text';
  readonly id: string;
  readonly kind: Caption['kind'];
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly position: Caption['position'];
  readonly size: number;
  readonly color: string;
}

/** A span whose file is gone: nothing is drawn or heard for it, and exports refuse until it is mended. */
export interface MissingSpan {
  readonly id: string;
  readonly assetId: string;
  readonly from: number;
  readonly to: number;
}

/** One lane of pictures, lower lanes first in the plan. Its shots lie behind each other and share frames only in dissolves. */
export interface PictureLane {
  readonly shots: readonly PictureShot[];
  readonly dissolves: readonly Dissolve[];
}

/** Everything that is seen and heard, and when; made from the document alone. */
export interface CompositionPlan {
  readonly width: number;
  readonly height: number;
  readonly frameRate: FrameRate;
  readonly durationFrames: number;
  readonly lanes: readonly PictureLane[];
  readonly texts: readonly TextShot[];
  readonly sounds: readonly SoundShot[];
  /** Captions as they are, whether drawn or not. */
  readonly captions: readonly Caption[];
  /** Ids of assets that the document shows and the project no longer has. */
  readonly missing: readonly string[];
  /** Where those would be seen or heard. */
  readonly missingSpans: readonly MissingSpan[];
}

type Canvas = Pick<CompositionPlan, 'width' | 'height' | 'frameRate'>;
type ShotLook = Pick<Clip, 'id' | 'assetId' | 'startFrame' | 'durationFrames' | 'sourceIn' | 'speed' | 'opacity' | 'position' | 'scale'>;

function shotOf(look: ShotLook, source: SourceFacts, canvas: Canvas): PictureShot | null {
  if (source.kind === 'audio' || look.opacity <= 0) return null;
  const place = placeLayer(source, look, canvas);
  if (place === null) return null;
  const rate = source.frameRate;
  const isStill = source.kind === 'image' || rate === null;
  const perFrame: Rational = isStill ? ONE : timeToFrames(multiplyRational(look.speed, framesToTime(1, canvas.frameRate)), rate);
  return {
    type: 'picture', id: look.id, assetId: look.assetId, startFrame: look.startFrame, from: look.startFrame, to: endFrame(look),
    frames: isStill ? frameMap(ZERO, ONE, null) : frameMap(timeToFrames(look.sourceIn, rate), perFrame, source.frames),
    sourceRate: isStill ? null : rate, place, opacity: look.opacity, rise: null, fall: null,
    isFull: coversCanvas(place, canvas) && !source.hasAlpha && look.opacity >= 1,
  };
}

/** Joins the clips of one lane: dissolves where they touch, fades where they do not. */
function laneOf(clips: readonly Clip[], shots: ReadonlyMap<string, PictureShot>): PictureLane {
  const result = new Map<string, PictureShot>();
  const cuts: { readonly first: string; readonly second: string; readonly from: number; readonly length: number; readonly cut: number }[] = [];
  for (const [index, clip] of clips.entries()) {
    const shot = shots.get(clip.id);
    if (shot === undefined) continue;
    const before = clips[index - 1];
    const after = clips[index + 1];
    const left = before !== undefined && endFrame(before) === clip.startFrame && shots.has(before.id) ? before : null;
    const right = after !== undefined && endFrame(clip) === after.startFrame && shots.has(after.id) ? after : null;
    const intoLeft = left === null ? 0 : left.crossfadeOutFrames;
    const intoRight = right === null ? 0 : right.crossfadeInFrames;
    result.set(clip.id, {
      ...shot,
      from: shot.from - intoLeft,
      to: shot.to + intoRight,
      rise: left === null && clip.crossfadeInFrames > 0 ? { from: clip.startFrame, length: clip.crossfadeInFrames } : null,
      fall: right === null && clip.crossfadeOutFrames > 0 ? { from: endFrame(clip) - clip.crossfadeOutFrames, length: clip.crossfadeOutFrames } : null,
    });
    if (right !== null && clip.crossfadeOutFrames + intoRight > 0) cuts.push({ first: clip.id, second: right.id, from: endFrame(clip) - clip.crossfadeOutFrames, length: clip.crossfadeOutFrames + intoRight, cut: endFrame(clip) });
  }
  const dissolves = cuts.flatMap(({ first, second, from, length, cut }) => {
    const [a, b] = [result.get(first), result.get(second)];
    return a === undefined || b === undefined ? [] : [{ first: a, second: b, from, length, cut }];
  });
  return { shots: [...result.values()], dissolves };
}

/** Turns the document into what is seen and heard. Pure: the same document and assets give the same plan. */
export function planComposition({ records, asset, takeOf, width, height, captions }: ComposeInput): CompositionPlan {
  const sequence = sequenceOf(records);
  const canvas = { width: Math.max(2, toEven(width ?? sequence.width)), height: Math.max(2, toEven(height ?? sequence.height)), frameRate: sequence.frameRate };
  const items = itemsByTrack(records);
  const tracks = tracksOf(records);
  const missing = new Set<string>();
  const factsOf = (assetId: string): SourceFacts | null => {
    const facts = asset(assetId);
    if (facts === null) missing.add(assetId);
    return facts;
  };
  const missingSpans: MissingSpan[] = [];
  const noteMissing = ({ id, assetId, startFrame, durationFrames }: Pick<Clip, 'id' | 'assetId' | 'startFrame' | 'durationFrames'>): void => void missingSpans.push({ id, assetId, from: startFrame, to: startFrame + durationFrames });

  const lanes: PictureLane[] = [];
  for (const track of tracks) {
    if (track.kind !== 'prompt' || track.hidden) continue;
    const shots = (items.get(track.id) ?? []).flatMap((event) => {
      if (event.type !== 'promptEvent') return [];
      const take = takeOf(event);
      const facts = take === null ? null : factsOf(take.assetId);
      if (take !== null && facts === null) noteMissing({ ...event, assetId: take.assetId });
      if (take === null || facts === null) return [];
      const shot = shotOf({ id: event.id, assetId: take.assetId, startFrame: event.startFrame, durationFrames: Math.min(event.durationFrames, take.frames ?? Infinity), sourceIn: framesToTime(take.startFrame, canvas.frameRate), speed: ONE, opacity: 1, position: { x: 0, y: 0 }, scale: 1 }, facts, canvas);
      if (shot === null) return [];
      // A take that is shorter than its event ends; it is not held.
      const { offset, step, unit, frames } = shot.frames;
      const length = frames === null ? event.durationFrames : Math.ceil((frames * unit - offset) / step);
      return [{ ...shot, to: Math.min(shot.to, shot.from + length) }];
    });
    if (shots.length > 0) lanes.push({ shots, dissolves: [] });
  }
  for (const track of tracks.toReversed()) {
    if (track.kind !== 'video' || track.hidden) continue;
    const clips = (items.get(track.id) ?? []).filter((item): item is Clip => item.type === 'clip');
    const shots = new Map<string, PictureShot>();
    for (const clip of clips) {
      const facts = factsOf(clip.assetId);
      if (facts === null) noteMissing(clip);
      const shot = facts === null ? null : shotOf(clip, facts, canvas);
      if (shot !== null) shots.set(clip.id, shot);
    }
    if (shots.size > 0) lanes.push(laneOf(clips, shots));
  }

  const words: Caption[] = tracks.toReversed().flatMap((track) => (track.kind === 'caption' && !track.hidden ? (items.get(track.id) ?? []).filter((item): item is Caption => item.type === 'caption') : []));
  const texts = words
    .filter(({ kind, text }) => text.trim() !== '' && (kind === 'title' || captions === 'burned'))
    .map(({ id, kind, text, startFrame, durationFrames, position, size, color }): TextShot => ({ type: 'text', id, kind, text, from: startFrame, to: startFrame + durationFrames, position, size, color }));

  for (const track of heardTracks(tracks)) {
    if (track.kind !== 'audio') continue;
    for (const item of items.get(track.id) ?? []) if (item.type === 'audio' && factsOf(item.assetId) === null) noteMissing(item);
  }

  let end = 0;
  for (const [, lane] of items) for (const item of lane) if (item.type !== 'motion') end = Math.max(end, endFrame(item));
  return {
    ...canvas, durationFrames: end, lanes, texts, sounds: soundsOf(tracks, items, factsOf, sequence.frameRate),
    captions: words.filter(({ kind }) => kind === 'caption').sort((a, b) => a.startFrame - b.startFrame), missing: [...missing].sort(), missingSpans,
  };
}
