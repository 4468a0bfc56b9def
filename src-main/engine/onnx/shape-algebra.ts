import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { formatShape } from './graph.ts';
import type { Attribute, GraphNode, TensorType } from './graph.ts';

/** What a shape rule may ask: the node, its input types, and the values of inputs that are small int64 constants. */
export interface ShapeContext {
  readonly node: GraphNode;
  /** Type of input `index`; throws when the input is absent. */
  input(index: number): TensorType;
  /** Type of input `index`, or undefined when it is absent. */
  optional(index: number): TensorType | undefined;
  /** Value of an int64 constant input, or undefined when it is absent; throws when it is not constant. */
  constant(index: number): number[] | undefined;
}

/** A shape error that names operator, node, what came and what was needed. */
export function shapeMismatch(node: GraphNode, got: string, expected: string): StudioError {
  return new StudioError(
    'SHAPE_MISMATCH', `${node.opType} "${node.name}" got ${got}, expected ${expected}. Check the model's config.json against its weights and the requested size.`,
    { details: { op: node.opType, node: node.name, got, expected } },
  );
}

/** Numpy broadcasting of two shapes. */
export function broadcast(node: GraphNode, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, index) => {
    const left = a[index - rank + a.length] ?? 1;
    const right = b[index - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) throw shapeMismatch(node, `${formatShape(a)} and ${formatShape(b)}`, 'shapes that broadcast');
    return left === 1 ? right : left;
  });
}

/** A non-negative axis for a tensor of `rank`. */
export function normalizeAxis(node: GraphNode, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(positive) || positive < 0 || positive >= Math.max(rank, 1)) throw shapeMismatch(node, `axis ${axis}`, `an axis of a rank-${rank} tensor`);
  return positive;
}

/** Integer attribute, or its default. */
export function intAttribute(node: GraphNode, name: string, fallback: number): number {
  const attribute = node.attributes[name];
  return attribute?.kind === 'int' ? attribute.value : fallback;
}

/** Integer-list attribute, or its default. */
export function intsAttribute(node: GraphNode, name: string, fallback: readonly number[]): readonly number[] {
  const attribute = node.attributes[name];
  return attribute?.kind === 'ints' ? attribute.value : fallback;
}

/** Text attribute, or its default. */
export function textAttribute(node: GraphNode, name: string, fallback: string): string {
  const attribute: Attribute | undefined = node.attributes[name];
  return attribute?.kind === 'string' ? attribute.value : fallback;
}

/** Throws unless the tensor has this rank. */
export function requireRank(node: GraphNode, type: TensorType, min: number, max: number = min): void {
  if (type.shape.length < min || type.shape.length > max) {
    throw shapeMismatch(node, formatShape(type.shape), min === max ? `a rank-${min} tensor` : `a tensor of rank ${min} to ${max}`);
  }
}

/** Throws unless the two shapes are equal. */
export function requireShape(node: GraphNode, got: readonly number[], expected: readonly number[], what: string): void {
  if (got.length !== expected.length || got.some((dim, index) => dim !== expected[index])) {
    throw shapeMismatch(node, `${what} ${formatShape(got)}`, formatShape(expected));
  }
}

/** Throws unless all given types have the first one's element type. */
export function requireSameElementType(node: GraphNode, types: readonly (TensorType | undefined)[]): void {
  const present = types.filter((type) => type !== undefined);
  const first = present[0];
  const other = present.find((type) => type.elementType !== first?.elementType);
  if (first !== undefined && other !== undefined) throw shapeMismatch(node, `${first.elementType} with ${other.elementType}`, 'one element type');
}
