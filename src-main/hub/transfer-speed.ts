/** How far back a speed looks, and how much of it must have been seen before one is told, in milliseconds. */
const WINDOW_MS = 10_000;
const SEEN_MS = 2_000;

/** Speed of the network over the last seconds. Only bytes that arrived count; bytes that were here already do not. */
export class TransferSpeed {
  readonly #now: () => number;
  #samples: { readonly at: number; bytes: number }[] = [];
  #startedAt: number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#startedAt = now();
  }

  add(bytes: number): void {
    const at = this.#now();
    const last = this.#samples.at(-1);
    if (last !== undefined && at - last.at < 100) last.bytes += bytes;
    else this.#samples.push({ at, bytes });
  }

  /** Bytes a second, or null until two seconds were seen. */
  bytesPerSecond(): number | null {
    const now = this.#now();
    this.#samples = this.#samples.filter(({ at }) => now - at <= WINDOW_MS);
    const span = Math.min(WINDOW_MS, now - this.#startedAt);
    if (span < SEEN_MS) return null;
    return (this.#samples.reduce((sum, { bytes }) => sum + bytes, 0) * 1000) / span;
  }

  /** Milliseconds for so many bytes at this speed; null when nobody can tell, as with a line that is down. */
  remainingMs(bytes: number): number | null {
    const speed = this.bytesPerSecond();
    return speed === null || speed < 1 ? null : (bytes / speed) * 1000;
  }
}
