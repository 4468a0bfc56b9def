import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useRef } from 'react';
import { useStore } from 'zustand';
import { exportKeymap, importKeymap, type KeyMatching } from '../../editor/keymap.ts';
import { PRESET_IDS, type PresetId } from '../../editor/keymap-presets.ts';
import { notifyError } from '../../editor/notices.ts';
import { saveText } from '../../editor/save-text.ts';
import { studioActions } from '../../editor/studio-actions.ts';
import { studioKeymap } from '../../editor/studio-keymap.ts';
import { t } from '../../i18n/text.ts';

/** Presets, how keys are read, and the way of the keys in and out. */
export function KeymapTools() {
  const choice = useStore(studioKeymap, (state) => state.choice);
  const file = useRef<HTMLInputElement>(null);
  const save = () => saveText(exportKeymap(choice), { name: 'motif-keys.json', type: 'application/json' });
  const load = async (chosen: File) => {
    try {
      studioKeymap.choose(importKeymap(studioActions.actions, await chosen.text()));
    } catch (caught) {
      notifyError(caught);
    }
  };
  return (
    <Box sx={{ display: 'flex', alignItems: 'flex-end', gap: 2, px: 4, pb: 3, flexWrap: 'wrap', borderBottom: 1, borderColor: 'studio.line' }}>
      <TextField select label={t('keymap.preset')} value={choice.preset} onChange={(event) => studioKeymap.choose({ ...choice, preset: event.target.value as PresetId, overrides: {} })} sx={{ width: 190 }}>
        {PRESET_IDS.map((id) => <MenuItem key={id} value={id}>{t(`keymap.preset.${id}`)}</MenuItem>)}
      </TextField>
      <TextField select label={t('keymap.matching')} value={choice.matching} onChange={(event) => studioKeymap.choose({ ...choice, matching: event.target.value as KeyMatching })} sx={{ width: 210 }}>
        {(['character', 'position'] as const).map((id) => <MenuItem key={id} value={id}>{t(`keymap.matching.${id}`)}</MenuItem>)}
      </TextField>
      <Box sx={{ ml: 'auto', display: 'flex', gap: 1 }}>
        <Button color="inherit" onClick={() => file.current?.click()}>{t('keymap.import')}</Button>
        <Button color="inherit" onClick={save}>{t('keymap.export')}</Button>
        <Button color="inherit" disabled={Object.keys(choice.overrides).length === 0} onClick={() => studioKeymap.choose({ ...choice, overrides: {} })}>{t('keymap.resetAll')}</Button>
      </Box>
      <input
        ref={file} type="file" accept="application/json,.json" hidden aria-label={t('keymap.import')}
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          event.target.value = '';
          if (chosen) void load(chosen);
        }}
      />
    </Box>
  );
}
