import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { checkGraph } from '../onnx/graph-checker.ts';
import { isFloating } from '../onnx/element-type.ts';
import type { Graph, Value } from '../onnx/graph.ts';

/** Which parameters to train: their names, or a test of names. */
export type ParameterSelection = readonly string[] | ((name: string) => boolean);

/** A graph in which the selected parameters are float32 inputs, after the inputs it had. */
export interface TrainableGraph {
  readonly graph: Graph;
  readonly parameters: readonly Value[];
}

/**
 * Turns the selected initializers into graph inputs of the same name and shape. They become float32 whatever they are
 * stored as, so that small updates are not rounded away; a Cast that follows them stays and does nothing. Parameters that are
 * inputs already are taken as they are.
 */
export function selectParameters(graph: Graph, selection: ParameterSelection): TrainableGraph {
  const wanted = typeof selection === 'function' ? selection : (name: string): boolean => selection.includes(name);
  const chosen = [...graph.initializers.values()].filter(({ name, elementType }) => isFloating(elementType) && wanted(name));
  const promoted = chosen.map(({ name, shape }): Value => ({ name, elementType: 'float32', shape }));
  const given = graph.inputs.filter(({ name, elementType }) => elementType === 'float32' && wanted(name));
  const parameters = [...given, ...promoted];
  const names = new Set(parameters.map(({ name }) => name));
  const missing = typeof selection === 'function' ? undefined : selection.find((name) => !names.has(name));
  if (missing !== undefined) throw noParameter(graph, `"${missing}"`);
  if (parameters.length === 0) throw noParameter(graph, 'of the selected names');
  const mixed = chosen.find(({ name, elementType }) => elementType !== 'float32' && graph.nodes.some((node) => node.opType !== 'Cast' && node.inputs.includes(name)));
  if (mixed !== undefined) {
    throw new StudioError('GRAPH_INVALID', `The parameter "${mixed.name}" is used as ${mixed.elementType} without a cast to float32, so it cannot be trained. Build the graph in float32.`, { details: { tensor: mixed.name } });
  }
  const trainable: Graph = {
    name: graph.name, opset: graph.opset, inputs: [...graph.inputs, ...promoted], outputs: [...graph.outputs], nodes: [...graph.nodes],
    initializers: new Map([...graph.initializers].filter(([name]) => !names.has(name))), types: new Map(graph.types),
  };
  checkGraph(trainable);
  return { graph: trainable, parameters };
}

function noParameter(graph: Graph, what: string): StudioError {
  return new StudioError('INVALID_INPUT', `The model "${graph.name}" has no parameter ${what}. Choose names from its weights.`, { details: { graph: graph.name } });
}
