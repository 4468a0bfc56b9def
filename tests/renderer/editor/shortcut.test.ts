import { describe, expect, it } from 'vitest';
import { createActionRegistry, type Action } from '../../../src-renderer/editor/actions.ts';
import { isTextField, shortcutOf, shortcutParts, type KeyPress } from '../../../src-renderer/editor/shortcut.ts';
import { studioActions } from '../../../src-renderer/editor/studio-actions.ts';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({ key, code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

describe('shortcuts', () => {
  it('names combinations', () => {
    expect(shortcutOf(press('z', { ctrlKey: true }))).toBe('Ctrl+Z');
    expect(shortcutOf(press('Z', { metaKey: true, shiftKey: true }))).toBe('Ctrl+Shift+Z');
    expect(shortcutOf(press(' '))).toBe('Space');
    expect(shortcutOf(press('ArrowLeft', { shiftKey: true }))).toBe('Shift+Left');
    expect(shortcutOf(press('Control', { ctrlKey: true }))).toBeNull();
  });

  it('does not write Shift where the character says it', () => {
    expect(shortcutOf(press('?', { shiftKey: true }))).toBe('?');
    expect(shortcutOf(press('*', { shiftKey: true }))).toBe('*');
  });

  it('reads the letter under Alt on layouts that change it', () => {
    expect(shortcutOf(press('≈', { altKey: true, code: 'KeyX' }))).toBe('Alt+X');
  });

  it('shows every combination as keys with something on them', () => {
    for (const action of studioActions.actions) {
      for (const shortcut of action.shortcuts) {
        for (const isMac of [true, false]) expect(shortcutParts(shortcut, isMac).every((part) => part !== '')).toBe(true);
      }
    }
    expect(shortcutParts('+', false)).toEqual(['+']);
    expect(shortcutParts('Ctrl+Shift+Z', true)).toEqual(['⌘', '⇧', 'Z']);
    expect(shortcutParts('Shift+Left', false)).toEqual(['Shift', '←']);
  });

  it('finds the product’s default keys', () => {
    const expected = { Space: 'playPause', J: 'shuttleBack', K: 'shuttleStop', L: 'shuttleForward', E: 'addEvent', 'Ctrl+Enter': 'generate', 'Ctrl+Shift+Enter': 'generateNext', 'Shift+X': 'cancelJob', Q: 'queue', 'Ctrl+Z': 'undo', 'Ctrl+Y': 'redo', 'Ctrl+E': 'export', '?': 'shortcuts', '*': 'starTake', S: 'snap', Escape: 'escape' };
    expect(Object.fromEntries(Object.keys(expected).map((keys) => [keys, studioActions.find(keys)?.id]))).toEqual(expected);
  });

  it('refuses two actions on one key', () => {
    const action = (id: string): Action => ({ id, label: 'action.undo', group: 'view', shortcuts: ['X'], isEnabled: () => true, run: () => undefined });
    expect(() => createActionRegistry([action('a'), action('b')])).toThrow('X is on both a and b');
  });

  it('knows where one types', () => {
    expect([{ tagName: 'TEXTAREA' }, { tagName: 'INPUT', type: 'text' }, { tagName: 'DIV', isContentEditable: true }].map(isTextField)).toEqual([true, true, true]);
    expect([{ tagName: 'INPUT', type: 'range' }, { tagName: 'BUTTON' }, null].map(isTextField)).toEqual([false, false, false]);
  });
});
