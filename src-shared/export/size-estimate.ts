import { FORMATS, type ExportFormat } from './formats.ts';
import type { ExportSettings } from './settings.ts';

/** Bits a pixel and frame, about, by quality; measured on filmed and generated clips, generous rather than short. */
const BITS: Readonly<Partial<Record<ExportFormat, Readonly<Record<ExportSettings['quality'], number>>>>> = {
  'mp4-h264': { high: 0.25, medium: 0.12, small: 0.06 },
  'mp4-hevc': { high: 0.16, medium: 0.08, small: 0.04 },
  'mp4-av1': { high: 0.14, medium: 0.07, small: 0.03 },
  'webm-vp9': { high: 0.18, medium: 0.09, small: 0.04 },
  'prores-422hq': { high: 3.6, medium: 3.6, small: 3.6 },
  'prores-4444': { high: 5.4, medium: 5.4, small: 5.4 },
  gif: { high: 4, medium: 4, small: 4 },
  'png-sequence': { high: 16, medium: 16, small: 16 },
};
const SOUND_KBPS: Readonly<Partial<Record<ExportFormat, number>>> = { wav: 2304, flac: 1400, 'prores-422hq': 2304, 'prores-4444': 2304 };
const OVERHEAD_BYTES = 64 * 1024;

/** About how large an export becomes, in bytes: enough to check the disk, not a promise. */
export function estimateSize(settings: Pick<ExportSettings, 'format' | 'quality' | 'alpha' | 'audio'>, picture: { readonly width: number; readonly height: number; readonly frames: number; readonly seconds: number; readonly hasSound: boolean }): number {
  const facts = FORMATS[settings.format];
  const { width, height, frames, seconds } = picture;
  const bits = (BITS[settings.format]?.[settings.quality] ?? 0) * width * height * frames * (facts.hasAlpha && settings.alpha ? 1.3 : 1);
  const sound = facts.hasAudio && settings.audio && picture.hasSound ? (SOUND_KBPS[settings.format] ?? { high: 256, medium: 192, small: 128 }[settings.quality]) * 1000 * seconds : 0;
  return Math.round((bits + sound) / 8) + OVERHEAD_BYTES;
}
