import { describe, expect, it } from 'vitest';
import { applyDiff, type TimelineDiff } from '../../src-shared/timeline/diff.ts';
import type { TimelineRecords } from '../../src-shared/timeline/document.ts';
import { addItems, copyItems, duplicate, move, nudge, paste, pinImage, remove, rippleRemove, setProperties, split } from '../../src-shared/timeline/edits/arrange.ts';
import { addTrack, moveTrack, removeTrack, setInOut, setTrack } from '../../src-shared/timeline/edits/lanes.ts';
import { rippleTrim, roll, setSpeed, slide, slip, trim } from '../../src-shared/timeline/edits/trim.ts';
import { isTrackItem, sequenceOf, tracksOf } from '../../src-shared/timeline/tracks.ts';
import { rational } from '../../src-shared/timing/rational.ts';
import { clipRecord, countingIds, documentOf, eventRecord, imageRecord } from './sample-document.ts';

// The sequence runs at 8 frames a second: 8 frames are one second of source.
const a = clipRecord(1, 0, 16, { sourceIn: rational(2), sourceDuration: rational(10) });
const b = clipRecord(2, 16, 16, { sourceIn: rational(1), sourceDuration: rational(10) });
const c = clipRecord(3, 40, 8, { sourceDuration: rational(1) });
const clips = documentOf(a, b, c);
const ids = () => ({ newId: countingIds() });
const after = (records: TimelineRecords, diff: TimelineDiff) => applyDiff(records, diff);
/** [start, end, source in as seconds] of everything, from left to right. */
const spans = (records: TimelineRecords) =>
  Object.values(records).filter(isTrackItem).sort((x, y) => x.startFrame - y.startFrame || (x.id < y.id ? -1 : 1)).map((item) => [item.startFrame, item.startFrame + item.durationFrames, ...('sourceIn' in item ? [item.sourceIn.num / item.sourceIn.den] : [])]);

describe('trimming', () => {
  it.each([
    ['the start inwards', { id: a.id, edge: 'start', frame: 4 }, [4, 16, 2.5]], ['the end inwards', { id: a.id, edge: 'end', frame: 12 }, [0, 12, 2]],
    ['down to one frame', { id: a.id, edge: 'end', frame: -5 }, [0, 1, 2]], ['not over a neighbour', { id: a.id, edge: 'end', frame: 30 }, [0, 16, 2]],
  ] as const)('moves %s', (_name, input, expected) => expect(spans(after(clips, trim(clips, input)))[0]).toEqual(expected));

  it('stops at both ends of the source', () => {
    expect(spans(after(clips, trim(clips, { id: c.id, edge: 'end', frame: 60 })))[2]).toEqual([40, 48, 0]);
    expect(spans(after(clips, trim(clips, { id: c.id, edge: 'start', frame: 34 })))[2]).toEqual([40, 48, 0]);
  });

  it('ripples: the rest of the track follows', () => {
    expect(spans(after(clips, rippleTrim(clips, { id: a.id, edge: 'end', frame: 20 })))).toEqual([[0, 20, 2], [20, 36, 1], [44, 52, 0]]);
    expect(spans(after(clips, rippleTrim(clips, { id: a.id, edge: 'start', frame: 4 })))).toEqual([[0, 12, 2.5], [12, 28, 1], [36, 44, 0]]);
    expect(spans(after(clips, rippleTrim(clips, { id: b.id, edge: 'start', frame: 0 })))).toEqual([[0, 16, 2], [16, 40, 0], [48, 56, 0]]);
  });

  it('rolls the cut between two, slips the footage, slides between neighbours', () => {
    expect(spans(after(clips, roll(clips, { id: a.id, edge: 'end', frame: 12 }))).slice(0, 2)).toEqual([[0, 12, 2], [12, 32, 0.5]]);
    expect(spans(after(clips, roll(clips, { id: b.id, edge: 'end', frame: 36 })))).toEqual(spans(clips));
    expect(spans(after(clips, slip(clips, { ids: [a.id], deltaFrames: 4 })))[0]).toEqual([0, 16, 2.5]);
    expect(spans(after(clips, slip(clips, { ids: [a.id], deltaFrames: -90 })))[0]).toEqual([0, 16, 0]);
    expect(spans(after(clips, slide(clips, { id: b.id, deltaFrames: 4 })))).toEqual([[0, 20, 2], [20, 36, 1], [40, 48, 0]]);
  });

  it('changes speed over the same footage, in exact time', () => {
    const slow = after(clips, setSpeed(clips, { ids: [a.id], speed: rational(1, 2) }));
    expect(spans(slow)[0]).toEqual([0, 16, 2]);
    const fast = after(clips, setSpeed(clips, { ids: [a.id], speed: rational(2) }));
    expect(spans(fast)[0]).toEqual([0, 8, 2]);
    expect(after(fast, trim(fast, { id: a.id, edge: 'start', frame: 1 }))[a.id]).toMatchObject({ sourceIn: { num: 9, den: 4 } });
  });
});

