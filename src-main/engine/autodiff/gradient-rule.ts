import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { GraphNode, Value } from '../onnx/graph.ts';

/** What a rule may use: the node, its values, the gradients of its outputs, and a builder to emit standard operators with. */
export interface GradientContext {
  readonly b: GraphBuilder;
  readonly node: GraphNode;
  /** Gradient of the loss with respect to output 0, in its shape. */
  readonly dy: Value;
  /** Gradient per output; null where the loss does not depend on that output. */
  readonly outputGradients: readonly (Value | null)[];
  /** Input `index`; throws when it is absent. */
  input(index: number): Value;
  /** Output `index` of the forward node. */
  output(index: number): Value;
  /** Value of an int64 constant input, or undefined when the input is absent. */
  constant(index: number): readonly number[] | undefined;
  /** True when input `index` lies between a parameter and the loss. */
  needsGradient(index: number): boolean;
  /** The gradient of input `index` if it is needed, else null; `emit` does not run then. */
  when(index: number, emit: () => Value): Value | null;
}

/**
 * Emits the gradients of a node's inputs: one value or null per input, trailing nulls may be left out. A gradient may still
 * have the node's broadcast shape; it is reduced to the input's shape afterwards.
 */
export type GradientRule = (context: GradientContext) => readonly (Value | null)[];

/** The operator's outputs do not change when its inputs change a little, and models use it knowingly: the path ends there. */
export const NO_GRADIENT = Symbol('no gradient');

/** A gradient must not be asked for: it would be zero almost everywhere, so that training would silently learn nothing. */
export const FORBIDDEN = Symbol('forbidden');

/** A rule, or one of the two sentinels. */
export type GradientEntry = GradientRule | typeof NO_GRADIENT | typeof FORBIDDEN;

/** Operator types with their rule, as the rule files export them. */
export type GradientRules = Readonly<Record<string, GradientEntry>>;

/** Declares the rule of one or more operator types. */
export function defineGradient(opTypes: string | readonly string[], entry: GradientEntry): GradientRules {
  return Object.fromEntries((typeof opTypes === 'string' ? [opTypes] : opTypes).map((opType) => [opType, entry]));
}
