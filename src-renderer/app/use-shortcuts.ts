import { useEffect } from 'react';
import { runAction } from '../editor/actions.ts';
import type { Editor } from '../editor/editor.ts';
import { isTextField, shortcutOf } from '../editor/shortcut.ts';
import { studioKeymap } from '../editor/studio-keymap.ts';

/** Keys that a focused button, tab or slider uses itself. */
const WIDGET_KEYS = new Set(['Space', 'Left', 'Right', 'Up', 'Down', 'Home', 'End']);

function widgetUses(target: HTMLElement, shortcut: string): boolean {
  if (!WIDGET_KEYS.has(shortcut)) return false;
  const role = target.getAttribute('role') ?? target.tagName.toLowerCase();
  if (shortcut === 'Space') return ['menuitem', 'option', 'switch', 'checkbox', 'radio', 'combobox'].includes(role) || (target.tagName === 'INPUT' && !isTextField(target));
  return ['tab', 'menuitem', 'slider', 'separator', 'radio', 'option', 'combobox'].includes(role) || target.tagName === 'INPUT';
}

/** Runs the action of every key combination pressed in the window. */
export function useShortcuts(editor: Editor): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const target = event.target instanceof HTMLElement ? event.target : document.body;
      const { choice, keymap } = studioKeymap.getState();
      const shortcut = shortcutOf(event, choice.matching);
      if (shortcut === null) return;
      const inText = isTextField(target as HTMLInputElement);
      if (inText && shortcut === 'Escape') {
        // Leaving the field keeps its text: it is already an edit.
        target.blur();
        event.preventDefault();
        return;
      }
      // Dialogs and menus keep their keys to themselves.
      if (target.closest('[role="dialog"], [role="menu"], [role="listbox"]')) return;
      const action = keymap.find(shortcut, target.closest('[data-take]') === null ? undefined : 'take');
      if (!action || (inText && action.worksInText !== true) || widgetUses(target, shortcut)) return;
      if (shortcut === 'Space' && target.tagName === 'BUTTON') target.blur();
      event.preventDefault();
      runAction(editor, action);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [editor]);
}
