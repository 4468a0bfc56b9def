import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindKey, conflictOf, DEFAULT_CHOICE, exportKeymap, importKeymap, resetAction, resolveKeymap, unbindKey, type KeymapChoice } from '../../../src-renderer/editor/keymap.ts';
import { scopedKey } from '../../../src-renderer/editor/actions.ts';
import { KEYMAP_PRESETS, PRESET_IDS, type PresetId } from '../../../src-renderer/editor/keymap-presets.ts';
import { shortcutOf, type KeyPress } from '../../../src-renderer/editor/shortcut.ts';
import { studioActions } from '../../../src-renderer/editor/studio-actions.ts';
import { createKeymapStore } from '../../../src-renderer/editor/studio-keymap.ts';

const { actions } = studioActions;
const keysOf = (choice: KeymapChoice, id: string) => resolveKeymap(actions, choice).keysOf(id);
const held = (key: string, code: string, more: Partial<KeyPress> = {}): KeyPress => ({ key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

describe('keymap', () => {
  it('names known actions in every preset and gives no preset one key twice', () => {
    const known = new Set(actions.map(({ id }) => id));
    for (const preset of PRESET_IDS) {
      const bindings = KEYMAP_PRESETS[preset];
      expect(Object.keys(bindings).filter((id) => !known.has(id)), preset).toEqual([]);
      const keys = Object.values(bindings).flat();
      expect(new Set(keys).size, preset).toBe(keys.length);
    }
  });

  it('takes no action’s last key in any preset', () => {
    const keyless = PRESET_IDS.flatMap((preset) => actions.filter(({ id, shortcuts }) => shortcuts.length > 0 && keysOf({ ...DEFAULT_CHOICE, preset }, id).length === 0).map(({ id }) => `${preset}: ${id}`));
    expect(keyless).toEqual([]);
  });

  it('has the keys that people of other editors press', () => {
    const finds = (preset: PresetId, keys: Record<string, string>) => expect(Object.fromEntries(Object.keys(keys).map((key) => [key, resolveKeymap(actions, { ...DEFAULT_CHOICE, preset }).find(key)?.id])), preset).toEqual(keys);
    finds('premiere', { C: 'bladeTool', V: 'selectTool', B: 'rippleTool', N: 'rollTool', Y: 'slipTool', U: 'slideTool', Q: 'trimStart', W: 'trimEnd', 'Ctrl+K': 'split', 'Ctrl+M': 'export', '\\': 'zoomFit', 'Ctrl+Shift+X': 'clearMarks', 'Shift+Delete': 'rippleDelete', ',': 'insertClip', '.': 'overwriteClip', M: 'addMarker' });
    finds('resolve', { A: 'selectTool', B: 'bladeTool', T: 'rippleTool', N: 'snap', 'Ctrl+B': 'split', 'Ctrl+\\': 'split', Backspace: 'delete', 'Shift+Backspace': 'rippleDelete', F9: 'insertClip', F10: 'overwriteClip', 'Shift+Z': 'zoomFit', 'Ctrl+=': 'zoomIn', ',': 'nudgeLeft', 'Alt+X': 'clearMarks' });
    finds('capcut', { A: 'selectTool', B: 'bladeTool', 'Ctrl+B': 'split', Q: 'trimStart', W: 'trimEnd', N: 'snap', 'Shift+Z': 'zoomFit', 'Ctrl+E': 'export', 'Ctrl+-': 'zoomOut' });
    finds('losslesscut', { B: 'split', E: 'export', F: 'fullScreen', Z: 'zoomFit', '+': 'addEvent', ',': 'stepBack', Left: 'secondBack', 'Shift+Left': 'goToIn', 'Ctrl+Home': 'toStart', 'Ctrl+Up': 'zoomIn', Up: 'previousEdge', Backspace: 'delete', I: 'markIn', O: 'markOut' });
  });

  it('gives a key to the take that has the focus before the window', () => {
    const keymap = resolveKeymap(actions, DEFAULT_CHOICE);
    expect([keymap.find('Alt+1')?.id, keymap.find('Alt+1', 'take')?.id, keymap.find('Q', 'take')?.id]).toEqual(['focus-library', 'takeRecipe', 'queue']);
    expect(conflictOf(actions, DEFAULT_CHOICE, 'recallAll', 'Q')).toEqual({ kind: 'none' });
    expect(conflictOf(actions, DEFAULT_CHOICE, 'recallAll', 'Alt+3')).toMatchObject({ kind: 'action', action: { id: 'recallSeed' } });
  });

  it('lets a preset’s key win over a registered one', () => {
    const choice: KeymapChoice = { ...DEFAULT_CHOICE, preset: 'losslesscut' };
    const keymap = resolveKeymap(actions, choice);
    expect([keymap.find('E')?.id, keymap.find('Left')?.id, keymap.find(',')?.id, keymap.find('Shift+E')?.id]).toEqual(['export', 'secondBack', 'stepBack', 'addEvent']);
  });

  it('says who has a key', () => {
    expect(conflictOf(actions, DEFAULT_CHOICE, 'snap', 'Q')).toMatchObject({ kind: 'action', action: { id: 'queue' } });
    expect(conflictOf(actions, DEFAULT_CHOICE, 'queue', 'Q')).toEqual({ kind: 'none' });
    expect(conflictOf(actions, DEFAULT_CHOICE, 'queue', 'Tab')).toEqual({ kind: 'reserved' });
    expect(conflictOf(actions, DEFAULT_CHOICE, 'queue', 'Alt+Q')).toEqual({ kind: 'none' });
  });

  it('swaps the keys of two actions', () => {
    const swapped = bindKey(actions, DEFAULT_CHOICE, 'snap', 'Q', 'S');
    expect([keysOf(swapped, 'snap'), keysOf(swapped, 'queue')]).toEqual([['Q'], ['S']]);
  });

  it('takes a key over where there is nothing to swap, and keeps the other keys', () => {
    const taken = bindKey(actions, DEFAULT_CHOICE, 'snap', 'Ctrl+Y', null);
    expect([keysOf(taken, 'snap'), keysOf(taken, 'redo')]).toEqual([['S', 'Ctrl+Y'], ['Ctrl+Shift+Z']]);
  });

  it('removes a key and resets an action', () => {
    const removed = unbindKey(actions, DEFAULT_CHOICE, 'redo', 'Ctrl+Y');
    expect(keysOf(removed, 'redo')).toEqual(['Ctrl+Shift+Z']);
    expect(keysOf(resetAction(removed, 'redo'), 'redo')).toEqual(['Ctrl+Shift+Z', 'Ctrl+Y']);
  });

  it('never has one key on two actions, whatever is bound in whatever order', () => {
    const ids = fc.constantFrom(...actions.filter(({ id }) => id !== 'escape').map(({ id }) => id));
    const keys = fc.constantFrom('A', 'Q', 'S', 'E', 'Ctrl+E', 'Delete', 'Shift+Delete', 'Ctrl+Y', 'Space', '=');
    const edits = fc.array(fc.record({ id: ids, key: keys, replaces: fc.boolean(), preset: fc.constantFrom(...PRESET_IDS) }), { maxLength: 20 });
    fc.assert(fc.property(edits, (sequence) => {
      let choice: KeymapChoice = DEFAULT_CHOICE;
      for (const { id, key, replaces, preset } of sequence) {
        choice = bindKey(actions, { ...choice, preset }, id, key, replaces ? (keysOf({ ...choice, preset }, id)[0] ?? null) : null);
        expect(keysOf(choice, id)).toContain(key);
        const all = actions.flatMap((action) => keysOf(choice, action.id).map((bound) => scopedKey(action.scope, bound)));
        expect(new Set(all).size).toBe(all.length);
      }
      expect(importKeymap(actions, exportKeymap(choice))).toEqual(choice);
    }), { numRuns: 60 });
  });

  it('refuses files that are none, or that put one key on two actions', () => {
    const file = (keys: Record<string, string[]>) => JSON.stringify({ format: 'motif-keymap', version: 1, preset: 'default', matching: 'character', keys });
    expect(() => importKeymap(actions, 'no json')).toThrow('not a keyboard layout');
    expect(() => importKeymap(actions, '{"format":"other"}')).toThrow('not a keyboard layout');
    expect(() => importKeymap(actions, file({ snap: ['W'], queue: ['W'] }))).toThrow('W on both snap and queue');
    expect(() => importKeymap(actions, file({ snap: ['Tab'] }))).toThrow('Tab belongs to the window');
    expect(importKeymap(actions, file({ snap: ['W'], fromTheFuture: ['Y'] })).overrides).toEqual({ snap: ['W'] });
  });

  it('remembers the choice and survives a spoilt memory', () => {
    const kept = new Map<string, string>();
    const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
    createKeymapStore(actions, storage).choose(bindKey(actions, DEFAULT_CHOICE, 'snap', 'W', 'S'));
    expect(createKeymapStore(actions, storage).getState().keymap.find('W')?.id).toBe('snap');
    kept.set('keymap', '{');
    expect(createKeymapStore(actions, storage).getState().choice).toEqual(DEFAULT_CHOICE);
  });

  it('reads keys by character or by place', () => {
    const azerty = held('a', 'KeyQ');
    expect([shortcutOf(azerty), shortcutOf(azerty, 'position')]).toEqual(['A', 'Q']);
    expect(shortcutOf(held('й', 'KeyQ', { ctrlKey: true }))).toBe('Ctrl+Q');
    expect(shortcutOf(held('&', 'Digit1', { altKey: true }))).toBe('Alt+1');
    expect(shortcutOf(held('ü', 'BracketLeft'), 'position')).toBe('[');
  });
});
