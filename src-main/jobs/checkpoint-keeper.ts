/** A checkpoint as the engine sent it. */
export interface OfferedCheckpoint {
  readonly step: number;
  readonly bytes: Uint8Array;
}

/** Storing checkpoints may cost this share of the run. */
const COST_SHARE = 0.02;

/**
 * Decides which checkpoints are stored. Every one is, as long as that costs at most two percent of the run; where steps are
 * faster than the disk, some are skipped. The newest skipped one is stored when the run ends early in good order.
 */
export class CheckpointKeeper {
  readonly #save: (checkpoint: OfferedCheckpoint) => void;
  readonly #now: () => number;
  #pending: OfferedCheckpoint | null = null;
  #nextAt = 0;

  constructor(save: (checkpoint: OfferedCheckpoint) => void, now: () => number = () => performance.now()) {
    this.#save = save;
    this.#now = now;
  }

  offer(checkpoint: OfferedCheckpoint): void {
    this.#pending = checkpoint;
    if (this.#now() >= this.#nextAt) this.flush();
  }

  flush(): void {
    const checkpoint = this.#pending;
    if (checkpoint === null) return;
    const beganAt = this.#now();
    this.#save(checkpoint);
    this.#pending = null;
    this.#nextAt = this.#now() + (this.#now() - beganAt) / COST_SHARE;
  }
}
