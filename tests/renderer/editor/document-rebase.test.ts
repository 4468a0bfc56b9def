import { describe, expect, it } from 'vitest';
import { createDocumentStore, type DocumentStoreOptions } from '../../../src-renderer/editor/document-store.ts';
import { addEvent, eventsInOrder, patchEvent, removeRecords } from '../../../src-renderer/editor/timeline-edits.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { applyDiff, invertDiff, type TimelineDiff } from '../../../src-shared/timeline/diff.ts';
import { DEFAULT_SEQUENCE, type TimelineRecords } from '../../../src-shared/timeline/document.ts';

type Timeline = DocumentStoreOptions['timeline'];
type Step = { readonly label: string; readonly diff: TimelineDiff };

/** A host's timeline with its real rules: revisions grow, an old base is a conflict, undo applies the inverse. */
function createHost() {
  let records: TimelineRecords = { 'sequence:main': DEFAULT_SEQUENCE };
  let revision = 1;
  const done: Step[] = [];
  const undone: Step[] = [];
  /** Called before the next answers; throws in their place, before or after the edit is stored. */
  const failures: { readonly when: 'before' | 'after'; readonly error: StudioError }[] = [];
  const labels = () => ({ undoLabel: done.at(-1)?.label ?? null, redoLabel: undone.at(-1)?.label ?? null });
  const revised = () => ({ document: { revision, records: { ...records } }, ...labels() });
  const travelled = (diff: TimelineDiff = { added: [], updated: [], removed: [] }) => Promise.resolve({ revision, diff, ...labels() });
  const change = (diff: TimelineDiff) => {
    records = applyDiff(records, diff);
    revision += 1;
  };
  const timeline: Timeline = {
    get: () => Promise.resolve(revised()),
    apply: async ({ baseRevision, label, diff }) => {
      await Promise.resolve();
      const failure = failures.shift();
      if (failure?.when === 'before') throw failure.error;
      if (baseRevision !== revision) throw new StudioError('CONFLICT', 'The timeline has changed. Read it again.');
      change(diff);
      done.push({ label, diff });
      undone.length = 0;
      if (failure) throw failure.error;
      return { revision, ...labels() };
    },
    revision: () => Promise.resolve({ revision }),
    undo: () => {
      const step = done.pop();
      if (step) {
        change(invertDiff(step.diff));
        undone.push(step);
      }
      return travelled(step && invertDiff(step.diff));
    },
    redo: () => {
      const step = undone.pop();
      if (step) {
        change(step.diff);
        done.push(step);
      }
      return travelled(step?.diff);
    },
  };
  return { timeline, failures, done, revised, records: () => records, elsewhere: (edit: (before: TimelineRecords) => TimelineRecords) => { records = edit(records); revision += 1; } };
}

const id = (name: string) => `promptEvent:${name.padStart(8, '0')}-0000-0000-0000-000000000000`;
const draft = { prompt: 'a', negativePrompt: '', seed: 1, seedLocked: false, preset: 'draft' } as const;
const add = (name: string, frame: number) => (records: TimelineRecords) => addEvent(records, { id: id(name), frame, durationFrames: 10, draft });

function open(options: Partial<DocumentStoreOptions> = {}) {
  const host = createHost();
  const errors: StudioError[] = [];
  const store = createDocumentStore({ timeline: host.timeline, projectId: 'project:1', readOnly: false, initial: host.revised(), onError: (error) => errors.push(error), now: () => 5, retryDelayMs: 0, ...options });
  return { host, store, errors };
}

