import { createStore, type StoreApi } from 'zustand/vanilla';
import type { StudioClient } from '../../src-shared/contract/studio-contract.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { applyDiff, diffRecords, isEmptyDiff, type TimelineDiff } from '../../src-shared/timeline/diff.ts';
import type { TimelineRecords } from '../../src-shared/timeline/document.ts';
import { isTrackItem, trackById } from '../../src-shared/timeline/tracks.ts';
import { t } from '../i18n/text.ts';

/** `saved`: the host has every edit. `offline`: edits wait for the host to answer again. */
export type SaveState = 'saved' | 'saving' | 'offline' | 'readOnly';

export interface DocumentState {
  readonly records: TimelineRecords;
  readonly revision: number;
  readonly undoLabel: string | null;
  readonly redoLabel: string | null;
  readonly saveState: SaveState;
  /** Milliseconds since the epoch of the last confirmed edit in this session. */
  readonly savedAtMs: number | null;
}

/** The document as the host has it. */
type Revised = Awaited<ReturnType<StudioClient['timeline']['get']>>;

interface PendingEdit {
  readonly label: string;
  readonly diff: TimelineDiff;
}

export interface DocumentStore extends StoreApi<DocumentState> {
  /** Shows the edit at once and sends it; one call is one undo step. An edit that changes nothing is dropped. */
  transact(label: string, edit: (records: TimelineRecords) => TimelineRecords): void;
  /** Like `transact`, for edits that tell what they change. One that is refused is shown as an error and changes nothing. */
  edit(label: string, change: (records: TimelineRecords) => TimelineDiff): void;
  undo(): Promise<void>;
  redo(): Promise<void>;
  /** Resolves when the host has every edit made so far. */
  flush(): Promise<void>;
  /** Reads the document again, for changes made elsewhere. Edits under way stay on top. */
  refresh(): Promise<void>;
  close(): void;
}

export interface DocumentStoreOptions {
  /** The part of the host that edits go to. */
  readonly timeline: Pick<StudioClient['timeline'], 'get' | 'revision' | 'apply' | 'undo' | 'redo'>;
  readonly projectId: string;
  readonly readOnly: boolean;
  readonly initial: Revised;
  readonly onError: (error: StudioError) => void;
  /** Opens the project again on a host that was restarted; edits wait until this and a fresh read have worked. */
  readonly reopen?: () => Promise<unknown>;
  readonly now: () => number;
  /** Waits between attempts while the host does not answer. */
  readonly retryDelayMs?: number;
}

/** Another window may win a race now and then, never this many times in a row. */
const MAX_CONFLICTS = 5;

/** Only records whose object changed are compared by value: an edit costs what it touches. */
function changedDiff(before: TimelineRecords, after: TimelineRecords): TimelineDiff {
  const touched = new Set([...Object.keys(before), ...Object.keys(after)].filter((id) => before[id] !== after[id]));
  const pick = (records: TimelineRecords): TimelineRecords => Object.fromEntries([...touched].flatMap((id) => (records[id] ? [[id, records[id]]] : [])));
  return diffRecords(pick(before), pick(after));
}

/** CONFLICT when an edit changes something on a locked track: locks hold for every hand, also for those that forget to ask. */
function assertUnlocked(records: TimelineRecords, diff: TimelineDiff): void {
  for (const record of [...diff.added, ...diff.removed, ...diff.updated.map(({ from }) => from)]) {
    if (isTrackItem(record) && trackById(records, record.trackId)?.locked === true) throw new StudioError('CONFLICT', t('timeline.lockedTrack'));
  }
}

/** The records of `after`, as the very objects of `before` where they are equal: what did not change is not drawn again. */
function keepIdentity(before: TimelineRecords, after: TimelineRecords): TimelineRecords {
  return Object.fromEntries(Object.entries(after).map(([id, record]) => {
    const known = before[id];
    return [id, known !== undefined && JSON.stringify(known) === JSON.stringify(record) ? known : record];
  }));
}

/** What is left of an edit when the document moved on: changes to records that are gone, and changes that are there already, are dropped. */
function rebase(edit: PendingEdit, records: TimelineRecords): PendingEdit {
  const updated = edit.diff.updated.flatMap(({ to }) => {
    const from = records[to.id];
    return from && JSON.stringify(from) !== JSON.stringify(to) ? [{ from, to }] : [];
  });
  const removed = edit.diff.removed.flatMap((record) => records[record.id] ?? []);
  return { label: edit.label, diff: { added: edit.diff.added.filter((record) => !records[record.id]), updated, removed } };
}

