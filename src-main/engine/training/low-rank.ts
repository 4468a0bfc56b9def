import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Graph } from '../onnx/graph.ts';
import { add, matMul } from '../onnx/tensor-ops.ts';

/** Names of the two factors of a weight's change: weight + up [out, rank] x down [rank, in] (Hu et al. 2021, arXiv 2106.09685). */
export const downName = (weight: string): string => `${weight}.down`;
export const upName = (weight: string): string => `${weight}.up`;

/**
 * Adds a low-rank change to each of the weights: everything that read the weight reads weight + up x down, and the factors
 * become graph inputs. The weights themselves stay constants. A copy is returned.
 */
export function addLowRankChanges(graph: Graph, weights: readonly string[], rank: number): Graph {
  const wanted = new Set(weights);
  const b = GraphBuilder.extend({ ...graph, inputs: [...graph.inputs], outputs: [], nodes: [], types: new Map() });
  const changed = new Map<string, string>();
  const change = (weight: string, value: string): void => {
    const base = b.find(value);
    const [out = 0, inner = 0] = base?.shape ?? [];
    if (base === undefined || base.shape.length !== 2 || base.elementType !== 'float32') {
      throw new StudioError('GRAPH_INVALID', `The weight "${weight}" is not a float32 matrix where it is used, so it cannot be changed by low rank. Learn with rank "full".`, { details: { tensor: weight } });
    }
    const down = b.input(downName(weight), 'float32', [rank, inner]);
    const up = b.input(upName(weight), 'float32', [out, rank]);
    changed.set(value, b.scoped(`${weight}.change`, () => add(b, base, matMul(b, up, down))).name);
  };
  for (const [name, { elementType }] of graph.initializers) if (wanted.has(name) && elementType === 'float32') change(name, name);
  for (const node of graph.nodes) {
    b.append({ ...node, inputs: node.inputs.map((input) => changed.get(input) ?? input) });
    const weight = node.opType === 'Cast' ? node.inputs[0] ?? '' : '';
    if (wanted.has(weight) && graph.initializers.has(weight)) change(weight, node.outputs[0] ?? '');
  }
  b.graph.outputs.push(...graph.outputs);
  return b.finish();
}
