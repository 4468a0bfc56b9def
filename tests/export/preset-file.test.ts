import { describe, expect, it } from 'vitest';
import { readPresetFile, writePresetFile } from '../../src-shared/export/preset-file.ts';
import { BUILT_IN_PRESETS, ExportSettings, type ExportPreset } from '../../src-shared/export/settings.ts';

const mine: ExportPreset = { name: 'Phone', settings: ExportSettings.parse({ format: 'mp4-h264', height: 720, quality: 'small' }) };

describe('a file of export presets', () => {
  it('brings back what was saved', () => {
    expect(readPresetFile(writePresetFile([mine]))).toEqual({ presets: [mine], unread: 0 });
    expect(readPresetFile(writePresetFile([]))).toEqual({ presets: [], unread: 0 });
  });

  it('leaves out what a newer version wrote, and takes no built-in name', () => {
    const text = JSON.stringify({ kind: 'motif-export-presets', format: 1, presets: [mine, { name: 'Hologram', settings: { format: 'hologram' } }, { ...mine, name: BUILT_IN_PRESETS[0]!.name }] });
    expect(readPresetFile(text)).toEqual({ presets: [mine, { ...mine, name: `${BUILT_IN_PRESETS[0]!.name} (2)` }], unread: 1 });
  });

  it('says so when it is none', () => {
    for (const text of ['', 'null', '[]', '{"presets":[]}', '\u0000\u0001', JSON.stringify({ kind: 'motif-export-presets', format: 2, presets: [] })]) {
      expect(() => readPresetFile(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(/no export presets\. .+/) }));
    }
  });
});
