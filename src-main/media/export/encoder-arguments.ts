import path from 'node:path';
import { FORMATS } from '../../../src-shared/export/formats.ts';
import type { ExportSettings } from '../../../src-shared/export/settings.ts';
import type { FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { BIT_EXACT, COLOUR_TAGS, FFMPEG_GLOBAL, fileArgument, inputGuards, rateArgument } from '../command-line.ts';
import { recipeArguments } from '../recipe-metadata.ts';
import { mixInput } from './audio-mix.ts';
import type { Capabilities } from './capabilities.ts';
import type { PictureGraph } from './picture-graph.ts';
import type { WorkingFormat } from './working-format.ts';

/** What is encoded. */
export interface EncoderInput {
  readonly settings: Pick<ExportSettings, 'format' | 'quality' | 'alpha' | 'loop'>;
  readonly width: number;
  readonly height: number;
  readonly frameRate: FrameRate;
  readonly working: WorkingFormat;
  /** The mix as FLAC; null without sound. */
  readonly sound: string | null;
  /** The recipe as it travels inside; null for none. */
  readonly recipeJson: string | null;
  readonly capabilities: Pick<Capabilities, 'encoders' | 'filters'>;
}

type Quality = ExportSettings['quality'];
/** Constant quality of each encoder; about the same to the eye in a column. */
const CRF: Readonly<Record<string, Readonly<Record<Quality, number>>>> = {
  libx264: { high: 16, medium: 21, small: 26 },
  libx265: { high: 18, medium: 23, small: 28 },
  libsvtav1: { high: 22, medium: 30, small: 40 },
  'libaom-av1': { high: 20, medium: 28, small: 38 },
  'libvpx-vp9': { high: 18, medium: 28, small: 36 },
};
const AUDIO_KBPS: Readonly<Record<Quality, number>> = { high: 256, medium: 192, small: 128 };

/** What `COLOUR_TAGS` says on each frame, where ProRes and newer encoders look for it. */
const FRAME_TAGS = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709';

/** The first encoder of a list that is there; CODEC_UNSUPPORTED names the list. */
export function chooseEncoder(names: readonly string[], { encoders }: Pick<Capabilities, 'encoders'>): string {
  const found = names.find((name) => encoders.has(name));
  if (found === undefined) throw new StudioError('CODEC_UNSUPPORTED', `The ffmpeg in use has no encoder for this format (${names.join(' or ')}). Choose another format, or another ffmpeg in the settings.`, { details: { encoders: names } });
  return found;
}

/** About one key frame a second: scrubbing decodes no more than that. */
const keyFrames = (rate: FrameRate): string[] => ['-g', String(Math.min(60, Math.max(8, Math.round(rate.num / rate.den))))];

function videoArguments({ settings, width, height, frameRate, working, capabilities }: EncoderInput): string[] {
  const { format, quality, alpha } = settings;
  const names = FORMATS[format].videoEncoders;
  // SVT-AV1 takes no picture below 64 pixels.
  const encoder = chooseEncoder(width < 64 || height < 64 ? names.toReversed() : names, capabilities);
  const crf = ['-crf', String(CRF[encoder]?.[quality] ?? 20)];
  const common = ['-c:v', encoder, ...COLOUR_TAGS];
  switch (format) {
    case 'mp4-h264':
      return [...common, '-preset', 'fast', ...crf, ...keyFrames(frameRate), '-pix_fmt', 'yuv420p'];
    case 'mp4-hevc':
      // `hvc1` is the name by which Apple's players know it.
      return [...common, '-preset', 'fast', ...crf, ...keyFrames(frameRate), '-pix_fmt', 'yuv420p', '-tag:v', 'hvc1', '-x265-params', 'log-level=error'];
    case 'mp4-av1':
      return [...common, ...(encoder === 'libsvtav1' ? ['-preset', '8'] : ['-cpu-used', '6', '-row-mt', '1', '-b:v', '0', '-strict', 'experimental']), ...crf, ...keyFrames(frameRate), '-pix_fmt', 'yuv420p'];
    case 'webm-vp9':
      return [...common, ...crf, '-b:v', '0', '-row-mt', '1', '-deadline', 'good', '-cpu-used', '4', ...keyFrames(frameRate), '-pix_fmt', alpha ? 'yuva420p' : 'yuv420p', ...(alpha ? ['-auto-alt-ref', '0'] : [])];
    case 'prores-422hq':
      return [...common, '-profile:v', '3', '-vendor', 'apl0', '-pix_fmt', 'yuv422p10le'];
    case 'prores-4444':
      return [...common, '-profile:v', '4', '-vendor', 'apl0', '-pix_fmt', alpha ? 'yuva444p10le' : 'yuv444p10le', ...(alpha ? ['-alpha_bits', '16'] : [])];
    case 'png-sequence':
      return ['-c:v', encoder, '-pix_fmt', working.hasAlpha ? 'rgba' : 'rgb24'];
    default:
      throw new StudioError('INVALID_INPUT', `${format} has no pictures.`, { details: { format } });
  }
}

/** Arguments of the sound's encoder. */
export function soundArguments({ format, quality }: Pick<ExportSettings, 'format' | 'quality'>, capabilities: Pick<Capabilities, 'encoders'>): string[] {
  const encoder = chooseEncoder(FORMATS[format].audioEncoders, capabilities);
  if (encoder.startsWith('pcm_')) return ['-c:a', encoder];
  if (encoder === 'flac') return ['-c:a', encoder, '-sample_fmt', 's32', '-bits_per_raw_sample', '24'];
  return ['-c:a', encoder, '-b:a', `${AUDIO_KBPS[quality]}k`];
}

const MUXERS: Readonly<Record<string, string>> = { mp4: 'mp4', webm: 'webm', mov: 'mov', wav: 'wav', flac: 'flac', mp3: 'mp3', m4a: 'ipod' };

/** Options of a container: its recipe, an index in front, all tags kept. */
function containerArguments(extension: string, recipeJson: string | null): string[] {
  const isIso = extension === 'mp4' || extension === 'mov' || extension === 'm4a';
  return [
    ...BIT_EXACT, '-map_metadata', '-1', ...(isIso ? ['-movflags', 'use_metadata_tags+faststart+write_colr'] : extension === 'wav' ? ['-rf64', 'auto'] : []), ...recipeArguments(extension === 'wav' ? null : recipeJson),
    '-f', MUXERS[extension] ?? extension,
  ];
}

const rawInput = ({ width, height, frameRate, working }: Pick<EncoderInput, 'width' | 'height' | 'frameRate' | 'working'>): string[] => [
  ...inputGuards('rawvideo'), '-pix_fmt', working.canvas, '-video_size', `${width}x${height}`, '-framerate', rateArgument(frameRate), '-i', 'pipe:0',
];

/** What is written: a file, or the pictures of a folder. */
function outputArguments({ settings, recipeJson }: Pick<EncoderInput, 'settings' | 'recipeJson'>, output: string): string[] {
  const { extension } = FORMATS[settings.format];
  return extension === '' ? [...BIT_EXACT, '-f', 'image2', '-start_number', '1', '-y', fileArgument(path.join(output.replaceAll('%', '%%'), 'frame-%06d.png'))] : [...containerArguments(extension, recipeJson), '-y', fileArgument(output)];
}

/**
 * Arguments of one ffmpeg that composes and encodes, with the mix beside it; it tells its progress on standard output. Nothing passes
 * between processes, which is a fifth of the time of a fast encoder.
 */
export function composeAndEncodeArguments(graph: PictureGraph, input: EncoderInput, output: string): string[] {
  const { working, sound, frameRate, settings, capabilities } = input;
  const tags = working.isRgb ? 'null' : `${capabilities.filters.has('setparams') ? FRAME_TAGS : 'scale=in_color_matrix=bt709:in_range=tv:out_color_matrix=bt709:out_range=tv'},setsar=1`;
  return [
    ...FFMPEG_GLOBAL, '-progress', 'pipe:1', ...graph.inputs, ...(sound === null ? [] : mixInput(sound)),
    '-filter_complex', `${graph.filters};[out]${tags}[tagged]`, '-map', '[tagged]', ...(sound === null ? ['-an'] : ['-map', `${graph.inputCount}:a:0`]), '-r', rateArgument(frameRate),
    ...videoArguments(input), ...(sound === null ? [] : soundArguments(settings, capabilities)), ...outputArguments(input, output),
  ];
}

/** Arguments of the ffmpeg that encodes raw composed frames from standard input, with the mix beside them. `output` is a folder for pictures. */
export function encodeArguments(input: EncoderInput, output: string): string[] {
  const { settings, working, sound, capabilities } = input;
  const matrix = working.isRgb ? [] : ['-vf', `scale=in_color_matrix=bt709:in_range=tv:out_color_matrix=bt709:out_range=tv,setsar=1${capabilities.filters.has('setparams') ? `,${FRAME_TAGS}` : ''}`];
  return [
    ...FFMPEG_GLOBAL, ...rawInput(input), ...(sound === null ? [] : mixInput(sound)), '-map', '0:v:0', ...(sound === null ? ['-an'] : ['-map', '1:a:0']),
    ...matrix, ...videoArguments(input), ...(sound === null ? [] : soundArguments(settings, capabilities)),
    ...outputArguments(input, output),
  ];
}

/** Arguments of the ffmpeg that writes sound alone. */
export function encodeSoundArguments({ settings, sound, recipeJson, capabilities }: Pick<EncoderInput, 'settings' | 'recipeJson' | 'capabilities'> & { readonly sound: string }, output: string): string[] {
  const { extension } = FORMATS[settings.format];
  return [...FFMPEG_GLOBAL, ...mixInput(sound), '-map', '0:a:0', ...soundArguments(settings, capabilities), ...containerArguments(extension, recipeJson), '-y', fileArgument(output)];
}

/** First pass of a GIF: the frames without loss, and the palette that suits all of them. */
export const paletteArguments = (input: EncoderInput, frames: string, palette: string): string[] => [
  ...FFMPEG_GLOBAL, ...rawInput(input),
  '-filter_complex', '[0:v]scale=in_color_matrix=bt709:in_range=tv,format=bgr0,split[a][b];[b]palettegen=stats_mode=full[palette]',
  '-map', '[a]', '-c:v', 'ffv1', '-f', 'matroska', '-y', fileArgument(frames),
  '-map', '[palette]', '-frames:v', '1', '-f', 'image2', '-update', '1', '-y', fileArgument(palette),
];

/** Second pass of a GIF. `loop` 0 is for ever, -1 is once. */
export const gifArguments = ({ settings }: Pick<EncoderInput, 'settings'>, frames: string, palette: string, output: string): string[] => [
  ...FFMPEG_GLOBAL, ...inputGuards('matroska'), '-i', fileArgument(frames), ...inputGuards('png_pipe'), '-i', fileArgument(palette),
  '-filter_complex', '[0:v][1:v]paletteuse=dither=bayer:bayer_scale=3:diff_mode=rectangle[out]', '-map', '[out]', '-loop', settings.loop ? '0' : '-1', ...BIT_EXACT, '-f', 'gif', '-y', fileArgument(output),
];
