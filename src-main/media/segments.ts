import path from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { FrameRate } from '../../src-shared/timing/frame-rate.ts';
import { BIT_EXACT, COLOUR_TAGS, FFMPEG_GLOBAL, H264_COLOUR_TAGS, fileArgument, inputGuards, rateArgument } from './command-line.ts';
import type { FfmpegBinaries } from './find-ffmpeg.ts';
import { probeMedia, type MediaInfo } from './probe.ts';
import { run, start } from './run.ts';
import { writeWhole } from './write-whole.ts';

/** Some frames of a longer clip, to be encoded on their own. */
export interface EncodeSegmentRequest {
  /** Size of the frames in pixels; even, as H.264 with 4:2:0 needs. */
  readonly width: number;
  readonly height: number;
  readonly frameRate: FrameRate;
  /** RGB24 `[height, width, 3]` each. */
  readonly frames: readonly Uint8Array[];
  readonly crf?: number;
  readonly signal?: AbortSignal;
}

/** Segments that follow each other, and where their sound comes from. */
export interface JoinSegmentsRequest {
  /** Where the MP4 goes; it appears whole or not at all. */
  readonly path: string;
  readonly frameRate: FrameRate;
  /** What `encodeSegment` gave, in order. */
  readonly segments: Iterable<Uint8Array>;
  /** A clip whose sound is taken over as it is; null for none. */
  readonly soundOf: string | null;
  /** The part of that clip whose sound it is, in seconds; all of it when left out. */
  readonly soundSpan?: { readonly fromSeconds: number; readonly seconds: number };
  readonly signal?: AbortSignal;
}

/** Sound that an MP4 takes as it is; anything else is encoded as AAC. */
const KEPT_SOUND: ReadonlySet<string> = new Set(['aac', 'mp3', 'ac3', 'eac3', 'alac', 'opus', 'flac']);

/** Threads of the encoder; fixed, because the output depends on it. */
export const SEGMENT_THREADS = 2;
/** Largest encoded segment. */
export const MAX_SEGMENT_BYTES = 512 * 2 ** 20;
/** Joining reads and writes, nothing more; still, hours of sound take their time. */
export const JOIN_TIMEOUT_MS = 2 * 60 * 60_000;

/**
 * Arguments that encode raw frames as a bare H.264 stream on standard output. Without B-frames it is in the order of showing,
 * and with the parameter sets in each segment any number of segments, one after the other, are one stream.
 */
export function encodeSegmentArguments({ width, height, frameRate, crf = 16 }: Pick<EncodeSegmentRequest, 'width' | 'height' | 'frameRate' | 'crf'>): string[] {
  return [
    ...FFMPEG_GLOBAL, ...inputGuards('rawvideo'), '-pix_fmt', 'rgb24', '-video_size', `${width}x${height}`, '-framerate', rateArgument(frameRate), '-i', 'pipe:0',
    '-map', '0:v:0', '-an',
    '-vf', `scale=${width}:${height}:flags=lanczos+accurate_rnd+full_chroma_int+bitexact:out_color_matrix=bt709:out_range=tv,format=yuv420p,setsar=1`,
    '-c:v', 'libx264', '-preset', 'fast', '-crf', String(crf), '-bf', '0', '-g', '60', '-threads', String(SEGMENT_THREADS), '-pix_fmt', 'yuv420p',
    ...COLOUR_TAGS, ...H264_COLOUR_TAGS, ...BIT_EXACT, '-f', 'h264', 'pipe:1',
  ];
}

/** Arguments that put a bare H.264 stream from standard input into an MP4, with the sound of `sound`. */
export function joinArguments(frameRate: FrameRate, sound: Pick<MediaInfo, 'path' | 'container' | 'streams'> | null, output: string, span?: JoinSegmentsRequest['soundSpan']): string[] {
  const soundCodecs = sound?.streams.filter(({ kind }) => kind === 'audio').map(({ codec }) => codec) ?? [];
  const asItIs = soundCodecs.every((codec) => KEPT_SOUND.has(codec));
  const part = span === undefined ? [] : ['-ss', span.fromSeconds.toFixed(6), '-t', span.seconds.toFixed(6)];
  return [
    ...FFMPEG_GLOBAL, '-protocol_whitelist', 'file,pipe', '-format_whitelist', 'h264', '-f', 'h264', '-framerate', rateArgument(frameRate), '-i', 'pipe:0',
    ...(sound === null ? [] : [...inputGuards(sound.container), ...part, '-i', fileArgument(sound.path)]),
    '-map', '0:v:0', ...(soundCodecs.length === 0 ? [] : ['-map', '1:a']), '-c:v', 'copy', ...(asItIs ? ['-c:a', 'copy'] : ['-c:a', 'aac', '-b:a', '192k']),
    // A clock that the frame rate divides: every frame is then equally long.
    '-video_track_timescale', String(frameRate.num * Math.ceil(1000 / frameRate.num)),
    ...BIT_EXACT, '-map_metadata', '-1', '-movflags', 'faststart', '-f', 'mp4', '-y', fileArgument(output),
  ];
}

/** Encodes some frames on their own. Equal frames give equal bytes with the same ffmpeg. */
export async function encodeSegment(binaries: FfmpegBinaries, request: EncodeSegmentRequest): Promise<Uint8Array> {
  const { width, height, frames, signal } = request;
  if (width % 2 !== 0 || height % 2 !== 0 || width > 16_384 || height > 16_384) throw new StudioError('INVALID_INPUT', `A clip of ${width}x${height} pixels cannot be encoded as H.264: choose even sides up to 16384.`);
  const stdin = async function* () {
    yield* frames;
  };
  return run(binaries.ffmpeg, encodeSegmentArguments(request), { stdin: stdin(), signal, purpose: 'encode a part of a clip', maxBytes: MAX_SEGMENT_BYTES });
}

/** Joins segments and sound into an MP4, without encoding the pictures again. Memory does not grow with their number. */
export async function joinSegments(binaries: FfmpegBinaries, request: JoinSegmentsRequest): Promise<{ sizeBytes: number }> {
  const { segments, soundOf, frameRate, signal } = request;
  const sound = soundOf === null ? null : await probeMedia(binaries, soundOf, signal);
  const stdin = async function* () {
    yield* segments;
  };
  const sizeBytes = await writeWhole(request.path, async (temporary) => {
    const command = start(binaries.ffmpeg, joinArguments(frameRate, sound, temporary, request.soundSpan), { stdin: stdin(), signal, purpose: `write ${path.basename(request.path)}`, timeoutMs: JOIN_TIMEOUT_MS });
    command.stdout.resume();
    await command.done;
  });
  return { sizeBytes };
}
