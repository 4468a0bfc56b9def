import { describe, expect, it } from 'vitest';
import { fieldsOf, ITEM_FIELDS } from '../../../src-renderer/editor/item-fields.ts';
import { applyDiff } from '../../../src-shared/timeline/diff.ts';
import { timelineProblems } from '../../../src-shared/timeline/problems.ts';
import { rational } from '../../../src-shared/timing/rational.ts';
import { audioRecord, captionRecord, clipRecord, documentOf, eventRecord, imageRecord } from '../../timeline/sample-document.ts';

const a = clipRecord(1, 0, 16, { sourceIn: rational(2), sourceDuration: rational(10), opacity: 0.5 });
const b = clipRecord(2, 20, 16, { sourceDuration: rational(10) });
const sound = audioRecord(1, 0, 24);
const event = eventRecord(1, 0, 20);
const records = documentOf(a, b, sound, event, captionRecord(1, 0, 8), imageRecord(1, event.id));
const valueOf = (ids: readonly string[], id: string, document = records) => fieldsOf(document, ids).find(({ field }) => field.id === id)?.value;
const write = (ids: readonly string[], id: string, value: number) => applyDiff(records, ITEM_FIELDS.find((field) => field.id === id)!.write(records, ids, value));

describe('fields of items', () => {
  it('are those that all selected items have, with what they share', () => {
    expect(fieldsOf(records, [a.id]).map(({ field }) => field.id)).toEqual(['start', 'length', 'in', 'out', 'speed', 'opacity', 'scale', 'x', 'y', 'volume', 'fadeIn', 'fadeOut']);
    expect(fieldsOf(records, [a.id, b.id]).map(({ field, value }) => [field.id, value])).toEqual([['speed', 100], ['opacity', null], ['scale', 100], ['x', 0], ['y', 0], ['volume', 100], ['fadeIn', 0], ['fadeOut', 0]]);
    expect(fieldsOf(records, [a.id, sound.id]).map(({ field }) => field.id)).toEqual(['speed', 'volume', 'fadeIn', 'fadeOut']);
    expect(fieldsOf(records, [])).toEqual([]);
  });

  it.each([
    ['start', 2, 2], ['start', 25, 36], ['length', 30, 20], ['length', 4, 4], ['in', 3, 3], ['in', 100, 8], ['out', 3, 3], ['out', 60, 4.5], ['speed', 50, 50], ['opacity', 12.5, 12.5], ['x', -30, -30], ['fadeIn', 16, 16],
  ] as const)('%s set to %d becomes %d, and the document stays sound', (id, value, expected) => {
    const next = write([a.id], id, value);
    expect(valueOf([a.id], id, next)).toBe(expected);
    expect(timelineProblems(next)).toEqual([]);
  });

  it('sets one half of a position and leaves the other half of each item', () => {
    const next = write([a.id, b.id], 'y', 40);
    expect([valueOf([a.id], 'x', next), valueOf([b.id], 'y', next)]).toEqual([0, 40]);
  });

  it('knows how long fades can be, and offers nothing that has no effect', () => {
    const max = (ids: readonly string[], id: string) => fieldsOf(records, ids).find(({ field }) => field.id === id)?.field.max;
    expect([max([a.id], 'fadeIn'), max([event.id], 'strength'), max(['keyframe:00000000-0000-4000-8000-000000000001'], 'strength')]).toEqual([16, 150, undefined]);
  });
});
