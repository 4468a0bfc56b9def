import { useStore } from 'zustand';
import { studioKeymap } from '../editor/studio-keymap.ts';
import { KeyCaps } from './KeyCaps.tsx';

/** The first key of an action as it is bound now. */
export const useKeyOf = (actionId: string): string | undefined => useStore(studioKeymap, ({ keymap }) => keymap.keysOf(actionId)[0]);

/** A label followed by the key that an action has now. */
export function ActionKeys({ id, label }: { id: string; label?: string }) {
  const shortcut = useKeyOf(id);
  return <KeyCaps shortcut={shortcut} {...(label === undefined ? {} : { label })} />;
}
