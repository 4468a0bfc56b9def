import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { int64Constant } from './graph.ts';
import type { Graph, GraphNode, TensorType } from './graph.ts';
import { OP_SCHEMAS } from './op-schemas.ts';
import { shapeMismatch } from './shape-algebra.ts';
import type { ShapeContext } from './shape-algebra.ts';
import { SHAPE_RULES } from './shape-rules.ts';

/** Types of a node's outputs, given a way to look up the types and integer constants of its inputs. */
export function inferNodeTypes(
  node: GraphNode, typeOf: (name: string) => TensorType | undefined, constantOf: (name: string) => number[] | undefined,
): TensorType[] {
  const rule = SHAPE_RULES[node.opType];
  if (rule === undefined || OP_SCHEMAS[node.opType]?.domain !== node.domain) {
    throw new StudioError('OP_UNSUPPORTED', `Operator ${node.opType} of node "${node.name}" is not one the engine knows.`, { details: { op: node.opType, node: node.name } });
  }
  const optional = (index: number): TensorType | undefined => {
    const name = node.inputs[index];
    if (name === undefined || name === '') return undefined;
    const type = typeOf(name);
    if (type === undefined) throw new StudioError('GRAPH_INVALID', `${node.opType} "${node.name}" reads "${name}", which nothing before it defines.`, { details: { node: node.name, input: name } });
    return type;
  };
  const context: ShapeContext = {
    node,
    optional,
    input: (index) => {
      const type = optional(index);
      if (type === undefined) throw shapeMismatch(node, `no input ${index}`, 'that input');
      return type;
    },
    constant: (index) => {
      const name = node.inputs[index];
      if (name === undefined || name === '') return undefined;
      const value = constantOf(name);
      if (value === undefined) throw shapeMismatch(node, `a computed value for input ${index}`, 'an int64 constant: a graph has fixed shapes');
      return value;
    },
  };
  const types = rule(context);
  if (types.length !== node.outputs.length) throw shapeMismatch(node, `${node.outputs.length} outputs`, `${types.length}`);
  return types;
}

/** Infers every node's output types in order and stores them in `graph.types`, replacing what was there. */
export function inferGraphTypes(graph: Graph): void {
  const inputs = new Map<string, TensorType>(graph.inputs.map((input) => [input.name, input]));
  const stated = new Map(graph.types);
  graph.types.clear();
  const typeOf = (name: string): TensorType | undefined => graph.types.get(name) ?? graph.initializers.get(name) ?? inputs.get(name);
  for (const node of graph.nodes) {
    const types = inferNodeTypes(node, typeOf, (name) => int64Constant(graph, name));
    for (const [index, type] of types.entries()) {
      const output = node.outputs[index];
      if (output === undefined || output === '') continue;
      const claim = stated.get(output);
      if (claim !== undefined && (claim.elementType !== type.elementType || claim.shape.join() !== type.shape.join())) {
        throw shapeMismatch(node, `${type.elementType} [${type.shape.join(', ')}] for "${output}"`, `${claim.elementType} [${claim.shape.join(', ')}]`);
      }
      graph.types.set(output, { elementType: type.elementType, shape: [...type.shape] });
    }
  }
}
