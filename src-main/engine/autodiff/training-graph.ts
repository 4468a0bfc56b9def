import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import { appendBackward } from './backward.ts';
import { expandGroupNorms } from './group-norm-form.ts';
import { dropDeadNodes } from './live-nodes.ts';
import { peakActivationBytes } from './liveness.ts';
import type { LossBuilder } from './losses.ts';
import { recomputeWithinBudget } from './recomputation.ts';
import { selectParameters } from './trainable-parameters.ts';
import type { ParameterSelection } from './trainable-parameters.ts';

/** What to train, on which loss. */
export interface TrainingGraphRequest {
  /** A forward graph in the portable lowering. It is not changed. */
  readonly graph: Graph;
  readonly loss: LossBuilder;
  readonly parameters: ParameterSelection;
  /** Most bytes of activations and gradients that may be live at once; without it nothing is recomputed. */
  readonly memoryBudgetBytes?: number;
}

/** A trained parameter: the graph input that holds it and the output that holds its gradient. */
export interface TrainedParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly gradient: string;
}

/** A graph whose outputs are `loss` (a scalar) and one gradient per parameter. */
export interface TrainingGraph {
  readonly graph: Graph;
  readonly parameters: readonly TrainedParameter[];
  /** Estimated peak of live activations and gradients. */
  readonly activationBytes: number;
  /** The same estimate if nothing were recomputed. */
  readonly activationBytesWithoutRecomputation: number;
  /** Parts the forward pass was cut into; 1 when nothing is recomputed. */
  readonly segments: number;
}

/** Name of the loss output. */
export const LOSS_OUTPUT = 'loss';

/** Name of the output with a parameter's gradient. */
export function gradientOutput(parameter: string): string {
  return `grad.${parameter}`;
}

/**
 * Differentiates a graph: the selected parameters become inputs, the loss and its gradients the outputs, in place of the
 * model's own outputs. With a memory budget, parts of the forward pass run a second time instead of being kept.
 */
export function buildTrainingGraph(request: TrainingGraphRequest): TrainingGraph {
  const { graph, parameters } = selectParameters(expandGroupNorms(request.graph), request.parameters);
  const b = GraphBuilder.extend(graph);
  const outputs = new Map<string, Value>(graph.outputs.map((output) => [output.name, output]));
  const loss = b.scoped('loss', () => request.loss(b, outputs));
  const forwardNodes = new Set(b.graph.nodes.map(({ name }) => name));
  const names = parameters.map(({ name }) => name);
  const forward = [...b.graph.nodes];
  const { gradients, origins } = appendBackward(b, loss, names);
  b.graph.outputs.length = 0;
  b.output(LOSS_OUTPUT, loss);
  for (const [name, gradient] of gradients) b.output(gradientOutput(name), gradient);
  const plain = dropDeadNodes(b.finish());
  const plainBytes = peakActivationBytes(plain);
  const trained = parameters.map(({ name, shape }) => ({ name, shape, gradient: gradientOutput(name) }));
  const budget = request.memoryBudgetBytes;
  if (budget === undefined || plainBytes <= budget) {
    return { graph: plain, parameters: trained, activationBytes: plainBytes, activationBytesWithoutRecomputation: plainBytes, segments: 1 };
  }
  const originNames = new Map([...origins].map(([name, index]) => [name, forward[index]?.name ?? '']));
  const best = recomputeWithinBudget(plain, forwardNodes, originNames, budget);
  if (best.activationBytes > budget) {
    const megabytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
    throw new StudioError('OUT_OF_MEMORY', `Training needs about ${megabytes(best.activationBytes)} MB for activations even with recomputation, the budget is ${megabytes(budget)} MB. Choose fewer frames or a smaller size, or allow more memory.`, { details: { neededBytes: best.activationBytes, budgetBytes: budget } });
  }
  return { ...best, parameters: trained, activationBytesWithoutRecomputation: plainBytes };
}
