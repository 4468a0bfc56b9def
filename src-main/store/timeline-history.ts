import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { assert, StudioError } from '../../src-shared/errors/studio-error.ts';
import { applyDiff, invertDiff, TimelineDiff } from '../../src-shared/timeline/diff.ts';
import { TimelineRecord, type TimelineRecords } from '../../src-shared/timeline/document.ts';
import type { TimelineMoment, TimelineVersion } from '../../src-shared/contract/timeline.ts';
import type { StoreDatabase } from './database.ts';
import { parseStored } from './stored-json.ts';
import type { TimelineRepository } from './timeline-repository.ts';

/** One edit of the history. Those behind the current position were undone. */
export interface HistoryEntry {
  readonly position: number;
  readonly label: string;
  readonly createdAt: string;
}

/** What the timeline was at other times: after each edit, and at the moments that were given names. */
export interface TimelineHistory {
  /** Edits newest first, `before` a position (exclusive); and the position that the document stands at. */
  list(input: { readonly before: number | null; readonly limit: number }): { readonly entries: readonly HistoryEntry[]; readonly position: number };
  /** The records at a moment. NOT_FOUND when the history does not reach there, or the version is gone. */
  at(moment: TimelineMoment): TimelineRecords;
  versions(): readonly TimelineVersion[];
  /** Keeps the document as it is now under a name. */
  save(name: string): TimelineVersion;
  remove(id: string): void;
}

const StoredRecords = z.array(TimelineRecord);

export function createTimelineHistory(db: StoreDatabase, timeline: Pick<TimelineRepository, 'get'>): TimelineHistory {
  // Prepared late: the table comes with a later migration than the file's first.
  let statements: ReturnType<typeof prepare> | null = null;
  const prepare = () => ({
    position: db.prepare<{ position: number }>('SELECT position FROM timeline WHERE id = 1'),
    list: db.prepare<HistoryEntry>('SELECT position, label, createdAt FROM timelineHistory WHERE position < ? ORDER BY position DESC LIMIT ?'),
    diff: db.prepare<{ diff: string }>('SELECT diff FROM timelineHistory WHERE position = ?'),
    versions: db.prepare<TimelineVersion>('SELECT id, name, createdAt FROM timelineVersions ORDER BY createdAt DESC, rowid DESC'),
    version: db.prepare<{ records: string }>('SELECT records FROM timelineVersions WHERE id = ?'),
    insert: db.prepare('INSERT INTO timelineVersions (id, name, records, createdAt) VALUES (?, ?, ?, ?)'),
    remove: db.prepare('DELETE FROM timelineVersions WHERE id = ?'),
  });
  const sql = () => (statements ??= prepare());
  const position = (): number => sql().position.get()?.position ?? 0;

  const diffAt = (at: number): TimelineDiff => {
    const entry = sql().diff.get([at]);
    if (entry === undefined) throw new StudioError('NOT_FOUND', 'The history does not reach that far. Choose another moment.', { details: { position: at } });
    return parseStored(db.path, 'edit', entry.diff, TimelineDiff);
  };

  /** Walks from now to a position, edit by edit. */
  const walk = (to: number): TimelineRecords => {
    let { records } = timeline.get().document as { records: TimelineRecords };
    const from = position();
    for (let at = from; at > to; at -= 1) records = applyDiff(records, invertDiff(diffAt(at)));
    for (let at = from + 1; at <= to; at += 1) records = applyDiff(records, diffAt(at));
    return records;
  };

  return {
    list: ({ before, limit }) => ({ entries: sql().list.all([before ?? Number.MAX_SAFE_INTEGER, limit]), position: position() }),
    at: (moment) => {
      if (moment.kind === 'position') return walk(moment.position);
      const stored = sql().version.get([moment.versionId]);
      if (stored === undefined) throw new StudioError('NOT_FOUND', 'This version is no longer in the project.', { details: { versionId: moment.versionId } });
      return Object.fromEntries(parseStored(db.path, 'timeline version', stored.records, StoredRecords).map((record) => [record.id, record]));
    },
    versions: () => sql().versions.all(),
    save: (name) => {
      const id = `version:${randomUUID()}`;
      sql().insert.run([id, name, JSON.stringify(Object.values(timeline.get().document.records)), db.timestamp()]);
      db.touch('timeline');
      const version = sql().versions.all().find((other) => other.id === id);
      assert(version !== undefined, 'what was just written is there');
      return version;
    },
    remove: (id) => {
      sql().remove.run([id]);
      db.touch('timeline');
    },
  };
}
