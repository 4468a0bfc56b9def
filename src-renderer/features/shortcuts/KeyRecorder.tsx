import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState, type KeyboardEvent } from 'react';
import { useStore } from 'zustand';
import { KeyCaps } from '../../components/KeyCaps.tsx';
import type { Action } from '../../editor/actions.ts';
import { bindKey, conflictOf, unbindKey } from '../../editor/keymap.ts';
import { shortcutOf } from '../../editor/shortcut.ts';
import { studioActions } from '../../editor/studio-actions.ts';
import { studioKeymap } from '../../editor/studio-keymap.ts';
import { t } from '../../i18n/text.ts';

/** Waits for a combination; says who has it already and offers the swap. Escape leaves everything as it was. */
export function KeyRecorder({ action, replaced, onDone }: { action: Action; replaced: string | null; onDone: () => void }) {
  const choice = useStore(studioKeymap, (state) => state.choice);
  const [pressed, setPressed] = useState<string | null>(null);
  const { actions } = studioActions;
  const conflict = pressed === null ? null : conflictOf(actions, choice, action.id, pressed);

  const bind = (shortcut: string) => {
    studioKeymap.choose(bindKey(actions, choice, action.id, shortcut, replaced));
    onDone();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') {
      onDone();
      return;
    }
    const shortcut = shortcutOf(event.nativeEvent, choice.matching);
    if (shortcut === null) return;
    if (conflictOf(actions, choice, action.id, shortcut).kind === 'none') bind(shortcut);
    else setPressed(shortcut);
  };

  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, flexWrap: 'wrap', p: 2, mb: 1, borderRadius: 1.5, bgcolor: 'studio.well', border: 1, borderColor: conflict === null ? 'primary.main' : 'warning.main' }}>
      <Box
        component="div" role="textbox" aria-readonly tabIndex={0} aria-label={t('keymap.recordFor', { action: t(action.label) })} onKeyDown={onKeyDown}
        ref={(element: HTMLElement | null) => { if (element && pressed === null) element.focus(); }}
        sx={{ flex: 1, minWidth: 220, py: 0.5, outlineOffset: 3, color: pressed === null ? 'text.secondary' : 'text.primary' }}
      >
        {pressed === null ? t('keymap.press') : <KeyCaps shortcut={pressed} />}
      </Box>
      {conflict?.kind === 'reserved' ? <Box role="alert">{t('keymap.reserved')}</Box> : null}
      {conflict?.kind === 'action' ? (
        <>
          <Box role="alert">{t('keymap.conflict', { action: t(conflict.action.label) })}</Box>
          <Button variant="contained" onClick={() => { if (pressed !== null) bind(pressed); }}>{t(replaced === null ? 'keymap.take' : 'keymap.swap')}</Button>
        </>
      ) : null}
      {replaced !== null && pressed === null ? <Button color="inherit" onClick={() => { studioKeymap.choose(unbindKey(actions, choice, action.id, replaced)); onDone(); }}>{t('keymap.remove')}</Button> : null}
      <Button color="inherit" onClick={onDone}>{t('action.cancel')}</Button>
    </Box>
  );
}
