import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { elementBytes, elementCount } from './element-type.ts';
import { valueType } from './graph.ts';
import type { Graph, GraphNode, Initializer } from './graph.ts';
import { OP_SCHEMAS } from './op-schemas.ts';
import { inferGraphTypes } from './shape-inference.ts';

/**
 * Proves that a graph is well formed: unique names, topological order, every input defined, known operators with the
 * right arity and attribute types, initializers whose bytes fit their shape and whose files stay beside the model, and
 * outputs that are produced. Ends in a full shape inference, which also proves the stated types.
 */
export function checkGraph(graph: Graph): void {
  const defined = new Set<string>();
  const define = (name: string, where: string): void => {
    if (name === '') throw invalid(`${where} has no name`);
    if (defined.has(name)) throw invalid(`"${name}" is defined twice, the second time by ${where}`);
    defined.add(name);
  };
  for (const input of graph.inputs) define(input.name, 'a graph input');
  for (const [key, initializer] of graph.initializers) {
    if (key !== initializer.name) throw invalid(`initializer "${initializer.name}" is filed under "${key}"`);
    define(initializer.name, 'an initializer');
    checkInitializer(initializer);
  }
  const nodeNames = new Set<string>();
  for (const node of graph.nodes) {
    if (nodeNames.has(node.name)) throw invalid(`two nodes are named "${node.name}"`);
    nodeNames.add(node.name);
    checkNode(node, graph.opset);
    for (const input of node.inputs) {
      if (input !== '' && !defined.has(input)) throw invalid(`${node.opType} "${node.name}" reads "${input}" before anything defines it`);
    }
    for (const output of node.outputs) {
      if (output !== '') define(output, `${node.opType} "${node.name}"`);
    }
  }
  inferGraphTypes(graph);
  if (graph.outputs.length === 0) throw invalid('there are no outputs');
  for (const output of graph.outputs) {
    const type = valueType(graph, output.name);
    if (!defined.has(output.name) || type === undefined) throw invalid(`nothing produces the output "${output.name}"`);
    if (type.elementType !== output.elementType || type.shape.join() !== output.shape.join()) {
      throw invalid(`the output "${output.name}" is ${type.elementType} [${type.shape.join(', ')}], not ${output.elementType} [${output.shape.join(', ')}]`);
    }
  }
}

function checkNode(node: GraphNode, opset: number): void {
  const schema = OP_SCHEMAS[node.opType];
  if (schema === undefined || schema.domain !== node.domain) {
    throw new StudioError('OP_UNSUPPORTED', `Operator ${node.opType} of node "${node.name}" is not one the engine knows.`, { details: { op: node.opType, node: node.name } });
  }
  const what = `${node.opType} "${node.name}"`;
  if (node.domain === '' && schema.since > opset) throw invalid(`${what} needs operator set ${schema.since}, the graph has ${opset}`);
  if (node.inputs.length < schema.inputs[0] || node.inputs.length > schema.inputs[1]) throw invalid(`${what} has ${node.inputs.length} inputs`);
  if (node.outputs.length < schema.outputs[0] || node.outputs.length > schema.outputs[1]) throw invalid(`${what} has ${node.outputs.length} outputs`);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    const kind = schema.attributes[name];
    if (kind === undefined) throw invalid(`${what} has no attribute "${name}"`);
    if (kind !== attribute.kind) throw invalid(`attribute "${name}" of ${what} must be ${kind}, not ${attribute.kind}`);
  }
  const missing = schema.required.find((name) => node.attributes[name] === undefined);
  if (missing !== undefined) throw invalid(`${what} lacks its attribute "${missing}"`);
}

function checkInitializer(initializer: Initializer): void {
  const expected = elementCount(initializer.shape) * elementBytes(initializer.elementType);
  const { data } = initializer;
  const length = data.kind === 'inline' ? data.bytes.byteLength : data.length;
  if (length !== expected) throw invalid(`initializer "${initializer.name}" has ${length} bytes, its shape needs ${expected}`);
  if (data.kind === 'external') {
    checkExternalLocation(data.location, initializer.name);
    if (data.offset < 0 || !Number.isSafeInteger(data.offset)) throw invalid(`initializer "${initializer.name}" starts at ${data.offset}`);
  }
}

/** External data must be a plain relative path that cannot leave the model's folder. */
export function checkExternalLocation(location: string, name: string): void {
  const parts = location.split(/[\\/]/);
  if (location === '' || /^([a-zA-Z]:|[\\/])/.test(location) || location.includes('\0') || parts.includes('..')) {
    throw invalid(`the weights of "${name}" point outside the model's folder (${JSON.stringify(location)})`);
  }
}

function invalid(what: string): StudioError {
  return new StudioError('GRAPH_INVALID', `The model graph is not valid: ${what}.`);
}
