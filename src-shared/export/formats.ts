import { z } from 'zod';

/** What an export can be. */
export const ExportFormat = z.enum(['mp4-h264', 'mp4-hevc', 'mp4-av1', 'webm-vp9', 'prores-422hq', 'prores-4444', 'gif', 'png-sequence', 'wav', 'flac', 'mp3', 'aac', 'fcpxml', 'otio']);
export type ExportFormat = z.infer<typeof ExportFormat>;

/** What a format is, apart from its settings. */
export interface FormatFacts {
  /** With pictures, sound alone, or a description of the edit for other programs. */
  readonly kind: 'video' | 'audio' | 'interchange';
  /** Ending of the file; none for a folder of pictures. */
  readonly extension: string;
  readonly hasAudio: boolean;
  /** Whether transparent pixels can be kept. */
  readonly hasAlpha: boolean;
  /** Names of ffmpeg's encoders, the preferred one first; one of each list is needed. */
  readonly videoEncoders: readonly string[];
  readonly audioEncoders: readonly string[];
  /** Whether a recipe can travel inside; beside the file otherwise. */
  readonly carriesRecipe: boolean;
}

const video = (extension: string, videoEncoders: readonly string[], audioEncoders: readonly string[], hasAlpha = false): FormatFacts => ({ kind: 'video', extension, hasAudio: audioEncoders.length > 0, hasAlpha, videoEncoders, audioEncoders, carriesRecipe: true });
const audio = (extension: string, audioEncoders: readonly string[]): FormatFacts => ({ kind: 'audio', extension, hasAudio: true, hasAlpha: false, videoEncoders: [], audioEncoders, carriesRecipe: true });
const interchange = (extension: string): FormatFacts => ({ kind: 'interchange', extension, hasAudio: false, hasAlpha: false, videoEncoders: [], audioEncoders: [], carriesRecipe: false });

/** Every format, in the order in which it is offered. */
export const FORMATS: Readonly<Record<ExportFormat, FormatFacts>> = {
  'mp4-h264': video('mp4', ['libx264'], ['aac']),
  'mp4-hevc': video('mp4', ['libx265'], ['aac']),
  'mp4-av1': video('mp4', ['libsvtav1', 'libaom-av1'], ['aac']),
  'webm-vp9': video('webm', ['libvpx-vp9'], ['libopus', 'libvorbis'], true),
  'prores-422hq': video('mov', ['prores_ks'], ['pcm_s24le']),
  'prores-4444': video('mov', ['prores_ks'], ['pcm_s24le'], true),
  gif: video('gif', ['gif'], []),
  'png-sequence': video('', ['png'], [], true),
  wav: audio('wav', ['pcm_s24le']),
  flac: audio('flac', ['flac']),
  mp3: audio('mp3', ['libmp3lame']),
  aac: audio('m4a', ['aac']),
  fcpxml: interchange('fcpxml'),
  otio: interchange('otio'),
};

/** Formats that an ffmpeg with these encoders can write. */
export const formatsWith = (encoders: ReadonlySet<string>): ExportFormat[] =>
  ExportFormat.options.filter((format) => {
    const { videoEncoders, audioEncoders } = FORMATS[format];
    return [videoEncoders, audioEncoders].every((names) => names.length === 0 || names.some((name) => encoders.has(name)));
  });
