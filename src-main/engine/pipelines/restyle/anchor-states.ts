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

/** Per step and batch entry: the paths and the number of values of each. */
type AnchorHeader = readonly (readonly (readonly { readonly path: string; readonly values: number }[])[])[];

/** The states as bytes: length of a JSON header, the header, the values in its order. */
export function encodeAnchor({ steps }: AnchorStates): Uint8Array {
  const header: AnchorHeader = steps.map((entries) => entries.map((states) => Object.entries(states).map(([path, { length }]) => ({ path, values: length }))));
  const json = Buffer.from(JSON.stringify(header));
  const values = steps.flatMap((entries) => entries.flatMap((states) => Object.values(states).map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return new Uint8Array(Buffer.concat([length, json, ...values]));
}

/** The states of {@link encodeAnchor}. */
export function decodeAnchor(bytes: Uint8Array): AnchorStates {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 4 + view.readUInt32LE(0);
  const header = JSON.parse(view.subarray(4, at).toString('utf8')) as AnchorHeader;
  return {
    steps: header.map((entries) => entries.map((states) => Object.fromEntries(states.map(({ path, values }) => {
      const part = new Float32Array(bytes.slice(at, at + values * 4).buffer);
      at += values * 4;
      return [path, part];
    })))),
  };
}
