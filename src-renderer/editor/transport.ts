import type { FrameRate } from '../../src-shared/timing/frame-rate.ts';
import type { SessionState, SessionStore } from './session-store.ts';

/** The frames that playback covers: the marked range, else the whole source. `end` is exclusive. */
export function playRange(session: Pick<SessionState, 'markIn' | 'markOut' | 'viewerSource'>, lengthFrames: number): { start: number; end: number } {
  if (session.viewerSource.kind !== 'timeline') return { start: 0, end: Math.max(1, lengthFrames) };
  const start = Math.min(session.markIn ?? 0, Math.max(0, lengthFrames - 1));
  const end = session.markOut === null ? lengthFrames : Math.min(session.markOut + 1, Math.max(lengthFrames, session.markOut + 1));
  return { start, end: Math.max(start + 1, end) };
}

/** Where the playhead is after `elapsed` frames of travel from `from`; `stop` when it ran into an end without loop. */
export function travelFrames(from: number, elapsed: number, range: { start: number; end: number }, loop: boolean): { frame: number; stop: boolean } {
  const length = range.end - range.start;
  const position = from + elapsed;
  if (position >= range.start && position < range.end) return { frame: position, stop: false };
  if (loop) return { frame: range.start + ((((position - range.start) % length) + length) % length), stop: false };
  return { frame: position < range.start ? range.start : range.end - 1, stop: true };
}

/** L and J: twice as fast on each press, up to 8; the other direction starts at 1. */
export function nextShuttle(current: number, direction: 1 | -1): number {
  if (Math.sign(current) !== direction) return direction;
  return direction * Math.min(8, Math.abs(current) * 2);
}

/** Share of what lies between picture and sound that one tick makes good, and how far apart they may be to be the same moment. */
const FOLLOW = 0.25;
const FAR_FRAMES = 24;
/** What lies further apart than this is made good at once: within a frame nobody sees it, beyond it somebody does. */
const NEAR_FRAMES = 0.4;

/**
 * Frames to travel in a tick of `elapsed` frames so that the playhead follows what is heard: it waits for a sound that is late and goes to one
 * that is ahead, but never turns round. `sound` is the frame that is heard, null in silence.
 */
export function followSound(position: number, elapsed: number, sound: number | null): number {
  if (sound === null || elapsed <= 0) return elapsed;
  const apart = sound - (position + elapsed);
  if (Math.abs(apart) > FAR_FRAMES) return elapsed;
  const near = Math.max(-NEAR_FRAMES, Math.min(NEAR_FRAMES, apart));
  return Math.max(0, elapsed + (apart - near) + near * FOLLOW);
}

/**
 * Moves the playhead while the session plays, on the page's animation frames. The length is asked for on every tick because
 * takes arrive while one watches. `soundFrame` is the frame that is heard.
 */
export function runTransport(session: SessionStore, source: () => { lengthFrames: number; frameRate: FrameRate }, soundFrame: () => number | null = () => null): () => void {
  let handle = 0;
  let position = 0;
  let lastMs = 0;
  const tick = (nowMs: number): void => {
    const state = session.getState();
    if (state.shuttle === 0) {
      handle = 0;
      return;
    }
    const { lengthFrames, frameRate } = source();
    const elapsed = (((nowMs - lastMs) / 1000) * state.shuttle * frameRate.num) / frameRate.den;
    lastMs = nowMs;
    // Someone else moved the playhead: go on from there.
    if (Math.floor(position) !== state.playhead) position = state.playhead;
    const moved = travelFrames(position, followSound(position, elapsed, soundFrame()), playRange(state, lengthFrames), state.loop);
    position = moved.frame;
    const playhead = Math.floor(position);
    if (playhead !== state.playhead || moved.stop) session.setState({ playhead, ...(moved.stop ? { shuttle: 0 } : {}) });
    handle = requestAnimationFrame(tick);
  };
  const start = (): void => {
    if (handle !== 0 || session.getState().shuttle === 0) return;
    position = session.getState().playhead;
    lastMs = performance.now();
    handle = requestAnimationFrame(tick);
  };
  const stopListening = session.subscribe(start);
  start();
  return () => {
    stopListening();
    cancelAnimationFrame(handle);
  };
}
