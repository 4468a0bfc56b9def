import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDiff, invertDiff, isEmptyDiff, type TimelineDiff } from '../../src-shared/timeline/diff.ts';
import { TimelineRecord, type TimelineRecords } from '../../src-shared/timeline/document.ts';
import { timelineProblems } from '../../src-shared/timeline/problems.ts';
import { randomEdits, runRandomEdit } from './random-edits.ts';
import { countingIds, documentOf } from './sample-document.ts';

/** Sequences of edits; `MOTIF_EDIT_SEQUENCES=10000` is the long run. */
const SEQUENCES = Number(process.env['MOTIF_EDIT_SEQUENCES'] ?? 1000);

describe('any sequence of edits', () => {
  it('leaves a sound document after each edit, undoes to the beginning and redoes to the end', { timeout: 3_600_000 }, () => {
    const seen = { edits: 0, changes: 0 };
    fc.assert(
      fc.property(randomEdits(40), (steps) => {
        const newId = countingIds();
        const states: TimelineRecords[] = [documentOf()];
        const diffs: TimelineDiff[] = [];
        for (const step of steps) {
          const before = states.at(-1)!;
          const diff = runRandomEdit(before, step, newId);
          seen.edits += 1;
          if (isEmptyDiff(diff)) continue;
          seen.changes += 1;
          const after = applyDiff(before, diff);
          for (const record of [...diff.added, ...diff.updated.map(({ to }) => to)]) TimelineRecord.parse(record);
          const problems = timelineProblems(after);
          if (problems.length > 0) throw new Error(`${JSON.stringify(step)}: ${problems.join('; ')}`);
          diffs.push(diff);
          states.push(after);
        }
        let records = states.at(-1)!;
        for (const [index, diff] of [...diffs.entries()].reverse()) {
          records = applyDiff(records, invertDiff(diff));
          expect(records).toEqual(states[index]);
        }
        for (const [index, diff] of diffs.entries()) {
          records = applyDiff(records, diff);
          expect(records).toEqual(states[index + 1]);
        }
      }),
      { numRuns: SEQUENCES },
    );
    process.stdout.write(`${SEQUENCES} sequences, ${seen.edits} edits, ${seen.changes} of them changed something\n`);
    // The generator must not idle: most edits find something to do.
    expect(seen.changes).toBeGreaterThan(seen.edits * 0.4);
  });
});