describe('placing', () => {
  it('overwrites: what lies there is cut', () => {
    expect(spans(after(clips, move(clips, { ids: [c.id], deltaFrames: -32, mode: 'overwrite', ...ids() })))).toEqual([[0, 8, 2], [8, 16, 0], [16, 32, 1]]);
    const inside = clipRecord(9, 4, 4, { sourceIn: rational(7) });
    expect(spans(after(clips, addItems(clips, { items: [inside], mode: 'overwrite', ...ids() }))).slice(0, 3)).toEqual([[0, 4, 2], [4, 8, 7], [8, 16, 3]]);
  });

  it('inserts: what lies there moves right', () => {
    expect(spans(after(clips, addItems(clips, { items: [clipRecord(9, 8, 4)], mode: 'insert', ...ids() })))).toEqual([[0, 8, 2], [8, 12, 0], [12, 20, 3], [20, 36, 1], [44, 52, 0]]);
  });

  it('nudges up to what is in the way, several together', () => {
    expect(spans(after(clips, nudge(clips, { ids: [b.id, a.id], deltaFrames: 1, ...ids() })))).toEqual([[1, 17, 2], [17, 33, 1], [40, 48, 0]]);
    expect(nudge(clips, { ids: [a.id], deltaFrames: -1, ...ids() }).updated).toEqual([]);
    expect(spans(after(clips, move(clips, { ids: [c.id], deltaFrames: -20, mode: 'free', ...ids() })))).toEqual([[0, 16, 2], [16, 32, 1], [32, 40, 0]]);
  });

  it('copies and pastes with distances kept, and duplicates', () => {
    const clipboard = copyItems(clips, [a.id, c.id]);
    const pasted = after(clips, paste(clips, { clipboard, frame: 60, mode: 'overwrite', ...ids() }));
    expect(spans(pasted).slice(3)).toEqual([[60, 76, 2], [100, 108, 0]]);
    expect(spans(after(clips, duplicate(clips, { ids: [c.id], deltaFrames: 8, mode: 'overwrite', ...ids() }))).slice(3)).toEqual([[48, 56, 0]]);
  });

  it('moves to another track of the kind only', () => {
    const two = after(clips, addTrack(clips, { id: 'track:v2', kind: 'video', name: 'V2' }));
    const moved = after(two, move(two, { ids: [a.id], deltaFrames: 20, trackId: 'track:v2', mode: 'overwrite', ...ids() }));
    expect(moved[a.id]).toMatchObject({ trackId: 'track:v2', startFrame: 20 });
    expect(after(two, move(two, { ids: [a.id], deltaFrames: 0, trackId: 'track:audio', mode: 'overwrite', ...ids() }))[a.id]).toEqual(a);
  });

  it('removes with the gap or without it', () => {
    expect(spans(after(clips, remove(clips, [a.id])))).toEqual([[16, 32, 1], [40, 48, 0]]);
    expect(spans(after(clips, rippleRemove(clips, [a.id, b.id])))).toEqual([[8, 16, 0]]);
  });
});

