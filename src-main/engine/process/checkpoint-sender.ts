/** Checkpoints may cost this share of a run: large ones are sent less often than every step. */
const COST_SHARE = 0.02;
/** Below this, a checkpoint is never skipped. */
const CHEAP_MS = 2;

/**
 * Decides which checkpoints leave the engine. `send` waits until the bytes have left: the next step would block them
 * half-way. The newest skipped one is sent by `flush`, for a run that is stopped between two steps.
 */
export class CheckpointSender<Step> {
  readonly #send: (step: Step) => Promise<void>;
  #unsent: Step | null = null;
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(send: (step: Step) => Promise<void>) {
    this.#send = send;
  }

  /** Takes the place of what was offered before; null when the running step has nothing to go on from. */
  async offer(step: Step | null): Promise<void> {
    this.#unsent = step;
    if (performance.now() >= this.#nextAt) await this.flush();
  }

  async flush(): Promise<void> {
    const step = this.#unsent;
    if (step === null) return;
    const beganAt = performance.now();
    await this.#send(step);
    this.#unsent = null;
    const tookMs = performance.now() - beganAt;
    if (tookMs > CHEAP_MS) this.#nextAt = performance.now() + tookMs / COST_SHARE;
  }
}
