import type { Graph } from '../onnx/graph.ts';

/** A built model: the graph, and the tensors of its weights that no layer used. */
export interface BuiltModel {
  readonly graph: Graph;
  readonly unused: readonly string[];
}
