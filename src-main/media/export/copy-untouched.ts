import path from 'node:path';
import { FORMATS, type ExportFormat } from '../../../src-shared/export/formats.ts';
import { BIT_EXACT, FFMPEG_GLOBAL, fileArgument, inputGuards } from '../command-line.ts';
import type { FfmpegBinaries } from '../find-ffmpeg.ts';
import type { MediaInfo } from '../probe.ts';
import { recipeArguments } from '../recipe-metadata.ts';
import { start } from '../run.ts';
import { writeWhole } from '../write-whole.ts';

/** A whole clip to be written as it is. */
export interface CopyUntouchedRequest {
  readonly path: string;
  readonly source: MediaInfo;
  readonly format: ExportFormat;
  readonly withSound: boolean;
  readonly recipeJson: string | null;
  readonly temporaryName?: string;
  readonly signal?: AbortSignal;
}

const VIDEO_CODECS: Partial<Record<ExportFormat, string>> = { 'mp4-h264': 'h264', 'mp4-hevc': 'hevc', 'mp4-av1': 'av1', 'webm-vp9': 'vp9' };
const AUDIO_CODECS: Partial<Record<ExportFormat, readonly string[]>> = { 'mp4-h264': ['aac', 'mp3'], 'mp4-hevc': ['aac', 'mp3'], 'mp4-av1': ['aac', 'mp3'], 'webm-vp9': ['opus', 'vorbis'] };

/** Whether a file's streams are already what the format would hold. Colours must be tagged, or the copy would not be. */
export function canCopy(source: MediaInfo, format: ExportFormat, withSound: boolean): boolean {
  const sounds = source.streams.filter(({ kind }) => kind === 'audio');
  return (
    source.kind === 'video' && source.rotation === 0 && source.codec === VIDEO_CODECS[format] && source.colour.matrix === 'bt709' && (source.pixelFormat === 'yuv420p') &&
    (!withSound || sounds.length === 0 || (sounds.length === 1 && sounds.every(({ codec }) => AUDIO_CODECS[format]?.includes(codec) === true)))
  );
}

/** Copies streams as they are; the only metadata is the recipe. */
export async function copyUntouched(binaries: FfmpegBinaries, request: CopyUntouchedRequest): Promise<{ sizeBytes: number }> {
  const { source, format, withSound, recipeJson, signal, temporaryName } = request;
  const { extension } = FORMATS[format];
  const sizeBytes = await writeWhole(request.path, async (temporary) => {
    const args = [
      ...FFMPEG_GLOBAL, ...inputGuards(source.container), '-i', fileArgument(source.path), '-map', '0:v:0', ...(withSound ? ['-map', '0:a?'] : ['-an']), '-c', 'copy',
      ...BIT_EXACT, '-map_metadata', '-1', ...(extension === 'mp4' ? ['-movflags', 'use_metadata_tags+faststart'] : []), ...recipeArguments(recipeJson), '-f', extension, '-y', fileArgument(temporary),
    ];
    const command = start(binaries.ffmpeg, args, { signal, purpose: `write ${path.basename(request.path)}`, timeoutMs: 2 * 60 * 60_000 });
    command.stdout.resume();
    await command.done;
  }, temporaryName === undefined ? {} : { temporaryName });
  return { sizeBytes };
}
