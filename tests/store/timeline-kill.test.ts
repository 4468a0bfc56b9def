import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openProjectStore } from '../../src-main/store/project-store.ts';
import { documentOf } from '../timeline/sample-document.ts';
import { scriptedEdits } from './fixtures/scripted-edits.ts';
import { newProject } from './project-bench.ts';

const EDITOR = fileURLToPath(new URL('fixtures/edit-until-killed.ts', import.meta.url));

/** Edits that each process may report before it is killed, in the middle of the next. */
const LIVES = [1, 7, 25, 2, 60, 13];

/** Runs an editor on the file and kills it once it has stored `edits` more. Returns the last revision that it reported. */
async function editUntilKilled(path: string, edits: number): Promise<number> {
  const child = fork(EDITOR, [path], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const gone = once(child, 'exit');
  let reported = 0;
  let count = 0;
  child.on('message', (revision: number) => {
    reported = revision;
    count += 1;
    if (count === edits) child.kill('SIGKILL');
  });
  const [, signal] = (await gone) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return reported;
}

it('a killed editor loses at most the edit in flight, and undo still goes back to the beginning', { timeout: 240_000 }, async () => {
  const created = newProject();
  const { path } = created;
  created.close();
  const expected = new Map([...scriptedEdits()].map((step) => [step.revision, step]));
  for (const edits of LIVES) {
    const reported = await editUntilKilled(path, edits);
    const store = openProjectStore(path);
    const { document } = store.timeline.get();
    expect(document.revision).toBeGreaterThanOrEqual(reported);
    expect(document.records).toEqual(expected.get(document.revision)?.records);
    store.close();
  }
  const store = openProjectStore(path);
  const { document } = store.timeline.get();
  let undone = 0;
  while (store.timeline.get().undoLabel !== null) {
    store.timeline.undo();
    undone += 1;
  }
  expect(undone).toBe(expected.get(document.revision)?.depth);
  expect(store.timeline.get().document.records).toEqual(documentOf());
  // The editor undoes too: there may be more to redo than what it had done when it was killed.
  for (let redone = 0; redone < undone; redone += 1) store.timeline.redo();
  expect(store.timeline.get().document.records).toEqual(document.records);
  store.close();
});