/** The timeline document of one open project: optimistic records in front, an ordered line of edits to the host behind. */
export function createDocumentStore(options: DocumentStoreOptions): DocumentStore {
  const { timeline, projectId } = options;
  const pending: PendingEdit[] = [];
  let confirmed: Revised = options.initial;
  let sending: Promise<void> | null = null;
  let closed = false;
  /** Whether the host's document was read since something was shown last. */
  let isOutdated = false;

  const store = createStore<DocumentState>(() => ({
    records: options.initial.document.records,
    revision: options.initial.document.revision,
    undoLabel: options.initial.undoLabel,
    redoLabel: options.initial.redoLabel,
    saveState: options.readOnly ? 'readOnly' : 'saved',
    savedAtMs: null,
  }));

  const show = (saveState: SaveState, records = pending.reduce((current, edit) => applyDiff(current, edit.diff), confirmed.document.records)): void => {
    isOutdated = false;
    store.setState({
      records,
      revision: confirmed.document.revision,
      undoLabel: pending.at(-1)?.label ?? confirmed.undoLabel,
      redoLabel: pending.length > 0 ? null : confirmed.redoLabel,
      saveState,
      ...(saveState === 'saved' ? { savedAtMs: options.now() } : {}),
    });
  };

  const read = async (): Promise<Revised> => {
    const latest = await timeline.get({ projectId });
    return { ...latest, document: { ...latest.document, records: keepIdentity(confirmed.document.records, latest.document.records) } };
  };

  const reread = async (): Promise<void> => {
    confirmed = await read();
    isOutdated = true;
    let records = confirmed.document.records;
    for (const [index, edit] of pending.entries()) {
      pending[index] = rebase(edit, records);
      records = applyDiff(records, pending[index].diff);
    }
  };

  const wait = () => new Promise((resolve) => setTimeout(resolve, options.retryDelayMs ?? 1000));

  const sendAll = async (): Promise<void> => {
    let conflicts = 0;
    let isStale = false;
    while (pending.length > 0 && !closed) {
      try {
        if (isStale) {
          await options.reopen?.();
          // The host may have stored the edit before the line broke; the document tells.
          await reread();
          isStale = false;
        }
        const edit = pending[0];
        if (!edit) break;
        if (!isEmptyDiff(edit.diff)) {
          const { revision, undoLabel, redoLabel } = await timeline.apply({ projectId, baseRevision: confirmed.document.revision, label: edit.label, diff: edit.diff });
          confirmed = { document: { revision, records: applyDiff(confirmed.document.records, edit.diff) }, undoLabel, redoLabel };
        }
        pending.shift();
        conflicts = 0;
        // What is shown has this edit already: the very same records, so that nothing is drawn again for the host's answer.
        show(pending.length > 0 ? 'saving' : 'saved', isOutdated ? undefined : store.getState().records);
      } catch (caught) {
        const error = StudioError.from(caught);
        if (error.code === 'RPC_DISCONNECTED') {
          isStale = true;
          show('offline');
          await wait();
          continue;
        }
        if (error.code === 'CONFLICT' && conflicts < MAX_CONFLICTS) {
          conflicts += 1;
          isStale = true;
          continue;
        }
        pending.length = 0;
        await reread().catch(() => undefined);
        show('saved');
        options.onError(error);
      }
    }
  };

  const send = (): Promise<void> => {
    sending ??= sendAll().finally(() => {
      sending = null;
    });
    return sending;
  };

  const travel = async (direction: 'undo' | 'redo'): Promise<void> => {
    await send();
    try {
      const { revision, diff, undoLabel, redoLabel } = await timeline[direction]({ projectId });
      // Another window was here in between: what changed since is more than this step.
      if (revision !== confirmed.document.revision + 1) await reread();
      else confirmed = { document: { revision, records: applyDiff(confirmed.document.records, diff) }, undoLabel, redoLabel };
      show('saved');
    } catch (caught) {
      options.onError(StudioError.from(caught));
    }
  };

  const edit = (label: string, change: (records: TimelineRecords) => TimelineDiff): void => {
    try {
      if (options.readOnly) throw new StudioError('DB_READONLY', 'This project is open read-only. Make a copy of the file to edit it.');
      const before = store.getState().records;
      const diff = change(before);
      if (isEmptyDiff(diff)) return;
      assertUnlocked(before, diff);
      pending.push({ label, diff });
    } catch (caught) {
      options.onError(StudioError.from(caught));
      return;
    }
    show('saving');
    void send();
  };

  return {
    ...store,
    edit,
    transact: (label, change) => edit(label, (before) => changedDiff(before, change(before))),
    undo: () => travel('undo'),
    redo: () => travel('redo'),
    flush: send,
    async refresh() {
      if (pending.length > 0) return;
      const revision = confirmed.document.revision;
      // The host tells of every edit, this window's own among them: mostly there is nothing to read.
      if ((await timeline.revision({ projectId })).revision === revision) return;
      const latest = await read();
      if (pending.length > 0 || latest.document.revision === revision) return;
      confirmed = latest;
      show(options.readOnly ? 'readOnly' : 'saved');
    },
    close() {
      closed = true;
    },
  };
}