describe('splitting', () => {
  it('cuts everything under the frame, footage going on where it was', () => {
    expect(spans(after(clips, split(clips, { ids: [], frame: 4, ...ids() }))).slice(0, 2)).toEqual([[0, 4, 2], [4, 16, 2.5]]);
  });

  it('gives an event’s end image to the right part, its take to the left, and the blends at the cut to none', () => {
    const event = eventRecord(1, 0, 20, { activeTakeId: 'take:1', blendInFrames: 3, blendOutFrames: 4 });
    const [start, end] = [imageRecord(1, event.id, 'start'), imageRecord(2, event.id, 'end')];
    const cut = after(documentOf(event, start, end), split(documentOf(event, start, end), { ids: [event.id], frame: 8, ...ids() }));
    const [left, right] = Object.values(cut).filter((record) => record.type === 'promptEvent');
    expect([left, right]).toMatchObject([{ durationFrames: 8, activeTakeId: 'take:1', blendInFrames: 3, blendOutFrames: 0 }, { startFrame: 8, activeTakeId: null, blendInFrames: 0, blendOutFrames: 4 }]);
    expect([cut[start.id], cut[end.id]]).toMatchObject([{ promptEventId: left?.id }, { promptEventId: right?.id }]);
  });

  it('takes images along with their event, away and in copies', () => {
    const event = eventRecord(1, 0, 20);
    const image = imageRecord(1, event.id);
    const records = documentOf(event, image);
    expect(Object.keys(after(records, remove(records, [event.id])))).toEqual(['sequence:main']);
    expect(Object.values(after(records, duplicate(records, { ids: [event.id], deltaFrames: 20, mode: 'overwrite', ...ids() }))).filter(({ type }) => type === 'keyframeImage')).toHaveLength(2);
    const other = imageRecord(5, event.id);
    expect(Object.keys(after(records, pinImage(records, other)))).toEqual(['sequence:main', event.id, other.id]);
  });
});

describe('lanes', () => {
  it('are locked against every edit', () => {
    const locked = after(clips, setTrack(clips, 'track:video', { locked: true }));
    for (const diff of [trim(locked, { id: a.id, edge: 'end', frame: 4 }), move(locked, { ids: [a.id], deltaFrames: 9, mode: 'overwrite', ...ids() }), remove(locked, [a.id]), split(locked, { ids: [], frame: 4, ...ids() }), setProperties(locked, [a.id], { opacity: 0 }), removeTrack(locked, 'track:video')]) {
      expect(diff).toEqual({ added: [], updated: [], removed: [] });
    }
  });

  it('are added below their kind, reordered, and removed with what lies on them', () => {
    const two = after(clips, addTrack(clips, { id: 'track:v2', kind: 'video', name: 'V2' }));
    expect(tracksOf(two).map(({ id }) => id)).toEqual(['track:prompt', 'track:motion', 'track:keyframe', 'track:video', 'track:v2', 'track:audio', 'track:caption']);
    expect(tracksOf(after(two, moveTrack(two, { id: 'track:v2', index: 0 })))[0]?.id).toBe('track:v2');
    const moved = after(two, move(two, { ids: [a.id], deltaFrames: 0, trackId: 'track:v2', mode: 'overwrite', ...ids() }));
    expect(after(moved, removeTrack(moved, 'track:v2'))[a.id]).toBeUndefined();
  });

  it('mark a range that never ends before it begins', () => {
    const marked = after(clips, setInOut(clips, { inFrame: 8 }));
    expect(sequenceOf(after(marked, setInOut(marked, { outFrame: 20 })))).toMatchObject({ inFrame: 8, outFrame: 20 });
    expect(sequenceOf(after(marked, setInOut(marked, { outFrame: 4 })))).toMatchObject({ inFrame: null, outFrame: 4 });
  });
});

describe('properties', () => {
  it('are checked, and structure is left to the edits for it', () => {
    expect(after(clips, setProperties(clips, [a.id, b.id], { opacity: 0.5, crossfadeInFrames: 40 }))[a.id]).toMatchObject({ opacity: 0.5, crossfadeInFrames: 16 });
    expect(() => setProperties(clips, [a.id], { opacity: 2 })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
    expect(() => setProperties(clips, [a.id], { startFrame: 4 })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});
