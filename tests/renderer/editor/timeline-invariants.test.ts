import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addEvent, composePrompt, endFrame, eventAt, eventEdges, eventsInOrder, moveEvent, removeRecords, retimeEvent, rippleRemoveEvents, setGlobalPrompt, timelineEnd } from '../../../src-renderer/editor/timeline-edits.ts';
import { DEFAULT_SEQUENCE, type TimelineRecords } from '../../../src-shared/timeline/document.ts';

const empty: TimelineRecords = { 'sequence:main': DEFAULT_SEQUENCE };
const id = (index: number) => `promptEvent:${String(index).padStart(8, '0')}-0000-0000-0000-000000000000`;
const draft = { prompt: 'a red fish', negativePrompt: '', seed: 1, seedLocked: false, preset: 'draft' } as const;
const add = (records: TimelineRecords, index: number, frame: number, durationFrames = 10) => addEvent(records, { id: id(index), frame, durationFrames, draft });
const spans = (records: TimelineRecords) => eventsInOrder(records).map((event) => [event.startFrame, event.durationFrames]);

describe('timeline edits', () => {
  it('adds on free ground up to the next event', () => {
    expect(spans(add(add(empty, 1, 8), 2, 0))).toEqual([[0, 8], [8, 10]]);
  });

  it('adds behind the event under the playhead and moves later ones only as far as they must', () => {
    const records = add(add(add(empty, 1, 0), 2, 12), 3, 40);
    expect(spans(add(records, 4, 5))).toEqual([[0, 10], [10, 10], [20, 10], [40, 10]]);
  });

  it('moves to the nearest free place', () => {
    const records = add(add(empty, 1, 0), 2, 20);
    expect(spans(moveEvent(records, id(1), 13))).toEqual([[10, 10], [20, 10]]);
    expect(spans(moveEvent(records, id(1), 27))).toEqual([[20, 10], [30, 10]]);
    expect(spans(moveEvent(records, id(2), -5))).toEqual([[0, 10], [10, 10]]);
  });

  it('retimes up to a neighbour and down to one frame', () => {
    const records = add(add(empty, 1, 0), 2, 20);
    expect(spans(retimeEvent(records, id(1), 'end', 90))).toEqual([[0, 20], [20, 10]]);
    expect(spans(retimeEvent(records, id(2), 'start', 3))).toEqual([[0, 10], [10, 20]]);
    expect(spans(retimeEvent(records, id(2), 'end', 0))).toEqual([[0, 10], [20, 1]]);
  });

  it('deletes with the gap or closes it, and never the sequence', () => {
    const records = add(add(add(empty, 1, 0), 2, 10), 3, 30);
    expect(spans(removeRecords(records, [id(2), 'sequence:main']))).toEqual([[0, 10], [30, 10]]);
    expect(removeRecords(records, ['sequence:main'])).toBe(records);
    expect(spans(rippleRemoveEvents(records, [id(1), id(2)]))).toEqual([[10, 10]]);
  });

  it('finds what is under a frame; ends are exclusive', () => {
    const records = add(add(empty, 1, 0), 2, 12);
    expect([9, 10, 12].map((frame) => eventAt(records, frame)?.id ?? null)).toEqual([id(1), null, id(2)]);
    expect(eventEdges(records)).toEqual([0, 10, 12, 22]);
    expect(timelineEnd(records)).toBe(22);
  });

  it('composes the event’s words with the project’s', () => {
    const records = setGlobalPrompt(empty, ' at night ');
    expect(composePrompt(records, { prompt: ' a fish ', style: '' })).toBe('a fish, at night');
    expect(composePrompt(empty, { prompt: 'a fish', style: '' })).toBe('a fish');
  });

  it('never lets events overlap or vanish, whatever one does', () => {
    const frame = fc.integer({ min: -20, max: 120 });
    const step = fc.record({ kind: fc.constantFrom('add', 'move', 'start', 'end'), index: fc.nat(5), frame });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        let records = empty;
        let added = 0;
        for (const { kind, index, frame: at } of steps) {
          const target = id(index);
          if (kind === 'add') {
            added += 1;
            records = add(records, 100 + added, at);
            records = added <= 5 ? Object.fromEntries(Object.values(records).map((record) => (record.id === id(100 + added) ? { ...record, id: id(added) } : record)).map((record) => [record.id, record])) as TimelineRecords : records;
          } else if (kind === 'move') records = moveEvent(records, target, at);
          else records = retimeEvent(records, target, kind === 'start' ? 'start' : 'end', at);
          const events = eventsInOrder(records);
          expect(events).toHaveLength(added);
          for (const [place, event] of events.entries()) {
            expect(event.startFrame).toBeGreaterThanOrEqual(0);
            expect(event.durationFrames).toBeGreaterThanOrEqual(1);
            const next = events[place + 1];
            if (next) expect(endFrame(event)).toBeLessThanOrEqual(next.startFrame);
          }
        }
      }),
    );
  });
});
