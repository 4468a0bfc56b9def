import { medianOf } from './median.ts';

/** Measured steps before an estimate is shown. */
const STEPS_NEEDED = 2;
/** How far a new estimate moves the shown finishing time. */
const SMOOTHING = 0.3;

/**
 * Estimates when a job is done. Says nothing until two steps of the running part are measured and every later part's
 * duration is known; then counts down smoothly and never below zero.
 */
export class RemainingTime {
  readonly #now: () => number;
  #steps: number[] = [];
  #finishAt: number | null = null;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Another part begins: its steps have another length. */
  beginPart(): void {
    this.#steps = [];
  }

  /** A measured step of the running part, `stepsLeft` after it, and the expected time of all later parts or null when unknown. */
  step(stepMs: number, stepsLeft: number, laterMs: number | null): void {
    this.#steps.push(stepMs);
    const median = medianOf(this.#steps.slice(-9));
    if (this.#steps.length < STEPS_NEEDED || median === null || laterMs === null) return;
    const finishAt = this.#now() + median * stepsLeft + laterMs;
    this.#finishAt = this.#finishAt === null ? finishAt : this.#finishAt + SMOOTHING * (finishAt - this.#finishAt);
  }

  /** Milliseconds left, or null while estimating. */
  remainingMs(): number | null {
    if (this.#finishAt === null || this.#steps.length < STEPS_NEEDED) return null;
    return Math.max(0, this.#finishAt - this.#now());
  }
}
