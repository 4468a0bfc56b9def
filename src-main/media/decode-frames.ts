import path from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { framesToSeconds, type FrameRate } from '../../src-shared/timing/frame-rate.ts';
import { FFMPEG_GLOBAL, clearDecoder, fileArgument, inputGuards, overBlack, rateArgument } from './command-line.ts';
import type { FfmpegBinaries } from './find-ffmpeg.ts';
import { LOOKING_BYTES } from './process-limits.ts';
import { probeMedia, type MediaInfo } from './probe.ts';
import { start } from './run.ts';
import { unreadable } from './sniff-container.ts';

/** What to decode and how large. */
export interface DecodeFramesRequest {
  /** Size of the frames that come out, in pixels. */
  readonly width: number;
  readonly height: number;
  /** `cover` fills the frame and crops, `contain` shows all and adds black bars, `stretch` ignores the shape. */
  readonly fit?: 'cover' | 'contain' | 'stretch';
  /** Part of the shown picture to decode, as shares of its width and height; all of it when left out. */
  readonly crop?: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** Rate to decode at, by repeating or leaving out frames; the clip's own when left out. */
  readonly frameRate?: FrameRate;
  /** First frame and number of frames, counted at `frameRate`; to the end when left out. */
  readonly startFrame?: number;
  readonly frames?: number;
  /** RGBA, with colours as the file keeps them, in place of RGB over black. */
  readonly alpha?: boolean;
  /** How long decoding may take, waiting for the reader included; an hour when left out. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Filters that turn any picture into `width` x `height` square pixels. Numbers only: no text from outside gets here. */
export function sizeFilter(width: number, height: number, fit: NonNullable<DecodeFramesRequest['fit']>): string {
  const flags = 'flags=bicubic+accurate_rnd+full_chroma_int';
  const square = `scale=iw*sar:ih:${flags},setsar=1`;
  switch (fit) {
    case 'stretch':
      return `scale=${width}:${height}:${flags},setsar=1`;
    case 'cover':
      return `${square},scale=${width}:${height}:force_original_aspect_ratio=increase:${flags},crop=${width}:${height}`;
    case 'contain':
      return `${square},scale=${width}:${height}:force_original_aspect_ratio=decrease:${flags},pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:black`;
  }
}

/** Cuts a part out of the picture. Numbers only, like all filters here. */
function cropFilter(crop: DecodeFramesRequest['crop']): string[] {
  if (crop === undefined) return [];
  const [x, y, width, height] = [crop.x, crop.y, crop.width, crop.height].map((share) => share.toFixed(6));
  return [`crop=max(2\\,iw*${width}):max(2\\,ih*${height}):iw*${x}:ih*${y}`];
}

/** Arguments that decode a clip to RGB24, or RGBA, on standard output. */
export function decodeArguments(info: Pick<MediaInfo, 'path' | 'container' | 'kind' | 'frameRate'> & Partial<Pick<MediaInfo, 'hasAlpha' | 'codec'>>, request: DecodeFramesRequest): string[] {
  const { width, height, fit = 'cover', startFrame = 0, frames, alpha = false } = request;
  const pixels = alpha ? 'rgba' : 'rgb24';
  const rate = request.frameRate ?? info.frameRate;
  const opaque = alpha ? ['format=gbrap'] : overBlack(info);
  const filters = [...(info.kind === 'video' && rate !== null ? [`fps=fps=${rateArgument(rate)}`] : []), ...opaque];
  // Half a frame early and rounded by the fps filter: the named frame comes first whatever the container's clock.
  const seek = rate !== null && startFrame > 0 ? ['-ss', Math.max(0, framesToSeconds(startFrame - 0.5, rate)).toFixed(6)] : [];
  return [
    ...FFMPEG_GLOBAL, ...clearDecoder(info), ...inputGuards(info.container), ...seek, '-i', fileArgument(info.path),
    '-map', '0:v:0', '-an', '-sn', '-dn',
    '-vf', [...filters, ...cropFilter(request.crop), sizeFilter(width, height, fit), `format=${pixels}`].join(','),
    ...(frames === undefined ? [] : ['-frames:v', String(frames)]),
    '-f', 'rawvideo', '-pix_fmt', pixels, 'pipe:1',
  ];
}

/** QuickTime Animation leaves frames out in which nothing changes, and decoders older than ffmpeg 4.3 say nothing for them: the last may never come out. */
const leavesOut = ({ codec }: Pick<MediaInfo, 'codec'>): boolean => codec === 'qtrle';

/** Frames from `startFrame` to the end of what was asked for, or of the clip; null where the clip does not say how many it has. */
function framesToCome({ frames, frameRate }: MediaInfo, { startFrame = 0, frames: wanted = Infinity, frameRate: asked }: DecodeFramesRequest): number | null {
  if (frames === null || frameRate === null) return null;
  const rate = asked ?? frameRate;
  return Math.min(wanted, Math.round((frames * rate.num * frameRate.den) / (rate.den * frameRate.num)) - startFrame);
}

/**
 * Decodes `file` frame by frame: RGB24 `[height, width, 3]`, or RGBA `[height, width, 4]`, each in bytes of its own. The decoder waits while the reader
 * does, and ends when the reader stops early.
 */
export async function* decodeFrames(binaries: FfmpegBinaries, file: string, request: DecodeFramesRequest): AsyncGenerator<Uint8Array, void, void> {
  const { width, height, startFrame = 0, frames, signal, timeoutMs = 60 * 60_000 } = request;
  for (const [name, value, least] of [['width', width, 1], ['height', height, 1], ['startFrame', startFrame, 0], ['frames', frames ?? 1, 1]] as const) {
    if (!Number.isInteger(value) || value < least || value > 1_000_000) throw new StudioError('INVALID_INPUT', `${name} is ${value}: it must be a whole number of at least ${least}.`);
  }
  const info = await probeMedia(binaries, file, signal);
  if (info.kind === 'audio') throw unreadable(file, 'holds sound only', 'Choose a video or an image.');
  // Where the frame at the start may be left out, it is found by counting from the beginning.
  const skipped = leavesOut(info) ? startFrame : 0;
  const command = start(binaries.ffmpeg, decodeArguments(info, { ...request, startFrame: startFrame - skipped, ...(frames === undefined ? {} : { frames: frames + skipped }) }), { signal, purpose: `decode ${path.basename(file)}`, timeoutMs, memoryBytes: LOOKING_BYTES });
  const frameBytes = width * height * (request.alpha === true ? 4 : 3);
  let frame = new Uint8Array(frameBytes);
  let filled = 0;
  let given = 0;
  let seen = 0;
  let last: Uint8Array | null = null;
  try {
    for await (const chunk of command.stdout as AsyncIterable<Buffer>) {
      for (let offset = 0; offset < chunk.length; ) {
        const count = Math.min(frameBytes - filled, chunk.length - offset);
        frame.set(chunk.subarray(offset, offset + count), filled);
        filled += count;
        offset += count;
        if (filled === frameBytes) {
          if (leavesOut(info)) last = frame.slice();
          if (seen >= skipped) {
            yield frame;
            given += 1;
          }
          seen += 1;
          frame = new Uint8Array(frameBytes);
          filled = 0;
        }
      }
    }
    await command.done;
  } finally {
    command.kill();
  }
  for (const rest = framesToCome(info, request) ?? 0; last !== null && given < rest; given += 1) yield last.slice();
  if (given === 0) {
    if (startFrame > 0) throw new StudioError('INVALID_INPUT', `${path.basename(file)} ends before frame ${startFrame}: choose an earlier start.`, { details: { startFrame } });
    throw unreadable(file, 'holds no picture that can be decoded', 'Convert it to MP4 (H.264) first.');
  }
}
