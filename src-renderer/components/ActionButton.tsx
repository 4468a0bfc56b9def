import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { useEditor } from '../api/studio-context.tsx';
import { runAction } from '../editor/actions.ts';
import { studioActions } from '../editor/studio-actions.ts';
import { t } from '../i18n/text.ts';
import { useKeyOf } from './ActionKeys.tsx';
import { IconAction } from './IconAction.tsx';

/** A toolbar button for one action of the registry: same name, same shortcut, same conditions. */
export function ActionButton({ id, icon, pressed, label }: { id: string; icon: ReactNode; pressed?: boolean; label?: string }) {
  const editor = useEditor();
  const action = studioActions.get(id);
  const shortcut = useKeyOf(id);
  // Enabledness depends on both stores; reading it here re-renders on every change of its result only.
  useStore(editor.session, () => action.isEnabled(editor));
  useStore(editor.document, () => action.isEnabled(editor));
  return <IconAction label={label ?? t(action.label)} icon={icon} shortcut={shortcut} disabled={!action.isEnabled(editor)} onClick={() => runAction(editor, action)} {...(pressed === undefined ? {} : { pressed })} />;
}
