import Divider from '@mui/material/Divider';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useCallback, useState, type MouseEvent } from 'react';
import type { Editor } from '../editor/editor.ts';
import { runAction } from '../editor/actions.ts';
import { studioActions } from '../editor/studio-actions.ts';
import { useEditor } from '../api/studio-context.tsx';
import { t } from '../i18n/text.ts';
import { ActionKeys } from './ActionKeys.tsx';

/** A line of a context menu: an action by its id, something of its own, or a hairline. */
export type MenuLine = { readonly action: string } | { readonly label: string; readonly run: (editor: Editor) => void; readonly disabled?: boolean; readonly danger?: boolean } | 'divider';

/** Where a menu stands and what it is for; null while there is none. */
export interface MenuState<Target> {
  readonly at: { readonly top: number; readonly left: number };
  readonly target: Target;
}

/** Keeps a context menu open at the pointer, or beside what has the focus when a key asked for it. */
export function useContextMenu<Target>(): { menu: MenuState<Target> | null; open: (event: MouseEvent, target: Target) => void; close: () => void } {
  const [menu, setMenu] = useState<MenuState<Target> | null>(null);
  const open = useCallback((event: MouseEvent, target: Target) => {
    event.preventDefault();
    event.stopPropagation();
    const box = event.currentTarget.getBoundingClientRect();
    // The menu key tells no place of its own in every browser.
    const isKey = event.clientX === 0 && event.clientY === 0;
    setMenu({ at: isKey ? { top: box.bottom, left: box.left } : { top: event.clientY, left: event.clientX }, target });
  }, []);
  const close = useCallback(() => setMenu(null), []);
  return { menu, open, close };
}

/** A context menu. Actions are disabled while they cannot be done, and show their keys. */
export function ContextMenu({ at, lines, label, onClose }: { at: { readonly top: number; readonly left: number }; lines: readonly MenuLine[]; label: string; onClose: () => void }) {
  const editor = useEditor();
  const choose = (run: () => void) => () => {
    onClose();
    run();
  };
  return (
    <Menu open onClose={onClose} anchorReference="anchorPosition" anchorPosition={at} onContextMenu={(event) => { event.preventDefault(); onClose(); }} slotProps={{ list: { 'aria-label': label } }}>
      {lines.map((line, index) => {
        // Lines have no names of their own and never change places.
        if (line === 'divider') return <Divider key={index} />;
        if ('action' in line) {
          const action = studioActions.get(line.action);
          return <MenuItem key={line.action} disabled={!action.isEnabled(editor)} onClick={choose(() => runAction(editor, action))} sx={{ justifyContent: 'space-between', gap: 6 }}>{t(action.label)}<ActionKeys id={line.action} /></MenuItem>;
        }
        return <MenuItem key={line.label} disabled={line.disabled === true} onClick={choose(() => line.run(editor))} sx={line.danger === true ? { color: 'error.main' } : {}}>{line.label}</MenuItem>;
      })}
    </Menu>
  );
}
