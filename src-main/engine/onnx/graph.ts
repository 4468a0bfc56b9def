import type { ElementType } from './element-type.ts';

/** A tensor's element type and static shape; `[]` is a scalar. */
export interface TensorType {
  readonly elementType: ElementType;
  readonly shape: readonly number[];
}

/** A named tensor in a graph: an input, an initializer or a node's output. */
export interface Value extends TensorType {
  readonly name: string;
}

/** A node's compile-time argument. */
export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] };

/** Operator set a node belongs to: the standard one (`''`) or onnxruntime's contributed ops. */
export type Domain = '' | 'com.microsoft';

/** One operation. Inputs and outputs are value names; `''` marks an optional input that is absent. */
export interface GraphNode {
  readonly name: string;
  readonly opType: string;
  readonly domain: Domain;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/**
 * Where an initializer's little-endian bytes are: inside the model, or at an offset of a file beside it. `location` is
 * relative to the folder the model is opened from and never leaves it.
 */
export type InitializerData =
  | { readonly kind: 'inline'; readonly bytes: Uint8Array }
  | { readonly kind: 'external'; readonly location: string; readonly offset: number; readonly length: number };

/** A constant tensor: a weight or a small table. */
export interface Initializer extends TensorType {
  readonly name: string;
  readonly data: InitializerData;
}

/**
 * A whole computation with static shapes. Plain data: transforms build a new one or edit the collections, then run the
 * checker and shape inference again.
 */
export interface Graph {
  readonly name: string;
  /** Version of the standard operator set. */
  readonly opset: number;
  readonly inputs: Value[];
  readonly outputs: Value[];
  /** In topological order. */
  readonly nodes: GraphNode[];
  readonly initializers: Map<string, Initializer>;
  /** Type of every node output, filled in by shape inference. */
  readonly types: Map<string, TensorType>;
  /** Names of nodes that need 32 bits whatever the rest is computed in; absent when none does. */
  readonly precise?: Set<string>;
}

/** The operator set graphs are emitted for. GroupNormalization has its per-channel form since 21, Gelu exists since 20. */
export const OPSET = 21;

/** An empty graph. */
export function createGraph(name: string, opset: number = OPSET): Graph {
  return { name, opset, inputs: [], outputs: [], nodes: [], initializers: new Map(), types: new Map(), precise: new Set() };
}

/** Shape as text for messages: `[1, 3, 8, 40, 64]`. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** Reads an inline int64 initializer as numbers; undefined when it is absent, external or another type. */
export function int64Constant(graph: Graph, name: string): number[] | undefined {
  const initializer = graph.initializers.get(name);
  if (initializer?.elementType !== 'int64' || initializer.data.kind !== 'inline') return undefined;
  const { bytes } = initializer.data;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 8 }, (_, index) => Number(view.getBigInt64(index * 8, true)));
}

/** Type of any value of the graph: input, initializer or node output. */
export function valueType(graph: Graph, name: string): TensorType | undefined {
  return graph.types.get(name) ?? graph.initializers.get(name) ?? graph.inputs.find((input) => input.name === name);
}
