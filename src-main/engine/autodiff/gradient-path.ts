import { isFloating } from '../onnx/element-type.ts';
import type { Graph } from '../onnx/graph.ts';
import { GRADIENT_RULES } from './gradient-rules.ts';
import { NO_GRADIENT } from './gradient-rule.ts';

/** What lies between the parameters and the loss; nothing else gets gradients. */
export interface GradientPath {
  /** Names of values whose gradient is needed. */
  readonly values: ReadonlySet<string>;
  /** Indices of nodes to differentiate. */
  readonly nodes: ReadonlySet<number>;
}

/** Values that depend on a parameter and that the loss depends on, through floating-point values only. */
export function findGradientPath(graph: Graph, loss: string, parameters: Iterable<string>): GradientPath {
  const dependent = new Set(parameters);
  for (const node of graph.nodes) {
    if (GRADIENT_RULES[node.opType] === NO_GRADIENT || !node.inputs.some((input) => dependent.has(input))) continue;
    for (const output of node.outputs) {
      const type = graph.types.get(output);
      if (type !== undefined && isFloating(type.elementType)) dependent.add(output);
    }
  }
  const values = new Set<string>(dependent.has(loss) ? [loss] : []);
  const nodes = new Set<number>();
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const node = graph.nodes[index];
    if (node === undefined || !node.outputs.some((output) => values.has(output))) continue;
    nodes.add(index);
    for (const input of node.inputs) {
      if (dependent.has(input)) values.add(input);
    }
  }
  return { values, nodes };
}
