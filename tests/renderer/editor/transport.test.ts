import { describe, expect, it } from 'vitest';
import { nextShuttle, playRange, travelFrames } from '../../../src-renderer/editor/transport.ts';

describe('playback', () => {
  it('covers the marked range of the timeline, the out point included', () => {
    const session = { markIn: 4, markOut: 9, viewerSource: { kind: 'timeline' } } as const;
    expect(playRange(session, 29)).toEqual({ start: 4, end: 10 });
    expect(playRange({ ...session, viewerSource: { kind: 'asset', assetId: 'asset:1' } }, 29)).toEqual({ start: 0, end: 29 });
  });

  it('loops in both directions, or stops at the ends', () => {
    const range = { start: 4, end: 10 };
    expect(travelFrames(9, 2.5, range, true)).toEqual({ frame: 5.5, stop: false });
    expect(travelFrames(4, -1, range, true)).toEqual({ frame: 9, stop: false });
    expect(travelFrames(9, 2.5, range, false)).toEqual({ frame: 9, stop: true });
    expect(travelFrames(4, -1, range, false)).toEqual({ frame: 4, stop: true });
  });

  it('doubles up to eight and starts anew in the other direction', () => {
    const presses = (direction: 1 | -1, times: number) => Array.from({ length: times }).reduce<number>((shuttle) => nextShuttle(shuttle, direction), 0);
    expect([1, 2, 3, 4, 5].map((times) => presses(1, times))).toEqual([1, 2, 4, 8, 8]);
    expect(nextShuttle(4, -1)).toBe(-1);
  });
});
