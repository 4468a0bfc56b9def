import { z } from 'zod';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { BUILT_IN_PRESETS, ExportPreset } from '../../src-shared/export/settings.ts';
import type { SettingRepository } from '../store/setting-repository.ts';

/** A person's own export presets, kept with the studio and not with a project. */
export interface ExportPresets {
  list(): ExportPreset[];
  save(preset: ExportPreset): ExportPreset[];
  remove(name: string): ExportPreset[];
}

const KEY = 'exportPresets';

export function createExportPresets(settings: SettingRepository): ExportPresets {
  // Presets of a later version that cannot be read are left out, not an error.
  const list = (): ExportPreset[] => z.array(z.unknown()).catch([]).parse(settings.get(KEY) ?? []).flatMap((stored) => ExportPreset.safeParse(stored).data ?? []);
  const keep = (presets: ExportPreset[]): ExportPreset[] => {
    settings.set(KEY, presets);
    return presets;
  };
  return {
    list,
    save: (preset) => {
      if (BUILT_IN_PRESETS.some(({ name }) => name === preset.name)) throw new StudioError('CONFLICT', `"${preset.name}" is a built-in preset. Choose another name.`, { details: { name: preset.name } });
      return keep([...list().filter(({ name }) => name !== preset.name), preset]);
    },
    remove: (removed) => keep(list().filter(({ name }) => name !== removed)),
  };
}
