import { z } from 'zod';
import { StudioError } from '../errors/studio-error.ts';
import { BUILT_IN_PRESETS, ExportPreset } from './settings.ts';

const PresetFile = z.object({ kind: z.literal('motif-export-presets'), format: z.literal(1), presets: z.array(z.unknown()).max(500) });

/** Export presets as a file that another studio reads. */
export const writePresetFile = (presets: readonly ExportPreset[]): string => `${JSON.stringify({ kind: 'motif-export-presets', format: 1, presets }, null, 2)}\n`;

/**
 * The presets of such a file. One that would take the name of a built-in preset is renamed; one that a later version wrote, and this one
 * cannot read, is counted in `unread`. INVALID_INPUT when the file holds no presets at all.
 */
export function readPresetFile(text: string): { readonly presets: readonly ExportPreset[]; readonly unread: number } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = null;
  }
  const file = PresetFile.safeParse(parsed);
  if (!file.success) throw new StudioError('INVALID_INPUT', 'This file holds no export presets. Choose one that was saved from the export dialog.');
  const read = file.data.presets.flatMap((preset) => ExportPreset.safeParse(preset).data ?? []);
  const isBuiltIn = (name: string): boolean => BUILT_IN_PRESETS.some((preset) => preset.name === name);
  const presets = read.map((preset) => (isBuiltIn(preset.name) ? { ...preset, name: `${preset.name.slice(0, 76)} (2)` } : preset));
  return { presets, unread: file.data.presets.length - read.length };
}
