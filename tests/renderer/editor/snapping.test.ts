import { describe, expect, it } from 'vitest';
import { keyframeGrid, snapEdges, snapPoints, snapToKeyframes } from '../../../src-renderer/editor/snapping.ts';
import { addEvent } from '../../../src-renderer/editor/timeline-edits.ts';
import { DEFAULT_SEQUENCE } from '../../../src-shared/timeline/document.ts';

const draft = { prompt: '', negativePrompt: '', seed: 1, seedLocked: false, preset: 'draft' } as const;

describe('snapping', () => {
  it('offers the start, the playhead, the marks and every edge but the dragged event’s', () => {
    let records = addEvent({ 'sequence:main': DEFAULT_SEQUENCE }, { id: 'promptEvent:a', frame: 10, durationFrames: 5, draft });
    records = addEvent(records, { id: 'promptEvent:b', frame: 30, durationFrames: 5, draft });
    const points = snapPoints({ ...records, 'sequence:main': { ...DEFAULT_SEQUENCE, inFrame: 3 } }, { exclude: new Set(['promptEvent:b']), playhead: 22 });
    expect(points).toEqual([0, 3, 10, 15, 22]);
  });

  it('moves the nearest edge onto its point', () => {
    expect(snapEdges([10.4, 20.4], [0, 20], 0.5)).toEqual({ offset: expect.closeTo(-0.4), line: 20 });
    expect(snapEdges([10.4, 19], [11, 20], 1)).toEqual({ offset: expect.closeTo(0.6), line: 11 });
  });

  it('leaves a drag alone that is too far from everything', () => {
    expect(snapEdges([10], [12], 1.9)).toEqual({ offset: 0, line: null });
    expect(snapEdges([10], [], 5)).toEqual({ offset: 0, line: null });
  });

  it('draws the line on a point that is reached exactly', () => {
    expect(snapEdges([12], [12], 0.5)).toEqual({ offset: 0, line: 12 });
  });

  it('finds the model’s keyframes from the first event on, a frame away at most', () => {
    let records = addEvent({ 'sequence:main': DEFAULT_SEQUENCE }, { id: 'promptEvent:a', frame: 10, durationFrames: 5, draft });
    records = addEvent(records, { id: 'promptEvent:b', frame: 30, durationFrames: 5, draft });
    const grid = keyframeGrid(records, 4, new Set(['promptEvent:b']))!;
    expect(grid).toEqual({ origin: 10, stride: 4 });
    expect(snapToKeyframes([21.5], grid, 8)).toEqual({ offset: 0.5, line: 22 });
    expect(snapToKeyframes([20], grid, 8)).toEqual({ offset: 0, line: null });
    expect(snapToKeyframes([9.5], grid, 8)).toEqual({ offset: 0.5, line: 10 });
    expect(keyframeGrid(records, 4, new Set(['promptEvent:a']))).toBeNull();
    expect(keyframeGrid({}, 4, new Set())).toBeNull();
  });
});
