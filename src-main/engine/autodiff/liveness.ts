import { elementBytes, elementCount } from '../onnx/element-type.ts';
import type { Graph, GraphNode, TensorType } from '../onnx/graph.ts';

/** Operators whose output is the same bytes under another shape. */
const VIEWS = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Identity']);

/** Bytes of a tensor. */
export function tensorBytes(type: TensorType): number {
  return elementCount(type.shape) * elementBytes(type.elementType);
}

/**
 * Which buffer each node output lives in, as the name of the value that owns it. Absent for weights, inputs and what is
 * computed from weights alone: those exist during the whole run and are no activations.
 */
export function activationBuffers(graph: Graph): ReadonlyMap<string, string> {
  const buffers = new Map<string, string>();
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  for (const node of graph.nodes) {
    if (!node.inputs.some((input) => buffers.has(input) || inputs.has(input))) continue;
    const source = node.inputs[0] ?? '';
    if (isView(node, graph)) {
      const owner = buffers.get(source);
      if (owner !== undefined && node.outputs[0] !== undefined) buffers.set(node.outputs[0], owner);
      // A view of an input keeps the input's name as its owner and costs nothing.
      else if (node.outputs[0] !== undefined) buffers.set(node.outputs[0], source);
      continue;
    }
    for (const output of node.outputs) {
      if (output !== '') buffers.set(output, output);
    }
  }
  return buffers;
}

function isView(node: GraphNode, graph: Graph): boolean {
  if (VIEWS.has(node.opType)) return true;
  if (node.opType !== 'Cast') return false;
  const from = graph.types.get(node.inputs[0] ?? '') ?? graph.inputs.find(({ name }) => name === node.inputs[0]);
  return from?.elementType === graph.types.get(node.outputs[0] ?? '')?.elementType;
}

/**
 * Largest sum of live activation bytes while the nodes run in the order in which they are listed. Buffers are not shared
 * between values, so this is an upper estimate of what an executor that reuses memory needs.
 */
export function peakActivationBytes(graph: Graph): number {
  const buffers = activationBuffers(graph);
  const lastUse = new Map<string, number>();
  for (const [index, node] of graph.nodes.entries()) {
    for (const name of [...node.inputs, ...node.outputs]) {
      const owner = buffers.get(name);
      if (owner !== undefined) lastUse.set(owner, index);
    }
  }
  for (const { name } of graph.outputs) lastUse.set(buffers.get(name) ?? name, graph.nodes.length);
  const sizeOf = (owner: string): number => {
    const type = graph.types.get(owner);
    return type === undefined ? 0 : tensorBytes(type);
  };
  const live = new Set<string>();
  let bytes = 0;
  let peak = 0;
  for (const [index, node] of graph.nodes.entries()) {
    for (const output of node.outputs) {
      const owner = buffers.get(output);
      if (owner === undefined || live.has(owner)) continue;
      live.add(owner);
      bytes += sizeOf(owner);
    }
    peak = Math.max(peak, bytes);
    for (const name of [...node.inputs, ...node.outputs]) {
      const owner = buffers.get(name);
      if (owner !== undefined && lastUse.get(owner) === index && live.delete(owner)) bytes -= sizeOf(owner);
    }
  }
  return peak;
}
