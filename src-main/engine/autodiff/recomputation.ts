import { assert } from '../../../src-shared/errors/studio-error.ts';
import { isFloating } from '../onnx/element-type.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { valueType } from '../onnx/graph.ts';
import type { Graph, GraphNode, Value } from '../onnx/graph.ts';
import { add, cast, concat, reshape, slice } from '../onnx/tensor-ops.ts';
import { dropDeadNodes } from './live-nodes.ts';
import { activationBuffers, peakActivationBytes } from './liveness.ts';
import { chooseCuts } from './segment-cuts.ts';

/**
 * Gradient checkpointing (Chen et al. 2016, arXiv 1604.06174) as a graph transform: the forward pass is cut into segments;
 * what crosses a cut is kept, the rest of a segment is computed again just before its backward pass.
 */

/** A graph with recomputation, and what it is estimated to need. */
export interface RecomputedGraph {
  readonly graph: Graph;
  readonly activationBytes: number;
  readonly segments: number;
}

const MOST_SEGMENTS = 24;

/** The fewest segments that fit the budget; the smallest graph found when none does. */
export function recomputeWithinBudget(
  graph: Graph, forwardNames: ReadonlySet<string>, origins: ReadonlyMap<string, string>, budgetBytes: number,
): RecomputedGraph {
  let best: RecomputedGraph = { graph, activationBytes: peakActivationBytes(graph), segments: 1 };
  for (let segments = 2; segments <= MOST_SEGMENTS && best.activationBytes > budgetBytes; segments++) {
    const candidate = recompute(graph, forwardNames, origins, segments);
    if (candidate.activationBytes < best.activationBytes) best = candidate;
  }
  return best;
}

/** Cuts the forward pass into about `segments` parts and recomputes all but the last. */
export function recompute(graph: Graph, forwardNames: ReadonlySet<string>, origins: ReadonlyMap<string, string>, segments: number): RecomputedGraph {
  const forward = graph.nodes.filter(({ name }) => forwardNames.has(name));
  const backward = graph.nodes.filter(({ name }) => origins.has(name));
  const closing = graph.nodes.filter(({ name }) => !forwardNames.has(name) && !origins.has(name));
  const buffers = activationBuffers(graph);
  const cuts = chooseCuts(graph, forward, backward, buffers, segments);
  const plan = planSegments(forward, backward, closing, origins, cuts);

  const b = GraphBuilder.extend({ ...graph, outputs: [], nodes: forward, types: typesOf(graph, forward) });
  const renamed = new Map<string, string>();
  let exits: string[] = [];
  for (let segment = cuts.length; segment >= 0; segment--) {
    const nodes = plan.backward[segment] ?? [];
    const again = segment === cuts.length ? [] : repeatedNodes(plan, segment, nodes, buffers);
    if (again.length > 0) repeatSegment(b, again, exits, segment, buffers, renamed);
    for (const node of nodes) b.append({ ...node, inputs: node.inputs.map((input) => renamed.get(input) ?? input) });
    if (nodes.length > 0) exits = exitsOf(nodes, plan.usedOutside);
  }
  for (const node of closing) b.append(node);
  b.graph.outputs.push(...graph.outputs);
  const result = dropDeadNodes(b.finish());
  return { graph: result, activationBytes: peakActivationBytes(result), segments: cuts.length + 1 };
}

interface SegmentPlan {
  readonly forward: readonly (readonly GraphNode[])[];
  readonly backward: readonly (readonly GraphNode[])[];
  /** Values that later segments or the outputs read: kept. */
  readonly kept: ReadonlySet<string>;
  /** Backward values that another segment's backward pass or an output reads. */
  readonly usedOutside: ReadonlySet<string>;
}

