import { isFloating } from '../onnx/element-type.ts';
import type { Graph } from '../onnx/graph.ts';
import { GRADIENT_RULES } from './gradient-rules.ts';
import { FORBIDDEN, NO_GRADIENT } from './gradient-rule.ts';

/** How an operator type of a model can be differentiated. */
export type GradientSupport = 'rule' | 'no gradient' | 'forbidden' | 'missing';

/** One operator type of a model. */
export interface OperatorCoverage {
  readonly opType: string;
  readonly support: GradientSupport;
  /** Nodes of this type that give floating-point values; others never carry gradients. */
  readonly nodes: number;
  /** Name of the first such node. */
  readonly example: string;
}

/** Which operators of a graph have gradient rules, by type, those without one first. Nodes that only make integers are left out. */
export function gradientCoverage(graph: Graph): OperatorCoverage[] {
  const found = new Map<string, OperatorCoverage>();
  for (const node of graph.nodes) {
    const types = node.outputs.map((output) => graph.types.get(output)?.elementType);
    // Files may leave out the types of intermediate values; those nodes count.
    if (types.every((type) => type !== undefined && !isFloating(type))) continue;
    const known = found.get(node.opType);
    found.set(node.opType, known === undefined ? { opType: node.opType, support: supportOf(node.opType), nodes: 1, example: node.name } : { ...known, nodes: known.nodes + 1 });
  }
  const order: GradientSupport[] = ['missing', 'forbidden', 'no gradient', 'rule'];
  return [...found.values()].sort((a, b) => order.indexOf(a.support) - order.indexOf(b.support) || a.opType.localeCompare(b.opType));
}

function supportOf(opType: string): GradientSupport {
  const entry = GRADIENT_RULES[opType];
  if (entry === undefined) return 'missing';
  if (entry === FORBIDDEN) return 'forbidden';
  return entry === NO_GRADIENT ? 'no gradient' : 'rule';
}
