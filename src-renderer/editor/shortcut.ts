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

/** Characters of a US keyboard by the place of their key, plain and with Shift. */
const US_KEYS: Readonly<Record<string, readonly [string, string]>> = {
  Minus: ['-', '_'], Equal: ['=', '+'], BracketLeft: ['[', '{'], BracketRight: [']', '}'], Backslash: ['\\', '|'], Semicolon: [';', ':'],
  Quote: ["'", '"'], Backquote: ['`', '~'], Comma: [',', '<'], Period: ['.', '>'], Slash: ['/', '?'],
};
const SHIFTED_DIGITS = ')!@#$%^&*(';

/** The character that a US keyboard writes with this key, or null for keys without one. */
function usCharacter(press: KeyPress): string | null {
  const letter = /^Key([A-Z])$/.exec(press.code)?.[1];
  if (letter !== undefined) return letter;
  const digit = /^Digit(\d)$/.exec(press.code)?.[1];
  if (digit !== undefined) return press.shiftKey ? (SHIFTED_DIGITS[Number(digit)] ?? digit) : digit;
  return US_KEYS[press.code]?.[press.shiftKey ? 1 : 0] ?? null;
}

/** The last code point of the Latin letters with their accents. */
const LAST_LATIN = 0x24f;

function keyName(press: KeyPress, matching: 'character' | 'position'): string {
  const named = NAMES[press.key];
  if (named !== undefined) return named;
  if (press.key.length !== 1 && press.key !== 'Dead') return press.key;
  const placed = usCharacter(press);
  if (placed === null) return press.key.toUpperCase();
  // Alt writes other characters on some layouts, and some alphabets have no Latin letter to name: the place still does.
  const isUnnamed = press.key === 'Dead' || (press.altKey && /^(Key|Digit)/.test(press.code)) || (press.code.startsWith('Key') && press.key.charCodeAt(0) > LAST_LATIN);
  return matching === 'position' || isUnnamed ? placed : press.key.toUpperCase();
}

/** The combination's text, or null while only modifiers are held. `position` reads keys by their place on the keyboard. */
export function shortcutOf(press: KeyPress, matching: 'character' | 'position' = 'character'): string | null {
  if (['Control', 'Shift', 'Alt', 'Meta', 'AltGraph'].includes(press.key)) return null;
  const key = keyName(press, matching);
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
