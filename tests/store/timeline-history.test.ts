import { describe, expect, it } from 'vitest';
import { applyDiff, diffRecords, isEmptyDiff } from '../../src-shared/timeline/diff.ts';
import type { TimelineRecords } from '../../src-shared/timeline/document.ts';
import { openProjectStore, type ProjectStore } from '../../src-main/store/project-store.ts';
import { documentOf, eventRecord } from '../timeline/sample-document.ts';
import { newProject, opened } from './project-bench.ts';

/** Makes the document say `records`, as one edit. Returns what it was then. */
function edit(store: ProjectStore, label: string, records: TimelineRecords): TimelineRecords {
  const { document } = store.timeline.get();
  store.timeline.apply(document.revision, label, diffRecords(document.records, records));
  return store.timeline.get().document.records;
}

const one = documentOf(eventRecord(1, 0, 8));
const two = documentOf(eventRecord(1, 0, 8), eventRecord(2, 8, 8));
const three = documentOf(eventRecord(2, 4, 8));

describe('the history', () => {
  it('lists edits newest first and shows the document after each of them, undone ones too', () => {
    const store = newProject();
    const states = [store.timeline.get().document.records, edit(store, 'one', one), edit(store, 'two', two), edit(store, 'three', three)];
    store.timeline.undo();
    store.timeline.undo();
    expect(store.history.list({ before: null, limit: 10 })).toMatchObject({ position: 1, entries: [{ position: 3, label: 'three' }, { position: 2, label: 'two' }, { position: 1, label: 'one' }] });
    expect(store.history.list({ before: 3, limit: 1 }).entries.map(({ label }) => label)).toEqual(['two']);
    for (const [position, records] of states.entries()) expect(store.history.at({ kind: 'position', position })).toEqual(records);
    expect(() => store.history.at({ kind: 'position', position: 4 })).toThrow('does not reach');
    // Looking changes nothing.
    expect(store.timeline.get()).toMatchObject({ document: { records: states[1] }, undoLabel: 'one', redoLabel: 'two' });
  });

  it('keeps named moments whatever becomes of the edits, and after closing', () => {
    const store = newProject();
    edit(store, 'one', one);
    edit(store, 'two', two);
    const kept = store.history.save('Two fish');
    store.timeline.undo();
    // What was undone is gone for the history.
    edit(store, 'three', three);
    const { path } = store;
    store.close();
    const again = opened(openProjectStore(path));
    expect(again.history.versions()).toEqual([kept]);
    expect(again.history.at({ kind: 'version', versionId: kept.id })).toEqual(two);
    again.history.remove(kept.id);
    expect(again.history.versions()).toEqual([]);
    expect(() => again.history.at({ kind: 'version', versionId: kept.id })).toThrow('no longer in the project');
  });

  it('going back is an edit, and can be undone', () => {
    const store = newProject();
    edit(store, 'one', one);
    const before = edit(store, 'two', two);
    const then = store.history.at({ kind: 'position', position: 1 });
    const { document } = store.timeline.get();
    const diff = diffRecords(document.records, then);
    expect(isEmptyDiff(diff)).toBe(false);
    expect(applyDiff(document.records, diff)).toEqual(then);
    store.timeline.apply(document.revision, 'back', diff);
    expect(store.timeline.get().document.records).toEqual(then);
    store.timeline.undo();
    expect(store.timeline.get().document.records).toEqual(before);
    expect(store.history.list({ before: null, limit: 10 }).entries.map(({ label }) => label)).toEqual(['back', 'two', 'one']);
  });

  it('may be looked at in a project that another program writes', () => {
    const store = newProject();
    edit(store, 'one', one);
    const kept = store.history.save('First');
    const reader = opened(openProjectStore(store.path, { readOnly: true }));
    expect([reader.history.versions(), reader.history.list({ before: null, limit: 5 }).entries.length]).toEqual([[kept], 1]);
    expect(reader.history.at({ kind: 'version', versionId: kept.id })).toEqual(one);
  });
});
