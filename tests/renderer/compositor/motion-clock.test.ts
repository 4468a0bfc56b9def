import { describe, expect, it } from 'vitest';
import { createMotionClock } from '../../../src-renderer/compositor/motion-clock.ts';

const RATE = { num: 25, den: 1 };
const FRAME_MS = 40;

/** Plays for so many frames of time on a composer that takes `costMs` for a picture; returns what it composed and when each was ready, in frames of time. */
function play({ costMs, frames = 40, speed = 1, from = 0, end = 1000, stall = null, wayMs = 0 }: { costMs: number; frames?: number; speed?: number; from?: number; end?: number; wayMs?: number; stall?: { readonly frame: number; readonly ms: number } | null }) {
  const clock = createMotionClock();
  const made: { frame: number; at: number }[] = [];
  let now = 0;
  let stalled = false;
  while (now < frames * FRAME_MS) {
    clock.heard(from + Math.floor((now / FRAME_MS) * Math.abs(speed)) * Math.sign(speed), speed, Math.floor(now / FRAME_MS) * FRAME_MS, wayMs);
    const frame = clock.next(RATE, end, now);
    if (frame === null) {
      now = (Math.floor(now / FRAME_MS) + 1) * FRAME_MS;
      continue;
    }
    const isStall: boolean = !stalled && stall !== null && frame >= stall.frame;
    stalled ||= isStall;
    const took = isStall ? stall!.ms : costMs;
    now += took;
    made.push({ frame, at: (now + wayMs) / FRAME_MS });
    clock.composed(frame, took);
  }
  return made;
}

/** Frames that were ready in their own time. */
const inTime = (made: readonly { frame: number; at: number }[]): number[] => made.filter(({ frame, at }) => at < frame + 1).map(({ frame }) => frame);

describe('what is composed while it plays', () => {
  it('is every frame, some frames before it is due, and no more than that', () => {
    const made = play({ costMs: 10 });
    expect(made.map(({ frame }) => frame)).toEqual(made.map((_, index) => index));
    for (const { frame, at } of made.slice(8)) {
      expect(frame - at).toBeGreaterThan(2);
      expect(frame - at).toBeLessThanOrEqual(4.5);
    }
  });

  it('covers a picture that takes as long as three', () => {
    const made = play({ costMs: 15, stall: { frame: 20, ms: 3 * FRAME_MS } });
    expect(made.map(({ frame }) => frame)).toEqual(made.map((_, index) => index));
    expect(inTime(made.slice(2))).toEqual(made.slice(2).map(({ frame }) => frame));
  });

  it('leaves out what could not be seen in its time, and is in time with the rest, on a machine that is too slow', () => {
    const made = play({ costMs: 2.3 * FRAME_MS, frames: 100 });
    const steady = made.slice(10);
    expect(steady.length).toBeGreaterThan(25);
    expect(inTime(steady).length).toBeGreaterThan(steady.length * 0.9);
    for (const [index, { frame }] of steady.entries()) if (index > 0) expect(frame).toBeGreaterThan(steady[index - 1]!.frame);
    // A window that is busy as well hears of its pictures late: that is reckoned with.
    const far = play({ costMs: 1.6137 * FRAME_MS, wayMs: 2 * FRAME_MS, frames: 100 }).slice(10);
    expect(inTime(far).length).toBeGreaterThan(far.length * 0.9);
  });

  it('goes on where a picture takes longer than what may be ready beforehand lasts', () => {
    const made = play({ costMs: 5.3 * FRAME_MS, wayMs: 2.2 * FRAME_MS, frames: 200 });
    expect(made.length).toBeGreaterThan(30);
    expect(inTime(made.slice(10)).length).toBeGreaterThan(20);
  });

  it('is no more than a window shows, at high speeds, and goes backwards', () => {
    const fast = play({ costMs: 5, speed: 8 }).slice(4);
    for (const [index, { frame }] of fast.entries()) if (index > 0) expect(frame - fast[index - 1]!.frame).toBeGreaterThanOrEqual(3);
    const back = play({ costMs: 10, speed: -1, from: 60 });
    expect(back.map(({ frame }) => frame)).toEqual(back.map((_, index) => 60 - index));
  });

  it('ends where the timeline ends, and begins anew where the playhead leaps to', () => {
    expect(play({ costMs: 5, end: 12 }).at(-1)!.frame).toBe(11);
    const clock = createMotionClock();
    clock.heard(100, 1, 0, 0);
    clock.composed(clock.next(RATE, 1000, 0)!, 5);
    expect(clock.next(RATE, 1000, 5)).toBe(101);
    clock.heard(20, 1, 40, 0);
    expect(clock.next(RATE, 1000, 40)).toBe(20);
    clock.heard(20, -1, 45, 0);
    expect(clock.next(RATE, 1000, 45)).toBe(20);
  });

  it('does not run ahead of a playhead that waits for its sound', () => {
    const clock = createMotionClock();
    clock.heard(10, 1, 0, 0);
    clock.composed(clock.next(RATE, 1000, 0)!, 5);
    expect(clock.due(10_000)).toBeLessThanOrEqual(11.5);
  });
});