describe('the document store', () => {
  it('keeps the very objects of what an edit, an undo and another window left alone', async () => {
    const { host, store } = open();
    store.transact('Add event', add('1', 0));
    store.transact('Add event', add('2', 20));
    const shown = store.getState().records;
    await store.flush();
    expect(store.getState().records).toBe(shown);
    store.transact('Change words', (records) => patchEvent(records, id('2'), { prompt: 'b' }));
    await store.flush();
    await store.undo();
    host.elsewhere((records) => ({ ...records, [id('2')]: { ...records[id('2')], startFrame: 30 } as TimelineRecords[string] }));
    await store.refresh();
    expect(store.getState().records[id('1')]).toBe(shown[id('1')]);
    expect(store.getState().records[id('2')]).toMatchObject({ startFrame: 30, prompt: 'a' });
  });

  it('shows an edit at once and has it on the host after a flush', async () => {
    const { host, store } = open();
    store.transact('Add event', add('1', 0));
    expect(store.getState()).toMatchObject({ saveState: 'saving', undoLabel: 'Add event' });
    expect(eventsInOrder(store.getState().records)).toHaveLength(1);
    expect(eventsInOrder(host.records())).toHaveLength(0);
    await store.flush();
    expect(store.getState()).toMatchObject({ saveState: 'saved', savedAtMs: 5 });
    expect(host.records()).toEqual(store.getState().records);
  });

  it('sends edits in order, one undo step each, and none for an edit that changes nothing', async () => {
    const { host, store } = open();
    store.transact('one', add('1', 0));
    store.transact('two', add('2', 20));
    store.transact('nothing', (records) => ({ ...records }));
    await store.flush();
    expect(host.done.map((step) => step.label)).toEqual(['one', 'two']);
  });

  it('undoes and redoes what is still on its way', async () => {
    const { store } = open();
    store.transact('one', add('1', 0));
    store.transact('two', add('2', 20));
    await store.undo();
    expect(eventsInOrder(store.getState().records).map((event) => event.id)).toEqual([id('1')]);
    expect(store.getState()).toMatchObject({ undoLabel: 'one', redoLabel: 'two' });
    await store.redo();
    expect(eventsInOrder(store.getState().records)).toHaveLength(2);
  });

  it('puts its edit on top of what another window did', async () => {
    const { host, store, errors } = open();
    host.elsewhere(add('9', 40));
    store.transact('one', add('1', 0));
    await store.flush();
    expect(eventsInOrder(store.getState().records).map((event) => event.startFrame)).toEqual([0, 40]);
    expect(host.records()).toEqual(store.getState().records);
    expect(errors).toEqual([]);
  });

  it('drops a change to an event that another window deleted', async () => {
    const { host, store, errors } = open();
    store.transact('one', add('1', 0));
    await store.flush();
    host.elsewhere((records) => removeRecords(records, [id('1')]));
    store.transact('seed', (records) => patchEvent(records, id('1'), { seed: 2 }));
    await store.flush();
    expect(eventsInOrder(store.getState().records)).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('keeps edits while the host is away and opens the project again before it sends them', async () => {
    const opened: string[] = [];
    const { host, store, errors } = open({ reopen: () => Promise.resolve(opened.push('opened')) });
    host.failures.push({ when: 'before', error: new StudioError('RPC_DISCONNECTED', 'gone') });
    const seen: string[] = [];
    store.subscribe((state) => seen.push(state.saveState));
    store.transact('one', add('1', 0));
    await store.flush();
    expect(seen).toContain('offline');
    expect(opened).toEqual(['opened']);
    expect(host.records()).toEqual(store.getState().records);
    expect(errors).toEqual([]);
  });

  it('makes one undo step of an edit that was stored before the line broke', async () => {
    const { host, store } = open();
    store.transact('one', add('1', 0));
    await store.flush();
    host.failures.push({ when: 'after', error: new StudioError('RPC_DISCONNECTED', 'gone') });
    store.transact('seed', (records) => patchEvent(records, id('1'), { seed: 7 }));
    await store.flush();
    expect(host.done.map((step) => step.label)).toEqual(['one', 'seed']);
    expect(store.getState().records).toEqual(host.records());
  });

  it('goes back to the host’s document when an edit is refused, and says why', async () => {
    const { host, store, errors } = open();
    host.failures.push({ when: 'before', error: new StudioError('DISK_FULL', 'The disk is full.') });
    store.transact('one', add('1', 0));
    await store.flush();
    expect(store.getState().records).toEqual(host.records());
    expect(errors.map((error) => error.code)).toEqual(['DISK_FULL']);
  });

  it('refuses edits of a read-only project', () => {
    const { store, errors } = open({ readOnly: true });
    store.transact('one', add('1', 0));
    expect(eventsInOrder(store.getState().records)).toEqual([]);
    expect(errors.map((error) => error.code)).toEqual(['DB_READONLY']);
  });
});
