import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { applyDiff, invertDiff, isEmptyDiff, TimelineDiff } from '../../src-shared/timeline/diff.ts';
import { DEFAULT_SEQUENCE, TimelineRecord, type TimelineDocument, type TimelineRecords } from '../../src-shared/timeline/document.ts';
import { timelineProblems } from '../../src-shared/timeline/problems.ts';
import { canonicalJson } from '../../src-shared/recipe/recipe.ts';
import type { StoreDatabase } from './database.ts';
import { parseStored } from './stored-json.ts';

/** The document with what undo and redo would do next. */
export interface TimelineState {
  readonly document: TimelineDocument;
  readonly undoLabel: string | null;
  readonly redoLabel: string | null;
}

/** What an edit, an undo or a redo left, and what it changed: enough for whoever knows the document of the revision before. */
export interface TimelineStep extends TimelineState {
  readonly diff: TimelineDiff;
}

/** The timeline document and its history, which survives closing and crashing alike. */
export interface TimelineRepository {
  get(): TimelineState;
  /** Grows with every edit, undo and redo. */
  revision(): number;
  /**
   * One transaction, one undoable step. CONFLICT when `baseRevision` is not the newest or a record is not as the diff expects,
   * INVALID_INPUT when the document would be wrong afterwards in a way that it was not before.
   */
  apply(baseRevision: number, label: string, diff: TimelineDiff): TimelineStep;
  /** CONFLICT when there is nothing to undo. */
  undo(): TimelineStep;
  redo(): TimelineStep;
}

export function createTimelineRepository(db: StoreDatabase): TimelineRepository {
  const selectState = db.prepare<{ revision: number; position: number }>('SELECT revision, position FROM timeline WHERE id = 1');
  const updateState = db.prepare('UPDATE timeline SET revision = revision + 1, position = ? WHERE id = 1');
  const selectRecords = db.prepare<{ record: string }>('SELECT record FROM timelineRecords ORDER BY id');
  const selectRecord = db.prepare<{ record: string }>('SELECT record FROM timelineRecords WHERE id = ?');
  const upsertRecord = db.prepare('INSERT INTO timelineRecords (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record');
  const removeRecord = db.prepare('DELETE FROM timelineRecords WHERE id = ?');
  const selectHistory = db.prepare<{ label: string; diff: string }>('SELECT label, diff FROM timelineHistory WHERE position = ?');
  const insertHistory = db.prepare('INSERT INTO timelineHistory (position, label, diff, createdAt) VALUES (?, ?, ?, ?)');
  const dropRedo = db.prepare('DELETE FROM timelineHistory WHERE position > ?');

  const state = () => selectState.get()!;
  // The records as they were read or written last. Anything else that happened to the table shows in its revision.
  let known: TimelineDocument | null = null;
  const recordsOf = (revision: number): TimelineRecords => {
    if (known?.revision === revision) return known.records;
    const records = selectRecords.all().map(({ record }) => parseStored(db.path, 'timeline record', record, TimelineRecord));
    known = { revision, records: Object.fromEntries(records.map((record) => [record.id, record])) };
    return known.records;
  };
  const get = (): TimelineState => {
    const { revision, position } = state();
    return {
      document: { revision, records: { ...recordsOf(revision) } },
      undoLabel: selectHistory.get([position])?.label ?? null,
      redoLabel: selectHistory.get([position + 1])?.label ?? null,
    };
  };

  const expectRecord = (id: string, expected: TimelineRecord | null) => {
    const stored = selectRecord.get([id])?.record ?? null;
    const same = stored === null || expected === null ? stored === expected : canonicalJson(parseStored(db.path, 'timeline record', stored, TimelineRecord)) === canonicalJson(expected);
    if (!same) throw new StudioError('CONFLICT', `${id} has changed since this edit began. Reload the timeline and edit again.`, { details: { recordId: id }, retryable: true });
  };
  const applyToRecords = (diff: TimelineDiff) => {
    for (const record of diff.removed) {
      expectRecord(record.id, record);
      removeRecord.run([record.id]);
    }
    for (const { from, to } of diff.updated) {
      expectRecord(from.id, from);
      if (from.id !== to.id) throw new StudioError('INVALID_INPUT', `${from.id} cannot become ${to.id}: an edit keeps a record's id.`, { details: { from: from.id, to: to.id } });
      upsertRecord.run([to.id, JSON.stringify(to)]);
    }
    for (const record of diff.added) {
      expectRecord(record.id, null);
      upsertRecord.run([record.id, JSON.stringify(record)]);
    }
  };

  /** Writes a diff that leads from `revision` to the next one, and moves the place in the history. */
  const advance = (revision: number, diff: TimelineDiff, position: number): TimelineStep => {
    const records = applyDiff(recordsOf(revision), diff);
    applyToRecords(diff);
    updateState.run([position]);
    db.touch('timeline');
    known = { revision: revision + 1, records };
    return { ...get(), diff };
  };

  const assertSound = (before: TimelineRecords, diff: TimelineDiff): void => {
    const problems = timelineProblems(applyDiff(before, diff));
    if (problems.length === 0) return;
    // What an older version left behind must not keep anybody from editing, and from mending it.
    const old = new Set(timelineProblems(before));
    const [problem] = problems.filter((text) => !old.has(text));
    if (problem !== undefined) throw new StudioError('INVALID_INPUT', `The timeline cannot be like that: ${problem}. Nothing was changed.`, { details: { problem } });
  };

  const step = (direction: 'undo' | 'redo'): TimelineStep =>
    db.transaction(() => {
      const { revision, position } = state();
      const entry = selectHistory.get([direction === 'undo' ? position : position + 1]);
      if (entry === undefined) throw new StudioError('CONFLICT', `There is nothing to ${direction}.`, { details: { direction } });
      const diff = parseStored(db.path, 'edit', entry.diff, TimelineDiff);
      return direction === 'undo' ? advance(revision, invertDiff(diff), position - 1) : advance(revision, diff, position + 1);
    });

  return {
    get,
    revision: () => state().revision,
    apply: (baseRevision, label, diff) =>
      db.transaction(() => {
        const { revision, position } = state();
        if (baseRevision !== revision) {
          throw new StudioError('CONFLICT', `The timeline has moved on (revision ${revision}, this edit is based on ${baseRevision}). Reload it and edit again.`, { details: { revision, baseRevision }, retryable: true });
        }
        if (isEmptyDiff(diff)) return { ...get(), diff };
        assertSound(recordsOf(revision), diff);
        dropRedo.run([position]);
        insertHistory.run([position + 1, label, JSON.stringify(diff), db.timestamp()]);
        return advance(revision, diff, position + 1);
      }),
    undo: () => step('undo'),
    redo: () => step('redo'),
  };
}

/** Puts the one sequence that every project has into a new project. */
export function seedTimeline(db: StoreDatabase): void {
  db.prepare('INSERT INTO timelineRecords (id, record) VALUES (?, ?)').run([DEFAULT_SEQUENCE.id, JSON.stringify(DEFAULT_SEQUENCE)]);
}
