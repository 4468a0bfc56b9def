import { basename, join } from 'node:path';
import type { ClipInspection, CropRectangle, MotionSource } from '../../src-shared/contract/motions.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { FrameRate } from '../../src-shared/timing/frame-rate.ts';
import type { FramesMessage } from '../engine/process/protocol.ts';
import type { Media } from '../media/media.ts';
import type { ProjectStore } from '../store/project-store.ts';
import { copyAsset } from './asset-file.ts';
import { withScratchFolder } from './scratch-folder.ts';

/** A part of a clip to learn from. */
export interface ClipSelection {
  readonly clip: MotionSource;
  readonly fromSeconds: number | null;
  readonly toSeconds: number | null;
  readonly crop: CropRectangle | null;
  readonly reversed: boolean;
}

/** What was found in a clip. `frames` are null when `problem` is anything but `none` and nothing could be shown. */
export interface ExaminedClip extends Pick<ClipInspection, 'problem' | 'message' | 'clip' | 'fromSeconds' | 'toSeconds' | 'motionAmount'> {
  readonly name: string;
  readonly frames: FramesMessage | null;
  /** Prompt of a clip that was generated here. */
  readonly prompt: string | null;
}

export interface ExamineClipParts {
  readonly store: ProjectStore;
  readonly media: Pick<Media, 'probe' | 'decodeFrames'>;
  readonly temporaryFolder: string;
  readonly signal?: AbortSignal;
}

/** Below this mean change between neighbouring frames, of 1, nothing moves that could be learned; noise and compression stay under it. */
const STATIC_BELOW = 0.003;
/** Frames looked at in a span, at most: longer spans are looked at more coarsely. */
const MOST_DECODED = 480;

/** Decodes `count` frames, evenly spaced over the chosen span, and says whether a motion can be learned from them. Never throws for a bad clip. */
export async function examineClip(selection: ClipSelection, size: { readonly count: number; readonly width: number; readonly height: number }, parts: ExamineClipParts): Promise<ExaminedClip> {
  const { clip } = selection;
  if ('path' in clip) return examineFile(clip.path, basename(clip.path), null, selection, size, parts);
  const asset = parts.store.assets.get(clip.assetId);
  const prompt = asset.recipe?.prompt ?? null;
  if (asset.kind !== 'video') return unsuitable(asset.name, 'noVideo', `"${asset.name}" does not move. Choose a video.`, prompt);
  return withScratchFolder(parts.temporaryFolder, async (folder) => {
    const path = join(folder, 'clip');
    await copyAsset(parts.store, asset, path, parts.signal);
    return examineFile(path, asset.name, prompt, selection, size, parts);
  });
}

async function examineFile(
  path: string, name: string, prompt: string | null, selection: ClipSelection, size: { readonly count: number; readonly width: number; readonly height: number }, { media, signal }: ExamineClipParts,
): Promise<ExaminedClip> {
  let info: Awaited<ReturnType<Media['probe']>>;
  try {
    info = await media.probe(path, signal);
  } catch (error) {
    if (!StudioError.is(error) || error.code === 'FFMPEG_MISSING' || signal?.aborted === true) throw error;
    const message = error.message.replaceAll(path, name).replaceAll(basename(path), name);
    return unsuitable(name, / empty|0 bytes/.test(message) ? 'empty' : 'unreadable', message, prompt);
  }
  if (info.kind !== 'video' || info.frameRate === null) return unsuitable(name, 'noVideo', `"${name}" holds no moving picture. Choose a video.`, prompt);
  const rate = info.frameRate;
  const perSecond = rate.num / rate.den;
  const durationSeconds = info.durationMs === null ? (info.frames ?? 0) / perSecond : info.durationMs / 1000;
  const facts = { name, width: info.width ?? 0, height: info.height ?? 0, frames: info.frames ?? Math.round(durationSeconds * perSecond), frameRate: rate, durationSeconds };
  const fromSeconds = Math.max(0, selection.fromSeconds ?? 0);
  const toSeconds = Math.min(durationSeconds, selection.toSeconds ?? durationSeconds);
  const found = { name, prompt, clip: facts, fromSeconds, toSeconds, motionAmount: null, frames: null };
  if (fromSeconds >= toSeconds) {
    return { ...found, problem: 'span', message: `"${name}" is ${durationSeconds.toFixed(1)} s long; the chosen part, ${fromSeconds.toFixed(1)} to ${(selection.toSeconds ?? durationSeconds).toFixed(1)} s, holds nothing. Choose a part inside the clip.` };
  }
  const startFrame = Math.round(fromSeconds * perSecond);
  const available = Math.min(Math.round((toSeconds - fromSeconds) * perSecond), facts.frames - startFrame);
  if (available < size.count) {
    return { ...found, problem: 'tooShort', message: `The chosen part of "${name}" has ${Math.max(0, available)} ${available === 1 ? 'frame' : 'frames'}; a motion is learned from ${size.count}. Choose a longer part.` };
  }
  const coarse = Math.max(1, Math.ceil(available / MOST_DECODED));
  const frameRate: FrameRate = { num: rate.num, den: rate.den * coarse };
  const wanted = Math.max(size.count, Math.floor(available / coarse));
  let frames: FramesMessage | null;
  try {
    frames = await decodeSpread(path, size, { frameRate, startFrame: Math.round(startFrame / coarse), frames: wanted }, selection, media, signal);
  } catch (error) {
    if (!StudioError.is(error) || error.code === 'FFMPEG_MISSING' || signal?.aborted === true) throw error;
    return { ...found, problem: 'unreadable', message: error.message.replaceAll(path, name).replaceAll(basename(path), name) };
  }
  if (frames === null) return { ...found, problem: 'tooShort', message: `"${name}" ends before the chosen part does. Choose a part further ahead.` };
  const motionAmount = meanChange(frames);
  const still = motionAmount < STATIC_BELOW;
  return { ...found, frames, motionAmount, problem: still ? 'static' : 'none', message: still ? `Nothing moves in the chosen part of "${name}". Choose a part in which something moves.` : null };
}

function unsuitable(name: string, problem: ClipInspection['problem'], message: string, prompt: string | null): ExaminedClip {
  return { name, problem, message, prompt, clip: null, fromSeconds: 0, toSeconds: 0, motionAmount: null, frames: null };
}

async function decodeSpread(
  path: string, size: { readonly count: number; readonly width: number; readonly height: number }, span: { readonly frameRate: FrameRate; readonly startFrame: number; readonly frames: number },
  { crop, reversed }: ClipSelection, media: Pick<Media, 'decodeFrames'>, signal?: AbortSignal,
): Promise<FramesMessage | null> {
  const { count, width, height } = size;
  const decoded: Uint8Array[] = [];
  for await (const frame of media.decodeFrames(path, { width, height, fit: 'cover', ...span, ...(crop === null ? {} : { crop }), ...(signal === undefined ? {} : { signal }) })) decoded.push(frame);
  if (decoded.length < count) return null;
  const data = new Uint8Array(count * width * height * 3);
  if (reversed) decoded.reverse();
  for (let index = 0; index < count; index += 1) data.set(decoded[Math.round((index * (decoded.length - 1)) / Math.max(1, count - 1))]!, index * width * height * 3);
  return { count, width, height, data };
}

/** Mean absolute change from frame to frame, of 1. */
function meanChange({ count, width, height, data }: FramesMessage): number {
  const frame = width * height * 3;
  let sum = 0;
  for (let i = frame; i < count * frame; i += 1) sum += Math.abs(data[i]! - data[i - frame]!);
  return sum / (255 * frame * (count - 1));
}
