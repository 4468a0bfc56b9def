import type { FrameRate } from '../../src-shared/timing/frame-rate.ts';

/** Pictures that are composed before they are due: what takes longer than usual (a key frame, words, a busy machine) is covered by them. */
const MOST_AHEAD = 4;
/** Pictures that a window shows each second at most. */
const MOST_PER_SECOND = 60;
/** The playhead leapt where it is more than this many frames from a picture: what was composed before belongs to where it was. */
export const LEAP_FRAMES = 24;
/** What a picture takes is the middle of so many: one that stalls is no reason to leave out others, three are. None counts for more than `MOST_MS`. */
const COUNTED = 5;
const MOST_MS = 250;

/** Where the playhead is, as the composer knows it, and which frame it composes next while it plays. Times are in ms. */
export interface MotionClock {
  /** The playhead was at `frame` at a time. `speed` is the shuttle's: frames of the timeline per frame of time, never 0 here. Pictures are so long on their way to be seen. */
  heard(frame: number, speed: number, atMs: number, wayMs: number): void;
  /** The frame that is due at a time, with its fraction. */
  due(nowMs: number): number;
  /** What to compose now; null while enough is ready. A frame that could not be seen in its own time any more is left out. */
  next(rate: FrameRate, durationFrames: number, nowMs: number): number | null;
  /** That was done, and took so long. */
  composed(frame: number, tookMs: number): void;
  /** Whatever was composed before is of no use. */
  forget(): void;
}

export function createMotionClock(): MotionClock {
  let [at, speed, since, wayMs] = [0, 1, 0, 0];
  let perMs = 0;
  /** The frame that was composed last; null where the playhead begins anew. */
  let last: number | null = null;
  const costs: number[] = [];
  let costMs = 0;
  /** Frames from one picture to the next: at high speeds no window shows them all. */
  const stride = (): number => Math.max(1, Math.floor((Math.abs(perMs) * 1000) / MOST_PER_SECOND));
  const due = (nowMs: number): number => {
    // A playhead that waits for its sound says nothing: it is not guessed far on.
    const travelled = Math.min((nowMs - since) * Math.abs(perMs), 1.5 * stride());
    return at + Math.sign(speed) * Math.max(0, travelled);
  };
  return {
    heard: (frame, nextSpeed, atMs, nextWayMs) => {
      const direction = Math.sign(nextSpeed);
      // It turned round, or leapt away from what was made ready.
      const isElsewhere = last !== null && (Math.sign(speed) !== direction || Math.abs(frame - last) > LEAP_FRAMES || (frame - at) * direction < 0);
      if (isElsewhere) last = null;
      [at, speed, since, wayMs] = [frame, nextSpeed, atMs, nextWayMs];
    },
    due,
    next: (rate, durationFrames, nowMs) => {
      perMs = (speed * rate.num) / rate.den / 1000;
      const direction = Math.sign(speed);
      const step = stride();
      const now = due(nowMs);
      let frame = last === null ? at : last + direction * step;
      // Where it will be when a picture that is begun now is seen.
      const then = now + perMs * (costMs + wayMs);
      if ((then - frame) * direction >= 1) frame = direction > 0 ? Math.floor(then) : Math.ceil(then);
      // One that is late by itself is begun, however far ahead it has to aim.
      else if ((frame - now) * direction > MOST_AHEAD * step) return null;
      return frame < 0 || frame >= durationFrames ? null : frame;
    },
    composed: (frame, tookMs) => {
      last = frame;
      costs.push(Math.min(MOST_MS, tookMs));
      if (costs.length > COUNTED) costs.shift();
      costMs = costs.toSorted((a, b) => a - b)[costs.length >> 1]!;
    },
    forget: () => {
      last = null;
    },
  };
}
