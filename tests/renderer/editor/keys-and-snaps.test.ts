import { describe, expect, it } from 'vitest';
import { createActionRegistry, type Action } from '../../../src-renderer/editor/actions.ts';
import { isTextField, shortcutOf, shortcutParts, type KeyPress } from '../../../src-renderer/editor/shortcut.ts';
import { snapEdges, snapPoints } from '../../../src-renderer/editor/snapping.ts';
import { studioActions } from '../../../src-renderer/editor/studio-actions.ts';
import { addEvent } from '../../../src-renderer/editor/timeline-edits.ts';
import { nextShuttle, playRange, travelFrames } from '../../../src-renderer/editor/transport.ts';
import { exportFileName } from '../../../src-renderer/features/export/export-name.ts';
import { rulerStep } from '../../../src-renderer/features/timeline/ruler-step.ts';
import { parsePreview, rgbToRgba } from '../../../src-renderer/api/preview-frames.ts';
import { formatBytes, formatDuration } from '../../../src-renderer/i18n/formats.ts';
import { DEFAULT_SEQUENCE } from '../../../src-shared/timeline/document.ts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({ key, code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

describe('shortcuts', () => {
  it.each([
    [press('z', { ctrlKey: true }), 'Ctrl+Z'], [press('Z', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+Z'], [press('z', { metaKey: true }), 'Ctrl+Z'],
    [press(' '), 'Space'], [press('ArrowLeft', { shiftKey: true }), 'Shift+Left'], [press('?', { shiftKey: true }), '?'], [press('*', { shiftKey: true }), '*'],
    [press('≈', { code: 'KeyX', altKey: true }), 'Alt+X'], [press('Enter', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+Enter'], [press('Shift', { shiftKey: true }), null],
  ])('writes %o as %s', (key, text) => expect(shortcutOf(key)).toBe(text));

  it('shows key caps in the words of the machine', () => {
    expect(shortcutParts('Ctrl+Shift+Z', false)).toEqual(['Ctrl', 'Shift', 'Z']);
    expect(shortcutParts('Ctrl+Left', true)).toEqual(['⌘', '←']);
  });

  it('knows where typing goes', () => {
    expect([{ tagName: 'TEXTAREA' }, { tagName: 'INPUT', type: 'text' }, { tagName: 'INPUT', type: 'range' }, { tagName: 'BUTTON' }].map(isTextField)).toEqual([true, true, false, false]);
  });

  it('has the keys that creators expect', () => {
    const expected = { Space: 'playPause', J: 'shuttleBack', K: 'shuttleStop', L: 'shuttleForward', E: 'addEvent', Q: 'queue', S: 'snap', 'Ctrl+Enter': 'generate', 'Ctrl+Shift+Enter': 'generateNext', 'Shift+X': 'cancelJob', 'Ctrl+Z': 'undo', 'Ctrl+Shift+Z': 'redo', 'Ctrl+Y': 'redo', 'Ctrl+E': 'export', '?': 'shortcuts', '*': 'starTake', '`': 'fullScreen', 'Ctrl+0': 'zoomFit' };
    expect(Object.fromEntries(Object.keys(expected).map((keys) => [keys, studioActions.find(keys)?.id]))).toEqual(expected);
  });

  it('refuses two actions on one key', () => {
    const action = (id: string): Action => ({ id, label: 'action.undo', group: 'view', shortcuts: ['X'], isEnabled: () => true, run: () => undefined });
    expect(() => createActionRegistry([action('one'), action('two')])).toThrow('X is on both one and two');
  });
});

describe('snapping', () => {
  const draft = { prompt: '', negativePrompt: '', seed: 0, seedLocked: false, preset: 'draft' as const };
  const id = 'promptEvent:00000000-0000-4000-8000-000000000001';
  const records = addEvent({ 'sequence:main': DEFAULT_SEQUENCE }, { id, frame: 10, durationFrames: 20, draft });

  it('offers the start, the playhead, marks and other edges', () => {
    expect(snapPoints({ ...records, 'sequence:main': { ...DEFAULT_SEQUENCE, inFrame: 7 } }, { exclude: new Set(), playhead: 5 })).toEqual([0, 5, 7, 10, 30]);
    expect(snapPoints(records, { exclude: new Set([id]), playhead: 5 })).toEqual([0, 5]);
  });
  it('takes the nearest point within reach of any edge', () => {
    expect(snapEdges([8.6, 17], [10, 20], 1.5)).toEqual({ offset: expect.closeTo(1.4), line: 10 });
    expect(snapEdges([8.6, 19.5], [10, 20], 1.5)).toEqual({ offset: 0.5, line: 20 });
    expect(snapEdges([5], [10], 1.5)).toEqual({ offset: 0, line: null });
  });
});

describe('playback', () => {
  const range = { start: 4, end: 12 };
  it('loops both ways, or stops at the ends', () => {
    expect(travelFrames(11, 2.5, range, true)).toEqual({ frame: 5.5, stop: false });
    expect(travelFrames(4, -1, range, true)).toEqual({ frame: 11, stop: false });
    expect(travelFrames(11, 2, range, false)).toEqual({ frame: 11, stop: true });
    expect(travelFrames(5, -3, range, false)).toEqual({ frame: 4, stop: true });
  });
  it('plays the marked range, its out frame included', () => {
    const timeline = { kind: 'timeline' } as const;
    expect(playRange({ markIn: 2, markOut: 5, viewerSource: timeline }, 20)).toEqual({ start: 2, end: 6 });
    expect(playRange({ markIn: null, markOut: null, viewerSource: timeline }, 20)).toEqual({ start: 0, end: 20 });
    expect(playRange({ markIn: 2, markOut: 5, viewerSource: { kind: 'asset', assetId: 'a' } }, 20)).toEqual({ start: 0, end: 20 });
  });
  it('shuttles faster on each press and turns round at once', () => {
    expect([0, 1, 2, 4, 8].map((speed) => nextShuttle(speed, 1))).toEqual([1, 2, 4, 8, 8]);
    expect(nextShuttle(4, -1)).toBe(-1);
  });
});

describe('what is drawn', () => {
  it('labels the ruler at round times, never too close', () => {
    for (const pixels of [0.5, 1, 3, 12, 40, 80]) {
      const { major, minor } = rulerStep(pixels, { num: 8, den: 1 });
      expect(major * pixels).toBeGreaterThanOrEqual(64);
      expect(major % minor).toBe(0);
    }
    expect(rulerStep(12, { num: 8, den: 1 }).major).toBe(8);
  });
  it('writes sizes and durations in words', () => {
    expect([0, 999, 1500, 25_300_000_000].map(formatBytes)).toEqual(['0 B', '999 B', '1.5 KB', '25 GB']);
    expect([400, 59_000, 60_000, 80_000, 7_500_000].map(formatDuration)).toEqual(['0 s', '59 s', '1 min', '1 min 20 s', '2 h 5 min']);
  });
  it('names files safely', () => {
    expect(exportFileName('A red fish: swims / right!', 7)).toBe('a-red-fish-swims-right-7.mp4');
    expect(exportFileName('../../etc/passwd', null)).toBe('etc-passwd.mp4');
    expect(exportFileName('魚', null)).toBe('clip.mp4');
  });
  it('reads previews whose size fits their headers, and no others', async () => {
    const answer = (bytes: number[], frames: string) => ({ ok: true, headers: new Headers({ 'x-frames': frames, 'x-width': '2', 'x-height': '1' }), arrayBuffer: () => Promise.resolve(new Uint8Array(bytes).buffer) });
    const preview = await parsePreview(answer([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], '2'));
    expect(preview && [...rgbToRgba(preview, 1)]).toEqual([7, 8, 9, 255, 10, 11, 12, 255]);
    expect(await parsePreview(answer([1, 2, 3], '2'))).toBeNull();
    expect(await parsePreview(answer([1, 2, 3], '-1'))).toBeNull();
  });
});