function planSegments(
  forward: readonly GraphNode[], backward: readonly GraphNode[], closing: readonly GraphNode[], origins: ReadonlyMap<string, string>, cuts: readonly number[],
): SegmentPlan {
  const segmentAt = (index: number): number => cuts.filter((cut) => cut <= index).length;
  const parts: GraphNode[][] = Array.from({ length: cuts.length + 1 }, () => []);
  const backwardParts: GraphNode[][] = parts.map(() => []);
  const segmentOfNode = new Map<string, number>();
  const home = new Map<string, number>();
  const kept = new Set<string>();
  const usedOutside = new Set<string>();
  for (const [index, node] of forward.entries()) {
    const segment = segmentAt(index);
    parts[segment]?.push(node);
    segmentOfNode.set(node.name, segment);
    for (const input of node.inputs) {
      if ((home.get(input) ?? segment) !== segment) kept.add(input);
    }
    for (const output of node.outputs) home.set(output, segment);
  }
  const backwardHome = new Map<string, number>();
  for (const node of backward) {
    const segment = segmentOfNode.get(origins.get(node.name) ?? '');
    assert(segment !== undefined, `gradient node "${node.name}" belongs to a forward node`);
    backwardParts[segment]?.push(node);
    for (const input of node.inputs) {
      const from = backwardHome.get(input);
      if (from !== undefined && from !== segment) usedOutside.add(input);
      // A rule may read a value from before its segment; that one cannot be computed again here.
      if (home.has(input) && home.get(input) !== segment) kept.add(input);
    }
    for (const output of node.outputs) backwardHome.set(output, segment);
  }
  for (const node of closing) {
    for (const input of node.inputs) (home.has(input) ? kept : usedOutside).add(input);
  }
  return { forward: parts, backward: backwardParts, kept, usedOutside };
}

/** Nodes of a segment that must run again so that its backward pass finds its values. */
function repeatedNodes(plan: SegmentPlan, segment: number, backward: readonly GraphNode[], buffers: ReadonlyMap<string, string>): GraphNode[] {
  const wanted = new Set(backward.flatMap((node) => node.inputs));
  const again: GraphNode[] = [];
  for (const node of [...(plan.forward[segment] ?? [])].reverse()) {
    const needed = node.outputs.some((output) => wanted.has(output) && !plan.kept.has(output) && buffers.has(output));
    if (!needed) continue;
    again.push(node);
    for (const input of node.inputs) wanted.add(input);
  }
  return again.reverse();
}

/**
 * Appends copies of `nodes`. Executors order nodes by their inputs alone and would run the copies early, and merge
 * equal nodes; so everything that enters the copies first has a zero added that depends on the gradients of the later segment.
 */
function repeatSegment(
  b: GraphBuilder, nodes: readonly GraphNode[], exits: readonly string[], segment: number, buffers: ReadonlyMap<string, string>, renamed: Map<string, string>,
): void {
  const repeated = new Set(nodes.flatMap((node) => node.outputs));
  const inputs = new Set(b.graph.inputs.map(({ name }) => name));
  const delayed = new Map<string, string>();
  b.scoped(`recompute.${segment}`, () => {
    const zero = exits.length === 0 ? undefined : zeroAfter(b, exits);
    for (const entry of new Set(nodes.flatMap((node) => node.inputs))) {
      const type = valueType(b.graph, entry);
      if (zero === undefined || type === undefined || repeated.has(entry) || !isFloating(type.elementType) || !(buffers.has(entry) || inputs.has(entry))) continue;
      delayed.set(entry, add(b, { name: entry, ...type }, zero).name);
    }
  });
  for (const node of nodes) {
    const outputs = node.outputs.map((output) => `${output}.again`);
    const entries = node.inputs.map((input) => (repeated.has(input) ? `${input}.again` : delayed.get(input) ?? input));
    b.append({ ...node, name: `${node.name}.again`, inputs: entries, outputs });
    for (const output of node.outputs) renamed.set(output, `${output}.again`);
  }
}

/** A float32 scalar 0 that exists only after the given values, whatever they are (NaN included). */
function zeroAfter(b: GraphBuilder, names: readonly string[]): Value {
  const first = names.map((name) => {
    const value = b.find(name);
    assert(value !== undefined, `"${name}" is defined`);
    return slice(b, reshape(b, value, [-1]), 0, 0, 1);
  });
  const present = cast(b, b.op('ReduceMax', [concat(b, first, 0), b.int64s([0])], { keepdims: 0 }), 'bool');
  const never = b.initializer(`${present.name}.false`, 'bool', [], { kind: 'inline', bytes: new Uint8Array(1) });
  return cast(b, b.op('And', [present, never]), 'float32');
}

function exitsOf(nodes: readonly GraphNode[], usedOutside: ReadonlySet<string>): string[] {
  return nodes.flatMap((node) => node.outputs).filter((output) => usedOutside.has(output));
}

function typesOf(graph: Graph, nodes: readonly GraphNode[]): Graph['types'] {
  const types: Graph['types'] = new Map();
  for (const output of nodes.flatMap((node) => node.outputs)) {
    const type = graph.types.get(output);
    if (type !== undefined) types.set(output, type);
  }
  return types;
}
