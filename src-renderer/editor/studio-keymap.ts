import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Action } from './actions.ts';
import { DEFAULT_CHOICE, exportKeymap, importKeymap, resolveKeymap, type Keymap, type KeymapChoice } from './keymap.ts';
import type { LayoutStorage } from './session-store.ts';
import { studioActions } from './studio-actions.ts';

/** The keys of the window: chosen once, for every project. */
export interface KeymapState {
  readonly choice: KeymapChoice;
  readonly keymap: Keymap;
}

export type KeymapStore = StoreApi<KeymapState> & {
  choose(choice: KeymapChoice): void;
  /** Takes the keys that `storage` has, and remembers there from now on. */
  rememberIn(storage: LayoutStorage): void;
};

const KEY = 'keymap';

function readChoice(actions: readonly Action[], storage: LayoutStorage | null): KeymapChoice {
  try {
    const text = storage?.getItem(KEY) ?? null;
    return text === null ? DEFAULT_CHOICE : importKeymap(actions, text);
  } catch {
    // Keys from another version that no longer fit: start from ours.
    return DEFAULT_CHOICE;
  }
}

/** Creates the store and remembers the choice in `storage`; null forgets it. */
export function createKeymapStore(actions: readonly Action[], first: LayoutStorage | null): KeymapStore {
  let storage = first;
  const stateOf = (choice: KeymapChoice): KeymapState => ({ choice, keymap: resolveKeymap(actions, choice) });
  const store = createStore<KeymapState>(() => stateOf(readChoice(actions, storage)));
  const choose = (choice: KeymapChoice) => {
    store.setState(stateOf(choice));
    try {
      storage?.setItem(KEY, exportKeymap(choice));
    } catch {
      // A full or forbidden storage costs the memory of it, nothing else.
    }
  };
  const rememberIn = (chosen: LayoutStorage) => {
    storage = chosen;
    store.setState(stateOf(readChoice(actions, storage)));
  };
  return { ...store, choose, rememberIn };
}

/** The one keymap of this window. */
export const studioKeymap: KeymapStore = createKeymapStore(studioActions.actions, null);
