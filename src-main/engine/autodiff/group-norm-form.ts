import { assert } from '../../../src-shared/errors/studio-error.ts';
import { elementCount } from '../onnx/element-type.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Graph, GraphNode, Value } from '../onnx/graph.ts';
import { intAttribute } from '../onnx/shape-algebra.ts';
import { mul, reshape } from '../onnx/tensor-ops.ts';

/**
 * Replaces each GroupNormalization by InstanceNormalization with a group as one channel, then scale and bias. The same
 * numbers in standard operators, but executors without a kernel for the former expand it into twenty nodes: on onnxruntime's
 * CPU provider half of a training step's time and memory.
 */
export function expandGroupNorms(graph: Graph): Graph {
  if (!graph.nodes.some(({ opType }) => opType === 'GroupNormalization')) return graph;
  const b = GraphBuilder.extend({ ...graph, outputs: [], nodes: [], types: new Map() });
  for (const node of graph.nodes) {
    if (node.opType === 'GroupNormalization') b.scoped(node.name.replace('/', '.'), () => expandNode(b, node));
    else b.append(node);
  }
  b.graph.outputs.push(...graph.outputs);
  return b.finish();
}

function expandNode(b: GraphBuilder, node: GraphNode): void {
  const [x, weight, bias] = node.inputs.map((name) => b.find(name));
  assert(x !== undefined && weight !== undefined && bias !== undefined, 'GroupNormalization has three inputs');
  const [batch = 1, channels = 1] = x.shape;
  const groups = intAttribute(node, 'num_groups', 1);
  const epsilon = node.attributes['epsilon'];
  const grouped = reshape(b, x, [batch, groups, elementCount(x.shape) / (batch * groups)]);
  const constant = (value: number): Value => b.floats(new Float32Array(groups).fill(value), [groups]);
  const normed = b.op('InstanceNormalization', [grouped, constant(1), constant(0)], { epsilon: epsilon?.kind === 'float' ? epsilon.value : 1e-5 });
  const perChannel = [channels, ...x.shape.slice(2).map(() => 1)];
  const scaled = mul(b, reshape(b, normed, x.shape), reshape(b, weight, perChannel));
  b.append({ name: node.name, opType: 'Add', domain: '', inputs: [scaled.name, reshape(b, bias, perChannel).name], outputs: node.outputs, attributes: {} });
}
