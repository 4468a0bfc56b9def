import { FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import { upgradeRecordToV2 } from '../../../src-shared/timeline/upgrade-record.ts';
import type { Migration } from '../migration.ts';
import type { StoreDatabase } from '../database.ts';

type Unchecked = Record<string, unknown>;
interface UncheckedDiff {
  readonly added: readonly Unchecked[];
  readonly updated: readonly { readonly from: Unchecked; readonly to: Unchecked }[];
  readonly removed: readonly Unchecked[];
}

function sequenceRate(db: StoreDatabase): FrameRate {
  const row = db.prepare<{ record: string }>("SELECT record FROM timelineRecords WHERE id = 'sequence:main'").get();
  return row === undefined ? { num: 8, den: 1 } : FrameRate.parse((JSON.parse(row.record) as Unchecked)['frameRate']);
}

/** Timeline records of format 2: lanes, rational source time, blends. The undo history is brought along, so that it still undoes. */
export const timelineLanes: Migration = {
  version: 60,
  name: 'timeline-lanes',
  up: (db) => {
    const rate = sequenceRate(db);
    const upgrade = (record: Unchecked) => upgradeRecordToV2(record, rate);
    const setRecord = db.prepare('UPDATE timelineRecords SET record = ? WHERE id = ?');
    for (const row of db.prepare<{ id: string; record: string }>('SELECT id, record FROM timelineRecords').all()) {
      setRecord.run([JSON.stringify(upgrade(JSON.parse(row.record) as Unchecked)), row.id]);
    }
    const setDiff = db.prepare('UPDATE timelineHistory SET diff = ? WHERE position = ?');
    for (const row of db.prepare<{ position: number; diff: string }>('SELECT position, diff FROM timelineHistory').all()) {
      const { added, updated, removed } = JSON.parse(row.diff) as UncheckedDiff;
      const diff = { added: added.map(upgrade), updated: updated.map(({ from, to }) => ({ from: upgrade(from), to: upgrade(to) })), removed: removed.map(upgrade) };
      setDiff.run([JSON.stringify(diff), row.position]);
    }
  },
};
