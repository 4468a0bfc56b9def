import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { FrameRate } from '../../src-shared/timing/frame-rate.ts';
import { BIT_EXACT, COLOUR_TAGS, FFMPEG_GLOBAL, fileArgument, inputGuards, rateArgument } from './command-line.ts';
import type { FfmpegBinaries } from './find-ffmpeg.ts';
import { probeMedia, type MediaInfo } from './probe.ts';
import { run, start } from './run.ts';
import { JOIN_TIMEOUT_MS, MAX_SEGMENT_BYTES, SEGMENT_THREADS, type EncodeSegmentRequest, type JoinSegmentsRequest } from './segments.ts';
import { writeWhole } from './write-whole.ts';

/** Sound that a WebM takes as it is; anything else is encoded as Opus. */
const KEPT_SOUND: ReadonlySet<string> = new Set(['opus', 'vorbis']);

/**
 * Arguments that encode raw RGBA frames as a WebM of its own (VP9 with transparency) on standard output. Without hidden reference frames
 * every packet is one frame, so that segments can be joined as they are.
 */
export function encodeClearSegmentArguments({ width, height, frameRate, crf = 18 }: Pick<EncodeSegmentRequest, 'width' | 'height' | 'frameRate' | 'crf'>): string[] {
  return [
    ...FFMPEG_GLOBAL, ...inputGuards('rawvideo'), '-pix_fmt', 'rgba', '-video_size', `${width}x${height}`, '-framerate', rateArgument(frameRate), '-i', 'pipe:0',
    '-map', '0:v:0', '-an',
    '-vf', `scale=${width}:${height}:flags=lanczos+accurate_rnd+full_chroma_int+bitexact:out_color_matrix=bt709:out_range=tv,format=yuva420p,setsar=1`,
    '-c:v', 'libvpx-vp9', '-crf', String(crf), '-b:v', '0', '-deadline', 'good', '-cpu-used', '4', '-auto-alt-ref', '0', '-lag-in-frames', '0', '-g', '60', '-threads', String(SEGMENT_THREADS), '-pix_fmt', 'yuva420p',
    ...COLOUR_TAGS, ...BIT_EXACT, '-f', 'webm', 'pipe:1',
  ];
}

/** As `JoinSegmentsRequest`; all segments but the last have equally many frames. */
export interface JoinClearSegmentsRequest extends JoinSegmentsRequest {
  readonly framesPerSegment: number;
}

/**
 * A list for ffmpeg's concat demuxer. Each segment's own time stamps begin at 0 and are whole milliseconds: only durations that are told exactly let
 * thousands of frames stay at their places. (A bitstream filter could count them anew; the ffmpeg that comes with the studio has none.)
 */
export function clearSegmentsList(names: readonly string[], framesPerSegment: number, { num, den }: FrameRate): string {
  return ['ffconcat version 1.0', ...names.map((name) => `file ${name}\nduration ${((framesPerSegment * den) / num).toFixed(6)}`), ''].join('\n');
}

/** Arguments that join the files of a list into one WebM, with the sound of `sound`. */
export function joinClearArguments(list: string, sound: Pick<MediaInfo, 'path' | 'container' | 'streams'> | null, output: string, span?: JoinSegmentsRequest['soundSpan']): string[] {
  const codecs = sound?.streams.filter(({ kind }) => kind === 'audio').map(({ codec }) => codec) ?? [];
  const part = span === undefined ? [] : ['-ss', span.fromSeconds.toFixed(6), '-t', span.seconds.toFixed(6)];
  return [
    ...FFMPEG_GLOBAL, '-protocol_whitelist', 'file,pipe', '-format_whitelist', 'concat,matroska', '-f', 'concat', '-i', fileArgument(list),
    ...(sound === null ? [] : [...inputGuards(sound.container), ...part, '-i', fileArgument(sound.path)]),
    '-map', '0:v:0', ...(codecs.length === 0 ? [] : ['-map', '1:a']), '-c:v', 'copy',
    ...(codecs.every((codec) => KEPT_SOUND.has(codec)) ? ['-c:a', 'copy'] : ['-c:a', 'libopus', '-b:a', '160k']),
    // Matroska says in a tag that the pictures come with transparency.
    ...BIT_EXACT, '-map_metadata', '-1', '-metadata:s:v:0', 'alpha_mode=1', '-f', 'webm', '-y', fileArgument(output),
  ];
}

/** Encodes some frames `[height, width, 4]` on their own. Equal frames give equal bytes with the same ffmpeg. */
export async function encodeClearSegment(binaries: FfmpegBinaries, request: EncodeSegmentRequest): Promise<Uint8Array> {
  const { width, height, frames, signal } = request;
  if (width % 2 !== 0 || height % 2 !== 0 || width > 16_384 || height > 16_384) throw new StudioError('INVALID_INPUT', `A clip of ${width}x${height} pixels cannot be encoded as VP9: choose even sides up to 16384.`);
  const stdin = async function* () {
    yield* frames;
  };
  return run(binaries.ffmpeg, encodeClearSegmentArguments(request), { stdin: stdin(), signal, purpose: 'encode a part of a transparent clip', maxBytes: MAX_SEGMENT_BYTES });
}

/** Joins transparent segments and sound into a WebM, without encoding the pictures again. */
export async function joinClearSegments(binaries: FfmpegBinaries, request: JoinClearSegmentsRequest): Promise<{ sizeBytes: number }> {
  const { segments, framesPerSegment, soundOf, frameRate, signal } = request;
  const sound = soundOf === null ? null : await probeMedia(binaries, soundOf, signal);
  const folder = await mkdtemp(path.join(path.dirname(request.path), 'parts-'));
  try {
    const names: string[] = [];
    for (const bytes of segments) {
      names.push(`${names.length}.webm`);
      await writeFile(path.join(folder, names.at(-1)!), bytes);
    }
    const list = path.join(folder, 'list');
    await writeFile(list, clearSegmentsList(names, framesPerSegment, frameRate));
    const sizeBytes = await writeWhole(request.path, async (temporary) => {
      const command = start(binaries.ffmpeg, joinClearArguments(list, sound, temporary, request.soundSpan), { signal, purpose: `write ${path.basename(request.path)}`, timeoutMs: JOIN_TIMEOUT_MS });
      command.stdout.resume();
      await command.done;
    });
    return { sizeBytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
