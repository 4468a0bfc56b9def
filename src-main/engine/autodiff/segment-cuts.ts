import type { Graph, GraphNode } from '../onnx/graph.ts';
import { tensorBytes } from './liveness.ts';

/**
 * Where to cut a forward pass: before the returned node indices. Between cuts lie about equal amounts of what the backward
 * pass needs; near each such place the cut goes where the fewest bytes cross it, since those are kept.
 */
export function chooseCuts(
  graph: Graph, forward: readonly GraphNode[], backward: readonly GraphNode[], buffers: ReadonlyMap<string, string>, segments: number,
): number[] {
  const sizeOf = (owner: string): number => {
    const type = graph.types.get(owner);
    return type === undefined ? 0 : tensorBytes(type);
  };
  const saved = savedBytes(forward, backward, buffers, sizeOf);
  const crossing = crossingBytes(forward, buffers, sizeOf);
  const total = saved.at(-1) ?? 0;
  const cuts = new Set<number>();
  for (let part = 1; part < segments; part++) {
    // A quarter of a segment to either side.
    const low = saved.findIndex((bytes) => bytes >= (total * (part - 0.25)) / segments);
    const high = saved.findIndex((bytes) => bytes >= (total * (part + 0.25)) / segments);
    let best = -1;
    for (let index = Math.max(low, 1); index <= high; index++) {
      if (best === -1 || (crossing[index] ?? 0) <= (crossing[best] ?? 0)) best = index;
    }
    if (best > 0) cuts.add(best);
  }
  return [...cuts].sort((a, b) => a - b);
}

/** Per forward node, the bytes that it and all nodes before it leave for the backward pass. */
function savedBytes(forward: readonly GraphNode[], backward: readonly GraphNode[], buffers: ReadonlyMap<string, string>, sizeOf: (owner: string) => number): number[] {
  const needed = new Set(backward.flatMap((node) => node.inputs.map((input) => buffers.get(input))));
  let sum = 0;
  return forward.map((node) => {
    for (const output of node.outputs) {
      if (buffers.get(output) === output && needed.has(output)) sum += sizeOf(output);
    }
    return sum;
  });
}

/** Per forward node, the bytes that nodes before it made and that it or nodes after it read. */
function crossingBytes(forward: readonly GraphNode[], buffers: ReadonlyMap<string, string>, sizeOf: (owner: string) => number): number[] {
  const made = new Map<string, number>();
  const lastRead = new Map<string, number>();
  for (const [index, node] of forward.entries()) {
    for (const input of node.inputs) {
      const owner = buffers.get(input);
      if (owner !== undefined) lastRead.set(owner, index);
    }
    for (const output of node.outputs) {
      if (buffers.get(output) === output) made.set(output, index);
    }
  }
  const change = new Float64Array(forward.length + 2);
  for (const [owner, index] of made) {
    const last = lastRead.get(owner) ?? index;
    if (last <= index) continue;
    change[index + 1] = (change[index + 1] ?? 0) + sizeOf(owner);
    change[last + 1] = (change[last + 1] ?? 0) - sizeOf(owner);
  }
  let live = 0;
  return forward.map((_, index) => (live += change[index] ?? 0));
}
