import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDocumentStore, type DocumentStore } from '../../../src-renderer/editor/document-store.ts';
import { patchEvent, removeRecords, sequenceOf, setGlobalPrompt } from '../../../src-renderer/editor/timeline-edits.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { StudioClient } from '../../../src-shared/contract/studio-contract.ts';
import { PROMPT_EVENT_DEFAULTS, type PromptEvent } from '../../../src-shared/timeline/document.ts';
import { openTestStudio, type StudioUnderTest } from '../../services/studio-fixture.ts';

const EVENT: PromptEvent = {
  id: 'promptEvent:00000000-0000-4000-8000-000000000001', type: 'promptEvent', startFrame: 0, durationFrames: 29, prompt: 'a red fish', negativePrompt: '',
  seed: 7, seedLocked: false, preset: 'draft', activeTakeId: null, ...PROMPT_EVENT_DEFAULTS,
};

let under: StudioUnderTest;
let projectId: string;
let errors: StudioError[];
const stores: DocumentStore[] = [];

/** A window's document on the real studio; `timeline` may stand between to break the line. */
async function openDocument(timeline: StudioClient['timeline'] = under.client.timeline, readOnly = false): Promise<DocumentStore> {
  const store = createDocumentStore({ timeline, projectId, readOnly, initial: await under.client.timeline.get({ projectId }), onError: (error) => errors.push(error), now: () => 5, retryDelayMs: 1 });
  stores.push(store);
  return store;
}
const stored = async () => (await under.client.timeline.get({ projectId })).document.records;

beforeEach(async () => {
  under = await openTestStudio();
  errors = [];
  ({ id: projectId } = await under.client.projects.create({ name: 'Sea', path: null }));
});
afterEach(async () => {
  for (const store of stores.splice(0)) store.close();
  await under.close();
});

describe('the document of a window', () => {
  it('shows an edit at once and stores each as one undo step', async () => {
    const store = await openDocument();
    store.transact('Add event', (records) => ({ ...records, [EVENT.id]: EVENT }));
    store.transact('Change prompt', (records) => patchEvent(records, EVENT.id, { prompt: 'a blue bird' }));
    expect(store.getState()).toMatchObject({ saveState: 'saving', undoLabel: 'Change prompt', redoLabel: null });
    expect(store.getState().records[EVENT.id]).toMatchObject({ prompt: 'a blue bird' });
    await store.flush();
    expect(store.getState()).toMatchObject({ saveState: 'saved', savedAtMs: 5 });
    expect(await stored()).toEqual(store.getState().records);
    await store.undo();
    expect(store.getState().records[EVENT.id]).toEqual(EVENT);
    expect(store.getState()).toMatchObject({ undoLabel: 'Add event', redoLabel: 'Change prompt' });
    await store.redo();
    expect(await stored()).toMatchObject({ [EVENT.id]: { prompt: 'a blue bird' } });
  });

  it('drops edits that change nothing', async () => {
    const store = await openDocument();
    store.transact('Nothing', (records) => ({ ...records }));
    expect(store.getState()).toMatchObject({ saveState: 'saved', undoLabel: null });
  });

  it('undoes what was typed a moment before', async () => {
    const store = await openDocument();
    store.transact('Change global prompt', (records) => setGlobalPrompt(records, 'at night'));
    await store.undo();
    expect(sequenceOf(store.getState().records).globalPrompt).toBe('');
  });

  it('puts its edits on top of those of another window', async () => {
    const [mine, theirs] = [await openDocument(), await openDocument()];
    theirs.transact('Add event', (records) => ({ ...records, [EVENT.id]: EVENT }));
    await theirs.flush();
    mine.transact('Change global prompt', (records) => setGlobalPrompt(records, 'at night'));
    await mine.flush();
    expect(errors).toEqual([]);
    expect(sequenceOf(await stored()).globalPrompt).toBe('at night');
    expect(mine.getState().records[EVENT.id]).toEqual(EVENT);
    await theirs.refresh();
    expect(theirs.getState().records).toEqual(mine.getState().records);
  });

  it('lets go of an edit whose record another window removed', async () => {
    const [mine, theirs] = [await openDocument(), await openDocument()];
    mine.transact('Add event', (records) => ({ ...records, [EVENT.id]: EVENT }));
    await mine.flush();
    await theirs.refresh();
    theirs.transact('Delete', (records) => removeRecords(records, [EVENT.id]));
    await theirs.flush();
    mine.transact('Change prompt', (records) => patchEvent(records, EVENT.id, { prompt: 'a blue bird' }));
    await mine.flush();
    expect(errors).toEqual([]);
    expect(mine.getState().records[EVENT.id]).toBeUndefined();
  });

  it('keeps edits while the host is away and sends them when it answers', async () => {
    let away = 2;
    const { timeline } = under.client;
    const store = await openDocument({
      ...timeline,
      apply: (input, options) => {
        away -= 1;
        return away >= 0 ? Promise.reject(new StudioError('RPC_DISCONNECTED', 'away')) : timeline.apply(input, options);
      },
    });
    const states: string[] = [];
    store.subscribe((state) => states.push(state.saveState));
    store.transact('Change global prompt', (records) => setGlobalPrompt(records, 'at night'));
    await store.flush();
    expect(states).toContain('offline');
    expect(store.getState().saveState).toBe('saved');
    expect(sequenceOf(await stored()).globalPrompt).toBe('at night');
  });

  it('takes back what the host refuses and says why', async () => {
    const store = await openDocument();
    store.transact('Change seed', (records) => ({ ...records, [EVENT.id]: { ...EVENT, seed: -1 } }));
    await store.flush();
    expect(errors.map((error) => error.code)).toEqual(['RPC_INPUT_INVALID']);
    expect(store.getState().records[EVENT.id]).toBeUndefined();
  });

  it('refuses edits of a read-only project', async () => {
    const store = await openDocument(under.client.timeline, true);
    store.transact('Change global prompt', (records) => setGlobalPrompt(records, 'at night'));
    expect(errors.map((error) => error.code)).toEqual(['DB_READONLY']);
    expect(store.getState().saveState).toBe('readOnly');
  });
});
