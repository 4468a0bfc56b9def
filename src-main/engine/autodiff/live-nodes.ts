import { checkGraph } from '../onnx/graph-checker.ts';
import type { Graph } from '../onnx/graph.ts';

/** The graph without nodes and initializers that no output depends on. Inputs stay: they are what callers feed. */
export function dropDeadNodes(graph: Graph): Graph {
  const used = new Set(graph.outputs.map(({ name }) => name));
  const nodes = [...graph.nodes].reverse().filter((node) => {
    if (!node.outputs.some((output) => used.has(output))) return false;
    for (const input of node.inputs) used.add(input);
    return true;
  }).reverse();
  const live: Graph = {
    name: graph.name, opset: graph.opset, inputs: [...graph.inputs], outputs: [...graph.outputs], nodes,
    initializers: new Map([...graph.initializers].filter(([name]) => used.has(name))), types: new Map(),
  };
  checkGraph(live);
  return live;
}
