import Add from '@mui/icons-material/Add';
import RestartAlt from '@mui/icons-material/RestartAlt';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import { useRef, useState } from 'react';
import { useStore } from 'zustand';
import { IconAction } from '../../components/IconAction.tsx';
import { KeyCaps, keyWords } from '../../components/KeyCaps.tsx';
import type { Action } from '../../editor/actions.ts';
import { resetAction } from '../../editor/keymap.ts';
import { studioKeymap } from '../../editor/studio-keymap.ts';
import { t } from '../../i18n/text.ts';
import { KeyRecorder } from './KeyRecorder.tsx';

/** Heard and not seen: read out cap by cap, keys would be said twice. */
const SPOKEN = { position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)', whiteSpace: 'nowrap' } as const;

/** One action: its keys, each of which can be recorded anew, and one more. */
export function KeymapRow({ action }: { action: Action }) {
  const { choice, keymap } = useStore(studioKeymap);
  /** The key that is being recorded anew; empty for one more; null for none. */
  const [recording, setRecording] = useState<string | null>(null);
  const row = useRef<HTMLLIElement>(null);
  // The recorder goes, and the focus with it: it stays in the row, where Escape still closes the dialog and Tab goes on.
  const finish = () => {
    setRecording(null);
    row.current?.focus();
  };
  const keys = keymap.keysOf(action.id);
  const label = t(action.label);
  const isFixed = action.id === 'escape';
  const isChanged = Object.hasOwn(choice.overrides, action.id);
  return (
    <Box component="li" ref={row} tabIndex={-1} data-action={action.id} sx={{ outline: 'none', py: 0.75, borderBottom: 1, borderColor: 'studio.line', fontSize: 12.5 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, minHeight: 30 }}>
        <Box sx={{ flex: 1, minWidth: 0, fontWeight: isChanged ? 600 : 400 }}>{label}</Box>
        {keys.map((key) => (
          <ButtonBase key={key} disabled={isFixed} onClick={() => setRecording(key)} sx={{ px: 1, py: 0.75, borderRadius: 1, '&:hover': { bgcolor: 'studio.raised' } }}>
            <span style={SPOKEN}>{t('keymap.change', { action: label, keys: keyWords(key) })}</span>
            <span aria-hidden><KeyCaps shortcut={key} /></span>
          </ButtonBase>
        ))}
        {isFixed ? null : <IconAction label={t('keymap.add', { action: label })} icon={<Add />} onClick={() => setRecording('')} sx={{ p: 0.75 }} />}
        <Box sx={{ width: 26 }}>{isChanged && !isFixed ? <IconAction label={t('keymap.reset', { action: label })} icon={<RestartAlt />} onClick={() => studioKeymap.choose(resetAction(choice, action.id))} sx={{ p: 0.75 }} /> : null}</Box>
      </Box>
      {recording === null ? null : <KeyRecorder action={action} replaced={recording === '' ? null : recording} onDone={finish} />}
    </Box>
  );
}
