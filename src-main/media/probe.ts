import { z } from 'zod';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { FrameRate } from '../../src-shared/timing/frame-rate.ts';
import { fileArgument, inputGuards } from './command-line.ts';
import type { FfmpegBinaries } from './find-ffmpeg.ts';
import { checkLimits } from './limits.ts';
import { LOOKING_BYTES } from './process-limits.ts';
import { run } from './run.ts';
import { CONTAINERS, identify, unreadable, type Container } from './sniff-container.ts';

/** One stream of a file; pictures attached to sound files (cover art) are left out. */
export interface MediaStream {
  readonly index: number;
  readonly kind: 'video' | 'audio' | 'other';
  readonly codec: string;
}

/** What a media file holds. Sizes are as shown: after rotation and with square pixels. */
export interface MediaInfo {
  readonly path: string;
  readonly kind: 'video' | 'image' | 'audio';
  readonly container: Container;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly streams: readonly MediaStream[];
  /** Codec of the first video stream, of the first audio stream in sound files. */
  readonly codec: string;
  /** Pixels; null for sound. */
  readonly width: number | null;
  readonly height: number | null;
  /** Clockwise turn that players apply to the stored picture, in degrees. The sizes above have it applied. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Null for sound and still images. */
  readonly frameRate: FrameRate | null;
  /** Frames of the video (counted where the file says or can be walked through cheaply); 1 for an image, null for sound. */
  readonly frames: number | null;
  /** Null for images. */
  readonly durationMs: number | null;
  readonly hasAudio: boolean;
  /** ffmpeg's name, e.g. `yuv420p`; empty for sound. */
  readonly pixelFormat: string;
  /** Whether pixels may be transparent. */
  readonly hasAlpha: boolean;
  /** What the file says of its colours, by ffmpeg's names; null where it says nothing. */
  readonly colour: { readonly matrix: string | null; readonly range: 'tv' | 'pc' | null };
}

const Numeric = z.union([z.string(), z.number()]).transform(Number).pipe(z.number().finite());
const FfprobeStream = z.object({
  index: z.number().int(),
  codec_type: z.string().default('other'),
  codec_name: z.string().default('unknown'),
  width: z.number().int().optional(),
  height: z.number().int().optional(),
  sample_aspect_ratio: z.string().optional(),
  pix_fmt: z.string().optional(),
  color_space: z.string().optional(),
  color_range: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  r_frame_rate: z.string().optional(),
  duration: Numeric.optional().catch(undefined),
  nb_frames: Numeric.optional().catch(undefined),
  nb_read_packets: Numeric.optional().catch(undefined),
  disposition: z.object({ attached_pic: z.number().default(0) }).optional(),
  tags: z.record(z.string(), z.unknown()).optional().catch(undefined),
  side_data_list: z.array(z.object({ rotation: Numeric.optional().catch(undefined) })).optional().catch(undefined),
});
type FfprobeStream = z.infer<typeof FfprobeStream>;

const FfprobeOutput = z.object({
  streams: z.array(FfprobeStream).default([]),
  format: z.object({ duration: Numeric.optional().catch(undefined), tags: z.record(z.string(), z.unknown()).optional().catch(undefined) }).default({}),
});
type FfprobeOutput = z.infer<typeof FfprobeOutput>;

/** Arguments of ffprobe for `file`. `countPackets` walks through the whole file, without decoding, to count frames. */
export function probeArguments(file: string, container: Container, countPackets: boolean): string[] {
  return [
    '-hide_banner', '-loglevel', 'error', '-max_alloc', '2147483647',
    ...inputGuards(container),
    ...(countPackets ? ['-count_packets'] : []),
    '-print_format', 'json', '-show_format', '-show_streams',
    fileArgument(file),
  ];
}

/** `30000/1001` as a reduced fraction; null for `0/0` and rates no clip has. */
export function parseRate(text: string | undefined): FrameRate | null {
  const match = /^(\d{1,9})\/(\d{1,9})$/.exec(text ?? '');
  if (match === null) return null;
  let [a, b] = [Number(match[1]), Number(match[2])];
  if (a === 0 || b === 0 || a / b > 1000) return null;
  const [num, den] = [a, b];
  while (b !== 0) [a, b] = [b, a % b];
  return { num: num / a, den: den / a };
}

function rotationOf(stream: FfprobeStream): MediaInfo['rotation'] {
  // Display matrices count counter-clockwise, the older `rotate` tag clockwise.
  const matrix = stream.side_data_list?.map((entry) => entry.rotation).find((rotation) => rotation !== undefined);
  const degrees = matrix === undefined ? Number(stream.tags?.['rotate'] ?? 0) : -matrix;
  const quarter = ((Math.round(degrees / 90) % 4) + 4) % 4;
  return ([0, 90, 180, 270] as const)[quarter] ?? 0;
}

function shownSize(stream: FfprobeStream, rotation: MediaInfo['rotation']): { width: number; height: number } {
  const [num, den] = (stream.sample_aspect_ratio ?? '1:1').split(':').map(Number);
  const aspect = num && den ? num / den : 1;
  const width = Math.max(1, Math.round((stream.width ?? 0) * aspect));
  const height = stream.height ?? 0;
  return rotation === 90 || rotation === 270 ? { width: height, height: width } : { width, height };
}

