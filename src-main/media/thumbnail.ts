import path from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { framesToSeconds } from '../../src-shared/timing/frame-rate.ts';
import { FFMPEG_GLOBAL, clearDecoder, fileArgument, inputGuards, overBlack } from './command-line.ts';
import type { FfmpegBinaries } from './find-ffmpeg.ts';
import { LOOKING_BYTES } from './process-limits.ts';
import { probeMedia, type MediaInfo } from './probe.ts';
import { run } from './run.ts';
import { unreadable } from './sniff-container.ts';

/** Which frame, and how wide at most. Small pictures are not enlarged. */
export interface ThumbnailRequest {
  readonly maxWidth?: number;
  /** `first` or `middle` frame of a video. */
  readonly at?: 'first' | 'middle';
  readonly signal?: AbortSignal;
}

/** Arguments that write one frame as JPEG to standard output. */
export function thumbnailArguments(info: Pick<MediaInfo, 'path' | 'container' | 'kind' | 'frameRate' | 'frames'> & Partial<Pick<MediaInfo, 'hasAlpha' | 'codec'>>, request: Pick<ThumbnailRequest, 'maxWidth' | 'at'>): string[] {
  const { maxWidth = 320, at = 'first' } = request;
  const middle = at === 'middle' && info.frameRate !== null && info.frames !== null ? framesToSeconds(Math.max(0, Math.floor(info.frames / 2) - 0.5), info.frameRate) : 0;
  return [
    ...FFMPEG_GLOBAL, ...clearDecoder(info), ...inputGuards(info.container), ...(middle > 0 ? ['-ss', middle.toFixed(6)] : []), '-i', fileArgument(info.path),
    '-map', '0:v:0', '-an', '-sn', '-dn', '-frames:v', '1',
    '-vf', [...overBlack(info), `scale=min(${maxWidth}\\,iw*sar):-2:flags=area:out_range=pc`, 'setsar=1', 'format=yuvj420p'].join(','),
    '-c:v', 'mjpeg', '-q:v', '3', '-threads', '1', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-f', 'mjpeg', 'pipe:1',
  ];
}

/** A JPEG of one frame of a video or of an image. */
export async function makeThumbnail(binaries: FfmpegBinaries, file: string, request: ThumbnailRequest = {}): Promise<Uint8Array> {
  const { maxWidth = 320, signal } = request;
  if (!Number.isInteger(maxWidth) || maxWidth < 16 || maxWidth > 4096) throw new StudioError('INVALID_INPUT', `maxWidth is ${maxWidth}: it must be a whole number from 16 to 4096.`);
  const info = await probeMedia(binaries, file, signal);
  if (info.kind === 'audio') throw unreadable(file, 'holds sound only', 'It has no picture to show.');
  const attempt = (at: NonNullable<ThumbnailRequest['at']>): Promise<Uint8Array> =>
    run(binaries.ffmpeg, thumbnailArguments(info, { maxWidth, at }), { purpose: `make a thumbnail of ${path.basename(file)}`, timeoutMs: 60_000, memoryBytes: LOOKING_BYTES, signal }).catch((error: unknown) => {
      if (!StudioError.is(error, 'FFMPEG_FAILED')) throw error;
      // A clip that is damaged in its middle may still begin well.
      if (at === 'middle') return new Uint8Array(0);
      throw unreadable(file, 'is damaged: its pictures cannot be decoded', 'Play it in another program; if it plays there, convert it to MP4 (H.264) and import that.', error);
    });
  const { at = 'first' } = request;
  let jpeg = await attempt(at);
  if (jpeg.length === 0 && at === 'middle') jpeg = await attempt('first');
  if (jpeg.length === 0) throw unreadable(file, 'holds no picture that can be decoded', 'Convert it to MP4 (H.264) first.');
  return new Uint8Array(jpeg);
}
