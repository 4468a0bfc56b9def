import { z } from 'zod';
import { TimelineRecord, type TimelineRecords } from './document.ts';

/** One undoable change. Applying a diff and then its inverse restores the very same records. */
export const TimelineDiff = z.object({
  added: z.array(TimelineRecord),
  updated: z.array(z.object({ from: TimelineRecord, to: TimelineRecord })),
  removed: z.array(TimelineRecord),
});
export type TimelineDiff = z.infer<typeof TimelineDiff>;

/** The change that leads from `before` to `after`. Records are compared by value. */
export function diffRecords(before: TimelineRecords, after: TimelineRecords): TimelineDiff {
  const added = Object.values(after).filter((record) => before[record.id] === undefined);
  const removed = Object.values(before).filter((record) => after[record.id] === undefined);
  const updated = Object.values(after).flatMap((to) => {
    const from = before[to.id];
    return from !== undefined && JSON.stringify(from) !== JSON.stringify(to) ? [{ from, to }] : [];
  });
  return { added, updated, removed };
}

export const invertDiff = (diff: TimelineDiff): TimelineDiff => ({
  added: diff.removed,
  updated: diff.updated.map(({ from, to }) => ({ from: to, to: from })),
  removed: diff.added,
});

export const isEmptyDiff = (diff: TimelineDiff): boolean => diff.added.length + diff.updated.length + diff.removed.length === 0;

export function applyDiff(records: TimelineRecords, diff: TimelineDiff): TimelineRecords {
  const next: Record<string, TimelineRecord> = { ...records };
  for (const record of diff.removed) delete next[record.id];
  for (const record of diff.added) next[record.id] = record;
  for (const { to } of diff.updated) next[to.id] = to;
  return next;
}