/** How the pixels of a stream are to be read. Matroska keeps transparency beside the picture and says so in a tag. */
function pixelsOf(stream: FfprobeStream | undefined): Pick<MediaInfo, 'pixelFormat' | 'hasAlpha' | 'colour'> {
  const pixelFormat = stream?.pix_fmt ?? '';
  const { color_space: matrix, color_range: range } = stream ?? {};
  const tagged = Object.entries(stream?.tags ?? {}).some(([name, value]) => name.toLowerCase() === 'alpha_mode' && String(value) === '1');
  return {
    pixelFormat,
    hasAlpha: tagged || /^(yuva|rgba|bgra|argb|abgr|gbrap|ya\d|pal8)/.test(pixelFormat),
    colour: { matrix: matrix === undefined || matrix === 'unknown' ? null : matrix, range: range === 'tv' || range === 'pc' ? range : null },
  };
}

async function ask(binaries: FfmpegBinaries, file: string, container: Container, countPackets: boolean, signal?: AbortSignal): Promise<FfprobeOutput> {
  let text: string;
  try {
    text = (await run(binaries.ffprobe, probeArguments(file, container, countPackets), { purpose: `read ${file.replace(/^.*[/\\]/, '')}`, timeoutMs: countPackets ? 120_000 : 30_000, maxBytes: 2 ** 20 * 4, memoryBytes: LOOKING_BYTES, signal })).toString('utf8');
  } catch (error) {
    if (!StudioError.is(error, 'FFMPEG_FAILED')) throw error;
    const lines = error.details['stderr'];
    const truncated = Array.isArray(lines) && lines.some((line) => /moov atom not found|End of file|EBML header parsing failed|partial file/i.test(String(line)));
    if (truncated) throw unreadable(file, 'is cut off: its index is missing', 'It was not recorded, copied or downloaded completely: fetch it again.', error);
    throw unreadable(file, 'is damaged or not what its first bytes say', 'Play it in another program; if it plays there, convert it to MP4 (H.264) and import that.', error);
  }
  const parsed = FfprobeOutput.safeParse(JSON.parse(text));
  if (!parsed.success) throw unreadable(file, 'has a description that makes no sense', 'Convert it to MP4 (H.264) first.', parsed.error);
  return parsed.data;
}

/** Tags of the whole file, as ffprobe reads them. Text from outside: to be treated as text. */
export async function readFormatTags(binaries: FfmpegBinaries, file: string, signal?: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
  const { container } = await identify(file);
  return (await ask(binaries, file, container, false, signal)).format.tags ?? {};
}

/** Reads what `file` holds. MEDIA_UNREADABLE, naming the file and the mend, for anything that is not usable media. */
export async function probeMedia(binaries: FfmpegBinaries, file: string, signal?: AbortSignal): Promise<MediaInfo> {
  const { container, sizeBytes } = await identify(file);
  const still = CONTAINERS[container].kind === 'image';
  let output = await ask(binaries, file, container, false, signal);
  const isPicture = (stream: FfprobeStream) => stream.codec_type === 'video' && stream.disposition?.attached_pic !== 1;
  let video = output.streams.find(isPicture);
  const audio = output.streams.find((stream) => stream.codec_type === 'audio');
  const streams = output.streams
    .filter((stream) => stream.disposition?.attached_pic !== 1)
    .map((stream) => ({ index: stream.index, kind: stream.codec_type === 'video' || stream.codec_type === 'audio' ? stream.codec_type : 'other', codec: stream.codec_name }) as const);
  const base = { path: file, container, sizeBytes, streams, hasAudio: audio !== undefined, ...pixelsOf(video) } as const;

  if (video === undefined) {
    if (audio === undefined) throw unreadable(file, 'holds neither pictures nor sound', 'Choose another file.');
    const seconds = output.format.duration ?? audio.duration;
    return { ...base, kind: 'audio', mimeType: CONTAINERS[container].kind === 'audio' ? CONTAINERS[container].mimeType : 'audio/mp4', codec: audio.codec_name, width: null, height: null, rotation: 0, frameRate: null, frames: null, durationMs: seconds === undefined ? null : Math.round(seconds * 1000) };
  }
  const rotation = rotationOf(video);
  const { width, height } = shownSize(video, rotation);
  if (width < 1 || height < 1) throw unreadable(file, 'does not say how large its pictures are', 'Convert it to MP4 (H.264) first.');
  const mimeType = CONTAINERS[container].kind === 'audio' ? 'video/ogg' : CONTAINERS[container].mimeType;
  if (still) {
    checkLimits(file, width, height, 1);
    return { ...base, kind: 'image', mimeType, codec: video.codec_name, width, height, rotation, frameRate: null, frames: 1, durationMs: null };
  }
  const frameRate = parseRate(video.avg_frame_rate) ?? parseRate(video.r_frame_rate);
  if (frameRate === null) throw unreadable(file, 'does not say how many frames per second it has', 'Convert it to MP4 (H.264) first.');
  const seconds = video.duration ?? output.format.duration;
  const estimated = seconds === undefined ? undefined : Math.max(1, Math.round((seconds * frameRate.num) / frameRate.den));
  checkLimits(file, width, height, video.nb_frames ?? estimated ?? 1);
  let frames = video.nb_frames;
  if (frames === undefined) {
    output = await ask(binaries, file, container, true, signal);
    video = output.streams.find(isPicture);
    frames = video?.nb_read_packets ?? estimated;
  }
  if (frames === undefined || frames < 1) throw unreadable(file, 'holds no frames', 'It was not recorded or copied completely: fetch it again.');
  checkLimits(file, width, height, frames);
  const durationMs = Math.round(seconds === undefined ? (1000 * frames * frameRate.den) / frameRate.num : seconds * 1000);
  return { ...base, kind: 'video', mimeType, codec: video?.codec_name ?? 'unknown', width, height, rotation, frameRate, frames: Math.round(frames), durationMs };
}
