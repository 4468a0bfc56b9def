import { describe, expect, it } from 'vitest';
import { followSound, nextShuttle, playRange, travelFrames } from '../../../src-renderer/editor/transport.ts';

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

  it('follows the sound: waits for one that is late, hurries to one that is ahead, and never turns round', () => {
    const after = (start: number, sound: (tick: number) => number | null, ticks: number): number[] => {
      const places = [start];
      for (let tick = 1; tick <= ticks; tick += 1) places.push(places.at(-1)! + followSound(places.at(-1)!, 0.4, sound(tick)));
      return places;
    };
    for (const apart of [-6, -1, 0, 1, 6]) {
      const places = after(10, (tick) => 10 + apart + tick * 0.4, 60);
      expect(Math.abs(places.at(-1)! - (10 + apart + 24))).toBeLessThan(0.1);
      for (const [index, place] of places.entries()) if (index > 0) expect(place).toBeGreaterThanOrEqual(places[index - 1]!);
    }
    // In silence, and where the sound is somewhere else (a leap is on its way), time goes on as it is.
    expect(after(10, () => null, 10).at(-1)).toBeCloseTo(14);
    expect(after(10, () => 200, 10).at(-1)).toBeCloseTo(14);
    // A sound that stands (its device begins late, or has nothing to play) holds the picture, before it is a frame ahead.
    expect(after(10, () => 10, 30).at(-1)).toBeLessThan(11);
    // One that leapt is followed at once: what is seen lies within half a frame of what is heard after each tick.
    for (const apart of [0.6, 2, 12, 23]) expect(after(10, (tick) => 10 + apart + tick * 0.4, 3).slice(1).map((place, tick) => Math.abs(10 + apart + (tick + 1) * 0.4 - place) <= 0.5)).toEqual([true, true, true]);
  });
});
