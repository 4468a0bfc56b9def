import { z } from 'zod';
import { ExportFormat } from './formats.ts';

/** Which frames of the timeline. Ends are exclusive. */
export const ExportRange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  /** Between the in and the out mark; all where none is set. */
  z.object({ kind: z.literal('marked') }),
  z.object({ kind: z.literal('frames'), from: z.number().int().min(0), to: z.number().int().min(1) }),
]);
export type ExportRange = z.infer<typeof ExportRange>;

/** How a timeline is exported, apart from where to. What a preset keeps. */
export const ExportSettings = z.object({
  format: ExportFormat,
  range: ExportRange.default({ kind: 'all' }),
  /** Height of the picture in pixels, the width following the sequence's shape; null: the sequence's own. Rounded to even. */
  height: z.number().int().min(16).max(8192).nullable().default(null),
  /** Bits spent: `high` can hardly be told from the source. ProRes, PNG and lossless sound ignore it. */
  quality: z.enum(['high', 'medium', 'small']).default('high'),
  /** Keep transparency where the format can; black lies behind everything otherwise. */
  alpha: z.boolean().default(false),
  /** Into the picture, into a file of their own beside it, or not at all. */
  captions: z.enum(['burned', 'srt', 'vtt', 'none']).default('burned'),
  audio: z.boolean().default(true),
  /** GIF only: whether it begins again at its end. */
  loop: z.boolean().default(true),
  /** A single clip that nothing was done to is copied as it is instead of being encoded again. */
  copyUntouched: z.boolean().default(true),
  embedRecipe: z.enum(['all', 'withoutPrompts', 'none']).default('all'),
  /** Sign the file with the creator's own key (C2PA), where the format has a place for it. */
  sign: z.boolean().default(false),
});
export type ExportSettings = z.infer<typeof ExportSettings>;

/** Settings under a name. */
export const ExportPreset = z.object({ name: z.string().min(1).max(80), settings: ExportSettings });
export type ExportPreset = z.infer<typeof ExportPreset>;

const preset = (name: string, settings: z.input<typeof ExportSettings>): ExportPreset => ({ name, settings: ExportSettings.parse(settings) });

/** Presets by destination, which every studio has. */
export const BUILT_IN_PRESETS: readonly ExportPreset[] = [
  preset('Web MP4', { format: 'mp4-h264' }),
  preset('Small MP4', { format: 'mp4-hevc', quality: 'medium' }),
  preset('WebM with transparency', { format: 'webm-vp9', alpha: true }),
  preset('ProRes 422 HQ', { format: 'prores-422hq' }),
  preset('ProRes 4444 with transparency', { format: 'prores-4444', alpha: true }),
  preset('GIF', { format: 'gif', height: 360 }),
  preset('PNG sequence', { format: 'png-sequence', alpha: true }),
  preset('Sound only', { format: 'wav' }),
];
