import { anchorInput, anchorOutput } from '../../nn/attention-blocks.ts';
import type { SideChannel } from '../stage-sessions.ts';

/** What the spatial self-attentions saw of a clip's first frame, per step and batch entry: plain data, kept for going on later. */
export interface AnchorStates {
  /** `steps[step][entry][path]`, [tokens * width] each. */
  readonly steps: readonly (readonly Readonly<Record<string, Float32Array>>[])[];
}

/**
 * Feeds the first frame's attention states to every later window (cross-frame attention, Khachatryan et al. 2023): the first window
 * of each step writes them down, the others look at them.
 */
export class AnchorKeeper {
  readonly #sizes: ReadonlyMap<string, number>;
  readonly #kept: Record<string, Float32Array>[][];
  #step = 0;
  #writes = false;

  /** `sizes`: number of values per attention path. */
  constructor(sizes: ReadonlyMap<string, number>, steps: number, given: AnchorStates | null) {
    this.#sizes = sizes;
    this.#kept = Array.from({ length: steps }, (_, step) => [...(given?.steps[step] ?? [])]);
  }

  /** Says which pass comes next. */
  enter(step: number, isFirstWindow: boolean): void {
    this.#step = step;
    this.#writes = isFirstWindow && this.#kept[step]!.length === 0;
  }

  /** All states, once every step's first window has run; null before. */
  states(): AnchorStates | null {
    return this.#kept.every((step) => step.length > 0) ? { steps: this.#kept } : null;
  }

  inputs(entry: number): Record<string, Float32Array> {
    const kept = this.#writes ? undefined : this.#kept[this.#step]![entry];
    const inputs: Record<string, Float32Array> = { anchor_given: Float32Array.of(kept === undefined ? 0 : 1) };
    for (const [path, size] of this.#sizes) inputs[anchorInput(path)] = kept?.[path] ?? new Float32Array(size);
    return inputs;
  }

  outputs(entry: number, results: Readonly<Record<string, Float32Array>>): void {
    if (!this.#writes) return;
    this.#kept[this.#step]![entry] = Object.fromEntries([...this.#sizes.keys()].map((path) => [path, results[anchorOutput(path)]!]));
  }
}

/** A side channel to whichever keeper is in use. */
export const anchorChannel = (keeper: () => AnchorKeeper): SideChannel => ({
  inputs: (entry) => keeper().inputs(entry),
  outputs: (entry, results) => keeper().outputs(entry, results),
});
