import { StudioError, assert } from '../../../src-shared/errors/studio-error.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { int64Constant } from '../onnx/graph.ts';
import type { GraphNode, Value } from '../onnx/graph.ts';
import { add } from '../onnx/tensor-ops.ts';
import { findGradientPath } from './gradient-path.ts';
import type { GradientPath } from './gradient-path.ts';
import { GRADIENT_RULES } from './gradient-rules.ts';
import { FORBIDDEN, NO_GRADIENT } from './gradient-rule.ts';
import type { GradientContext, GradientRule } from './gradient-rule.ts';
import { reduceToShape } from './reduce-to-shape.ts';

/** The nodes that a reverse pass appended. */
export interface BackwardPass {
  /** Gradient of the loss per parameter name. */
  readonly gradients: ReadonlyMap<string, Value>;
  /** For each appended node, by name, the index of the forward node whose rule emitted it. */
  readonly origins: ReadonlyMap<string, number>;
}

/**
 * Appends the gradients of a scalar loss with respect to the parameters: reverse mode over the nodes between them, later
 * nodes first, contributions of several uses added up.
 */
export function appendBackward(b: GraphBuilder, loss: Value, parameters: readonly string[]): BackwardPass {
  if (loss.shape.length !== 0 || loss.elementType !== 'float32') {
    throw new StudioError('GRAPH_INVALID', `The loss "${loss.name}" is ${loss.elementType} [${loss.shape.join(', ')}]; it must be one float32 number.`);
  }
  const forward = [...b.graph.nodes];
  const path = findGradientPath(b.graph, loss.name, parameters);
  const origins = new Map<string, number>();
  const gradients = new Map<string, Value>([[loss.name, b.scalar(1)]]);
  for (let index = forward.length - 1; index >= 0; index--) {
    const node = forward[index];
    if (node === undefined || !path.nodes.has(index)) continue;
    const appended = b.graph.nodes.length;
    b.scoped(`gradient.${node.name.replace('/', '.')}`, () => differentiate(b, node, path, gradients));
    for (const added of b.graph.nodes.slice(appended)) origins.set(added.name, index);
  }
  const unreached = parameters.find((name) => !gradients.has(name));
  if (unreached !== undefined) {
    throw new StudioError('INVALID_INPUT', `The loss does not depend on the parameter "${unreached}". Leave it out of the selection.`, { details: { tensor: unreached } });
  }
  return { gradients: new Map(parameters.map((name) => [name, gradients.get(name) as Value])), origins };
}

function differentiate(b: GraphBuilder, node: GraphNode, path: GradientPath, gradients: Map<string, Value>): void {
  const context = contextOf(b, node, path, gradients);
  const results = ruleOf(node)(context);
  for (const [index, gradient] of results.entries()) {
    const name = node.inputs[index];
    if (gradient === null || name === undefined || name === '' || !context.needsGradient(index)) continue;
    const reduced = reduceToShape(b, gradient, context.input(index).shape);
    const sum = gradients.get(name);
    gradients.set(name, sum === undefined ? reduced : add(b, sum, reduced));
  }
}

function ruleOf(node: GraphNode): GradientRule {
  const entry = GRADIENT_RULES[node.opType];
  const details = { op: node.opType, node: node.name };
  if (entry === undefined) {
    const mend = node.domain === '' ? 'Train with a model that does without it, or choose parameters behind it.' : 'Build the model with the portable lowering.';
    throw new StudioError('GRADIENT_OP_UNSUPPORTED', `There is no gradient rule for ${node.opType} (node "${node.name}"). ${mend}`, { details });
  }
  if (entry === FORBIDDEN) {
    throw new StudioError('GRADIENT_FORBIDDEN', `${node.opType} (node "${node.name}") lies between a parameter and the loss, but cannot be trained through. Choose parameters behind it.`, { details });
  }
  assert(entry !== NO_GRADIENT, 'a path ends at operators without gradient');
  return entry;
}

function contextOf(b: GraphBuilder, node: GraphNode, path: GradientPath, gradients: ReadonlyMap<string, Value>): GradientContext {
  const valueOf = (name: string | undefined, what: string): Value => {
    const value = name === undefined ? undefined : b.find(name);
    assert(value !== undefined, `${node.opType} "${node.name}" has ${what}`);
    return value;
  };
  const needsGradient = (index: number): boolean => path.values.has(node.inputs[index] ?? '');
  const outputGradients = node.outputs.map((output) => gradients.get(output) ?? null);
  const dy = outputGradients[0] ?? outputGradients.find((gradient) => gradient !== null);
  assert(dy !== undefined && dy !== null, `the loss depends on ${node.opType} "${node.name}"`);
  if (node.opType !== 'Split' && outputGradients.some((gradient, index) => index > 0 && gradient !== null)) {
    throw new StudioError('GRADIENT_OP_UNSUPPORTED', `There is no gradient rule for the further outputs of ${node.opType} (node "${node.name}"). Use its first output only.`, { details: { op: node.opType, node: node.name } });
  }
  return {
    b, node, dy, outputGradients, needsGradient,
    input: (index) => valueOf(node.inputs[index], `an input ${index}`),
    output: (index) => valueOf(node.outputs[index], `an output ${index}`),
    constant: (index) => int64Constant(b.graph, node.inputs[index] ?? ''),
    when: (index, emit) => (needsGradient(index) ? emit() : null),
  };
}
