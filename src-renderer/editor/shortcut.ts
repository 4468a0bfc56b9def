/** A key combination as text: modifiers in the order Ctrl+Alt+Shift, then a key name, e.g. `Ctrl+Shift+Z`. Ctrl is Cmd on macOS. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const NAMES: Readonly<Record<string, string>> = { ' ': 'Space', ArrowLeft: 'Left', ArrowRight: 'Right', ArrowUp: 'Up', ArrowDown: 'Down' };

/** Keys whose character already says that Shift was held, so Shift is not written a second time. */
const SHIFTED = /^[?*+_~!@#$%^&()<>:"{}|]$/;

/** The combination's text, or null while only modifiers are held. */
export function shortcutOf(press: KeyPress): string | null {
  if (['Control', 'Shift', 'Alt', 'Meta'].includes(press.key)) return null;
  // Alt changes the character on some layouts; the code still names the letter.
  const letter = /^Key([A-Z])$/.exec(press.code)?.[1];
  const key = NAMES[press.key] ?? (press.key.length === 1 ? (press.altKey && letter ? letter : press.key.toUpperCase()) : press.key);
  const shift = press.shiftKey && !SHIFTED.test(key);
  return [press.ctrlKey || press.metaKey ? 'Ctrl' : '', press.altKey ? 'Alt' : '', shift ? 'Shift' : '', key].filter((part) => part !== '').join('+');
}

const SYMBOLS: Readonly<Record<string, string>> = { Left: '←', Right: '→', Up: '↑', Down: '↓', Delete: 'Del', Escape: 'Esc' };

/** Parts for key caps: `['Ctrl', 'Shift', 'Z']`, `['⌘', '⇧', 'Z']` on macOS. */
export function shortcutParts(shortcut: string, isMac: boolean): string[] {
  // A plus that nothing follows is the key itself.
  return shortcut.split(/\+(?=.)/).filter((part) => part !== '').map((part) => {
    if (isMac && part === 'Ctrl') return '⌘';
    if (isMac && part === 'Shift') return '⇧';
    if (isMac && part === 'Alt') return '⌥';
    return SYMBOLS[part] ?? part;
  });
}

/** Whether typing into `element` must not trigger shortcuts. */
export function isTextField(element: { tagName: string; isContentEditable?: boolean; type?: string } | null): boolean {
  if (element === null) return false;
  if (element.isContentEditable === true || element.tagName === 'TEXTAREA') return true;
  return element.tagName === 'INPUT' && !['checkbox', 'radio', 'button', 'range', 'submit'].includes(element.type ?? 'text');
}
