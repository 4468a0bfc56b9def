import { describe, expect, it } from 'vitest';
import { createPictureQueue } from '../../../src-renderer/compositor/picture-queue.ts';

/** A queue of pictures that are nothing but their frame, and what it dropped. */
function queueOf(...frames: readonly number[]) {
  const dropped: number[] = [];
  const queue = createPictureQueue<{ frame: number }>(({ frame }) => dropped.push(frame));
  for (const frame of frames) queue.put({ frame });
  return { queue, dropped, due: (frame: number, direction: 1 | -1 = 1) => queue.due(frame, direction)?.frame ?? null };
}

describe('pictures that wait until they are due', () => {
  it('are shown when the playhead is there, not when they are ready', () => {
    const { due, dropped } = queueOf(10, 11, 12);
    expect([9, 10, 10, 11, 12, 13].map((frame) => due(frame))).toEqual([null, 10, null, 11, 12, null]);
    expect(dropped).toEqual([]);
  });

  it('are left out where the playhead went past them', () => {
    const { queue, due, dropped } = queueOf(10, 11, 12, 14);
    expect(due(13)).toBe(12);
    expect(dropped).toEqual([10, 11]);
    // One that comes when a later one was seen is not shown after it.
    queue.put({ frame: 11 });
    expect(due(13)).toBeNull();
    expect(dropped).toEqual([10, 11, 11]);
    expect(due(14)).toBe(14);
  });

  it('go the other way as well', () => {
    const { due } = queueOf(10, 9, 8);
    expect([11, 10, 8].map((frame) => due(frame, -1))).toEqual([null, 10, 8]);
  });

  it('of where the playhead was before a leap are dropped, and those of where it came to are shown', () => {
    const { queue, due, dropped } = queueOf(100, 101);
    expect(due(100)).toBe(100);
    expect(due(4)).toBeNull();
    expect(dropped).toEqual([101]);
    queue.put({ frame: 4 });
    expect(due(5)).toBe(4);
  });

  it('are given back when nothing is shown any more', () => {
    const { queue, due, dropped } = queueOf(3, 4);
    queue.clear();
    expect(dropped).toEqual([3, 4]);
    expect(due(4)).toBeNull();
  });
});
