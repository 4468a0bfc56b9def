import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addEvent, composePrompt, endFrame, eventAt, eventById, eventEdges, eventsInOrder, moveEvent, patchEvent, removeRecords, retimeEvent, rippleRemoveEvents, setGlobalPrompt, timelineEnd } from '../../../src-renderer/editor/timeline-edits.ts';
import { applyDiff, diffRecords, invertDiff } from '../../../src-shared/timeline/diff.ts';
import { DEFAULT_SEQUENCE, type TimelineRecords } from '../../../src-shared/timeline/document.ts';

const id = (index: number) => `promptEvent:00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
const draft = { prompt: 'a red fish', negativePrompt: '', seed: 1, seedLocked: false, preset: 'draft' as const };
const empty: TimelineRecords = { 'sequence:main': DEFAULT_SEQUENCE };
const add = (records: TimelineRecords, index: number, frame: number, durationFrames = 10) => addEvent(records, { id: id(index), frame, durationFrames, draft });
const spans = (records: TimelineRecords) => eventsInOrder(records).map((event) => [event.startFrame, endFrame(event)]);

describe('adding events', () => {
  it('starts at the frame on free ground and stops at the next event', () => {
    expect(spans(add(add(empty, 1, 20), 2, 14))).toEqual([[14, 20], [20, 30]]);
  });

  it('goes behind the event under the frame and pushes later ones right', () => {
    const records = add(add(add(empty, 1, 0), 2, 12), 3, 40);
    expect(spans(add(records, 4, 5))).toEqual([[0, 10], [10, 20], [20, 30], [40, 50]]);
  });
});

describe('moving and retiming', () => {
  const records = add(add(empty, 1, 0), 2, 30);

  it('moves to the wanted frame where there is room', () => expect(spans(moveEvent(records, id(1), 15))).toEqual([[15, 25], [30, 40]]));
  it('stops at the nearest place that is free', () => expect(spans(moveEvent(records, id(1), 24))).toEqual([[20, 30], [30, 40]]));
  it('can pass its neighbour', () => expect(spans(moveEvent(records, id(1), 38))).toEqual([[30, 40], [40, 50]]));
  it('does not leave the timeline', () => expect(spans(moveEvent(records, id(2), -50))).toEqual([[0, 10], [10, 20]]));
  it('stops edges at neighbours and keeps one frame', () => {
    expect(spans(retimeEvent(records, id(1), 'end', 99))).toEqual([[0, 30], [30, 40]]);
    expect(spans(retimeEvent(records, id(2), 'start', 0))).toEqual([[0, 10], [10, 40]]);
    expect(spans(retimeEvent(records, id(2), 'end', 2))).toEqual([[0, 10], [30, 31]]);
  });
});

describe('reading', () => {
  const records = setGlobalPrompt(add(add(empty, 1, 0), 2, 30), ' at night ');
  it('finds events by frame, edges and the end', () => {
    expect(eventAt(records, 9)?.id).toBe(id(1));
    expect(eventAt(records, 10)).toBeNull();
    expect(eventEdges(records)).toEqual([0, 10, 30, 40]);
    expect(timelineEnd(records)).toBe(40);
  });
  it('puts the words of the project behind those of the event', () => {
    expect(composePrompt(records, { prompt: ' a red fish ', style: '' })).toBe('a red fish, at night');
    expect(composePrompt(empty, { prompt: 'a red fish', style: '' })).toBe('a red fish');
  });
});

describe('removing', () => {
  const records = add(add(add(empty, 1, 0), 2, 10), 3, 30);
  it('leaves a gap, or closes it', () => {
    expect(spans(removeRecords(records, [id(2)]))).toEqual([[0, 10], [30, 40]]);
    expect(spans(rippleRemoveEvents(records, [id(2)]))).toEqual([[0, 10], [20, 30]]);
  });
  it('never removes the sequence', () => expect(removeRecords(records, ['sequence:main'])).toBe(records));
});

describe('any sequence of edits', () => {
  const edit = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), frame: fc.nat(300), length: fc.integer({ min: 1, max: 60 }) }),
    fc.record({ kind: fc.constantFrom('move' as const, 'start' as const, 'end' as const), which: fc.nat(20), frame: fc.integer({ min: -50, max: 400 }) }),
    fc.record({ kind: fc.constantFrom('remove' as const, 'ripple' as const, 'words' as const), which: fc.nat(20) }),
  );

  it('keeps events apart and of positive length, and can be undone diff by diff', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 40 }), (edits) => {
        let records = empty;
        const states = [records];
        for (const [index, step] of edits.entries()) {
          const events = eventsInOrder(records);
          const target = 'which' in step ? (events[step.which % Math.max(1, events.length)]?.id ?? id(999)) : id(index);
          if (step.kind === 'add') records = addEvent(records, { id: id(index), frame: step.frame, durationFrames: step.length, draft });
          else if (step.kind === 'move') records = moveEvent(records, target, step.frame);
          else if (step.kind === 'start' || step.kind === 'end') records = retimeEvent(records, target, step.kind, step.frame);
          else if (step.kind === 'remove') records = removeRecords(records, [target]);
          else if (step.kind === 'ripple') records = rippleRemoveEvents(records, [target]);
          else records = patchEvent(records, target, { prompt: `words ${index}` });
          const ordered = eventsInOrder(records);
          for (const [place, event] of ordered.entries()) {
            expect(event.startFrame).toBeGreaterThanOrEqual(place === 0 ? 0 : endFrame(ordered[place - 1] ?? event));
            expect(event.durationFrames).toBeGreaterThan(0);
          }
          states.push(records);
        }
        for (let index = states.length - 1; index > 0; index -= 1) {
          const [before, after] = [states[index - 1] ?? empty, states[index] ?? empty];
          expect(applyDiff(after, invertDiff(diffRecords(before, after)))).toEqual(before);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leaves unknown ids alone', () => {
    expect(moveEvent(empty, id(1), 4)).toBe(empty);
    expect(retimeEvent(empty, id(1), 'end', 4)).toBe(empty);
    expect(eventById(empty, null)).toBeNull();
  });
});
