import type { TextKey } from '../i18n/text.ts';
import type { Editor } from './editor.ts';

/** What has to have the focus for an action's keys: anything in the window where it is left out, else one take. */
export type KeyScope = 'take';

/** Something a person can do. One object serves toolbar buttons, menus, shortcuts and the shortcut list. */
export interface Action {
  readonly id: string;
  readonly label: TextKey;
  readonly group: ActionGroup;
  /** Key combinations as `shortcutOf` writes them; the first one is shown. */
  readonly shortcuts: readonly string[];
  /** In its scope a key goes before the window's own. */
  readonly scope?: KeyScope;
  /** Combinations that also work while a text field has the focus. */
  readonly worksInText?: boolean;
  readonly isEnabled: (editor: Editor) => boolean;
  readonly run: (editor: Editor) => void;
}

export const ACTION_GROUPS = ['playback', 'generate', 'timeline', 'takes', 'view'] as const;
export type ActionGroup = (typeof ACTION_GROUPS)[number];

export interface ActionRegistry {
  readonly actions: readonly Action[];
  get(id: string): Action;
  /** The window's action of a key combination, or null. */
  find(shortcut: string): Action | null;
}

/** A key combination in a scope: within one, no combination stands for two actions. */
export const scopedKey = (scope: KeyScope | undefined, shortcut: string): string => `${scope ?? ''} ${shortcut}`;

/** Puts actions into one registry; two actions on one key or under one id are a mistake that is found at start-up. */
export function createActionRegistry(actions: readonly Action[]): ActionRegistry {
  const byId = new Map<string, Action>();
  const byShortcut = new Map<string, Action>();
  for (const action of actions) {
    if (byId.has(action.id)) throw new Error(`two actions are called ${action.id}`);
    byId.set(action.id, action);
    for (const shortcut of action.shortcuts) {
      const key = scopedKey(action.scope, shortcut);
      const other = byShortcut.get(key);
      if (other) throw new Error(`${shortcut} is on both ${other.id} and ${action.id}`);
      byShortcut.set(key, action);
    }
  }
  return {
    actions,
    get(id) {
      const action = byId.get(id);
      if (!action) throw new Error(`no action is called ${id}`);
      return action;
    },
    find: (shortcut) => byShortcut.get(scopedKey(undefined, shortcut)) ?? null,
  };
}

/** Runs an action if its conditions hold, on the document as it is on the screen. */
export function runAction(editor: Editor, action: Action): void {
  editor.drafts.commitAll();
  if (action.isEnabled(editor)) action.run(editor);
}
