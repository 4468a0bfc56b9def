import { array, assert, constant, constantFrom, nat, oneof, property, record, tuple, uniqueArray, type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDiff, diffRecords, isEmptyDiff } from '../../src-shared/timeline/diff.ts';
import { DEFAULT_SEQUENCE, type PromptEvent, type TimelineRecords, PROMPT_EVENT_DEFAULTS } from '../../src-shared/timeline/document.ts';
import { openProjectStore } from '../../src-main/store/project-store.ts';
import { newProject, opened } from './project-bench.ts';

const event = (number: number, prompt = 'a fish'): PromptEvent => ({
  id: `promptEvent:00000000-0000-0000-0000-${String(number).padStart(12, '0')}`, type: 'promptEvent', startFrame: number * 29, durationFrames: 29,
  prompt, negativePrompt: '', seed: 1, seedLocked: false, preset: 'draft', activeTakeId: null, ...PROMPT_EVENT_DEFAULTS,
});
const added = (...records: PromptEvent[]) => ({ added: records, updated: [], removed: [] });

type Action = { readonly kind: 'edit'; readonly events: readonly (readonly [number, string])[] } | { readonly kind: 'undo' } | { readonly kind: 'redo' } | { readonly kind: 'reopen' };
const actions: Arbitrary<Action[]> = array(
  oneof(
    { weight: 4, arbitrary: record({ kind: constant('edit' as const), events: uniqueArray(tuple(nat(5), constantFrom('fish', 'bird', 'kite')), { selector: ([number]) => number, maxLength: 5 }) }) },
    { weight: 3, arbitrary: constant({ kind: 'undo' as const }) },
    { weight: 2, arbitrary: constant({ kind: 'redo' as const }) },
    { weight: 1, arbitrary: constant({ kind: 'reopen' as const }) },
  ),
  { maxLength: 25 },
);

describe('timeline', () => {
  it('begins with one sequence and no history', () => {
    expect(newProject().timeline.get()).toEqual({ document: { revision: 0, records: { [DEFAULT_SEQUENCE.id]: DEFAULT_SEQUENCE } }, undoLabel: null, redoLabel: null });
  });

  it('any mix of edits, undo, redo and reopening shows what a list of states in memory shows', () => {
    assert(
      property(actions, (script) => {
        let store = newProject();
        const states: TimelineRecords[] = [store.timeline.get().document.records];
        let at = 0;
        for (const action of script) {
          if (action.kind === 'edit') {
            const { document } = store.timeline.get();
            const next: TimelineRecords = { [DEFAULT_SEQUENCE.id]: DEFAULT_SEQUENCE, ...Object.fromEntries(action.events.map(([number, prompt]) => [event(number).id, event(number, prompt)])) };
            const diff = diffRecords(document.records, next);
            store.timeline.apply(document.revision, 'edit', diff);
            if (!isEmptyDiff(diff)) {
              states.splice(at + 1, Infinity, applyDiff(states[at]!, diff));
              at += 1;
            }
          } else if (action.kind === 'reopen') {
            const { path } = store;
            store.close();
            store = openProjectStore(path);
          } else {
            const target = at + (action.kind === 'undo' ? -1 : 1);
            const possible = target >= 0 && target < states.length;
            if (possible) {
              store.timeline[action.kind]();
              at = target;
            } else expect(() => store.timeline[action.kind]()).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
          }
          const state = store.timeline.get();
          expect(state.document.records).toEqual(states[at]);
          expect([state.undoLabel !== null, state.redoLabel !== null]).toEqual([at > 0, at < states.length - 1]);
        }
        store.close();
      }),
      { numRuns: 25 },
    );
  });

  it('refuses an edit on an old revision or on records that are not as it believes, and changes nothing', () => {
    const store = newProject();
    const { document } = store.timeline.apply(0, 'add', added(event(1)));
    expect(document.revision).toBe(1);
    expect(() => store.timeline.apply(0, 'late', added(event(2)))).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(() => store.timeline.apply(1, 'again', added(event(2), event(1)))).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(() => store.timeline.apply(1, 'wrong', { added: [], removed: [event(1, 'other words')], updated: [] })).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(store.timeline.get().document).toEqual(document);
  });

  it('keeps labels for undo and redo over reopening', () => {
    const store = newProject();
    store.timeline.apply(0, 'add fish', added(event(1)));
    store.timeline.apply(1, 'add bird', added(event(2)));
    store.timeline.undo();
    const { path } = store;
    store.close();
    expect(opened(openProjectStore(path)).timeline.get()).toMatchObject({ undoLabel: 'add fish', redoLabel: 'add bird', document: { revision: 3 } });
  });
});
