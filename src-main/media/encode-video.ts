import path from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { FrameRate } from '../../src-shared/timing/frame-rate.ts';
import { BIT_EXACT, COLOUR_TAGS, FFMPEG_GLOBAL, H264_COLOUR_TAGS, fileArgument, inputGuards, rateArgument } from './command-line.ts';
import type { FfmpegBinaries } from './find-ffmpeg.ts';
import { recipeArguments } from './recipe-metadata.ts';
import { start } from './run.ts';
import { writeWhole } from './write-whole.ts';

/** How small clips are enlarged: `neighbor` keeps hard pixels, `lanczos` smooths. */
export interface EncodeScale {
  readonly width: number;
  readonly height: number;
  readonly filter: 'neighbor' | 'lanczos';
}

/** A clip to be encoded. */
export interface EncodeVideoRequest {
  /** Where the MP4 goes. It appears whole or not at all; a file that is already there stays until then. */
  readonly path: string;
  /** Size of the given frames, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly frameRate: FrameRate;
  /** RGB24 bytes, row by row, frame after frame `[frames, height, width, 3]`; cut into pieces as it suits the giver. */
  readonly frames: AsyncIterable<Uint8Array> | Uint8Array;
  /** Output size where it is not the frames' own. H.264 with 4:2:0 needs even sides. */
  readonly scale?: EncodeScale;
  /** Constant rate factor of x264: lower is better and larger. 16 is visually lossless. */
  readonly crf?: number;
  /** Recipe as JSON, embedded for `readRecipe`. */
  readonly recipeJson?: string | null;
  readonly signal?: AbortSignal;
  /** Called with the number of frames handed to the encoder. */
  readonly onProgress?: (framesWritten: number) => void;
}

/** What was written. */
export interface EncodedVideo {
  readonly path: string;
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly sizeBytes: number;
}

/** Threads of the encoder: fixed, because its output depends on their number. */
const ENCODER_THREADS = 2;

/** About one key frame a second, so that scrubbing never decodes more than that. */
const keyFrameDistance = (rate: FrameRate) => Math.min(60, Math.max(8, Math.round(rate.num / rate.den)));

/**
 * Arguments that encode raw frames from standard input as H.264 yuv420p in an MP4 that can be played before it is loaded
 * whole. Colours are converted with and tagged as BT.709, limited range: what browsers assume.
 */
export function encodeVideoArguments(request: Pick<EncodeVideoRequest, 'width' | 'height' | 'frameRate' | 'scale' | 'crf' | 'recipeJson'>, output: string): string[] {
  const { width, height, scale, frameRate, crf = 16, recipeJson = null } = request;
  const target = scale ?? { width, height, filter: 'lanczos' };
  return [
    ...FFMPEG_GLOBAL,
    ...inputGuards('rawvideo'), '-pix_fmt', 'rgb24', '-video_size', `${width}x${height}`, '-framerate', rateArgument(frameRate), '-i', 'pipe:0',
    '-map', '0:v:0', '-an',
    '-vf', `scale=${target.width}:${target.height}:flags=${target.filter}+accurate_rnd+full_chroma_int+bitexact:out_color_matrix=bt709:out_range=tv,format=yuv420p,setsar=1`,
    '-c:v', 'libx264', '-preset', 'fast', '-crf', String(crf), '-g', String(keyFrameDistance(frameRate)), '-threads', String(ENCODER_THREADS), '-pix_fmt', 'yuv420p',
    ...COLOUR_TAGS, ...H264_COLOUR_TAGS,
    ...BIT_EXACT, '-map_metadata', '-1', '-movflags', 'use_metadata_tags+faststart', ...recipeArguments(recipeJson),
    '-f', 'mp4', '-y', fileArgument(output),
  ];
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Encodes frames as MP4; see `EncodeVideoRequest`. Equal frames and recipe give equal bytes with the same ffmpeg. */
export async function encodeVideo(binaries: FfmpegBinaries, request: EncodeVideoRequest): Promise<EncodedVideo> {
  const { width, height, scale, frameRate, frames, signal, onProgress } = request;
  const target = scale ?? { width, height };
  for (const [name, side] of Object.entries({ width, height, 'output width': target.width, 'output height': target.height })) {
    if (!Number.isInteger(side) || side < 1 || side > 16_384) throw new StudioError('INVALID_INPUT', `The clip's ${name} is ${side}: it must be a whole number from 1 to 16384.`);
  }
  if (target.width % 2 !== 0 || target.height % 2 !== 0) {
    throw new StudioError('INVALID_INPUT', `A clip of ${target.width}x${target.height} pixels cannot be encoded as H.264: choose even sides.`);
  }
  if (!Number.isInteger(frameRate.num) || !Number.isInteger(frameRate.den) || frameRate.num < 1 || frameRate.den < 1) {
    throw new StudioError('INVALID_INPUT', `The frame rate ${rateArgument(frameRate)} is not a positive fraction.`);
  }
  const frameBytes = width * height * 3;
  let written = 0;
  const counted = async function* () {
    for await (const bytes of frames instanceof Uint8Array ? oneChunk(frames) : frames) {
      yield bytes;
      written += bytes.length;
      onProgress?.(Math.floor(written / frameBytes));
    }
    if (written === 0 || written % frameBytes !== 0) {
      throw new StudioError('INVALID_INPUT', `The frames to encode have ${written} bytes: not a whole number of ${width}x${height} frames of ${frameBytes} bytes.`, { details: { written, frameBytes } });
    }
  };
  const sizeBytes = await writeWhole(request.path, async (temporary) => {
    const command = start(binaries.ffmpeg, encodeVideoArguments(request, temporary), { stdin: counted(), signal, purpose: `encode ${path.basename(request.path)}` });
    command.stdout.resume();
    await command.done;
  });
  return { path: request.path, frames: written / frameBytes, width: target.width, height: target.height, sizeBytes };
}
