import { assert } from '../../../src-shared/errors/studio-error.ts';
import { checkGraph } from './graph-checker.ts';
import { createGraph, int64Constant } from './graph.ts';
import type { Attribute, Graph, GraphNode, InitializerData, TensorType, Value } from './graph.ts';
import type { ElementType } from './element-type.ts';
import { OP_SCHEMAS } from './op-schemas.ts';
import { inferNodeTypes } from './shape-inference.ts';

/**
 * Which form of an operation to emit. `portable` keeps composite standard operators (training, autodiff, other
 * providers); `ort-cpu` emits what onnxruntime's CPU kernels run fastest.
 */
export type Lowering = 'portable' | 'ort-cpu';

/** An attribute as callers write it; the operator's schema says whether a number is an int or a float. */
export type AttributeValue = number | string | readonly number[];

/**
 * Builds a graph node by node. Every emission infers its output types at once, so a wrong shape is reported at the line
 * that made it. Node names follow the module path that is being built (`down_blocks.0.resnets.0/Conv_12`), which is
 * how layers are found again by name.
 */
export class GraphBuilder {
  readonly graph: Graph;
  readonly lowering: Lowering;
  private readonly path: string[] = [];
  private readonly known = new Map<string, TensorType>();
  private readonly constants = new Map<string, Value>();
  private readonly nodeNames = new Set<string>();
  private counter = 0;
  private preciseDepth = 0;
  private constantCounter = 0;

  constructor(name: string, lowering: Lowering, opset?: number) {
    this.graph = createGraph(name, opset);
    this.lowering = lowering;
  }

  /** A builder that continues a copy of a finished graph, for transforms that append to it. New names avoid the old ones. */
  static extend(graph: Graph, lowering: Lowering = 'portable'): GraphBuilder {
    const b = new GraphBuilder(graph.name, lowering, graph.opset);
    b.graph.inputs.push(...graph.inputs);
    b.graph.outputs.push(...graph.outputs);
    b.graph.nodes.push(...graph.nodes);
    for (const [name, initializer] of graph.initializers) b.graph.initializers.set(name, initializer);
    for (const [name, type] of graph.types) b.graph.types.set(name, type);
    for (const { name, elementType, shape } of [...graph.inputs, ...graph.initializers.values()]) b.known.set(name, { elementType, shape });
    for (const [name, type] of graph.types) b.known.set(name, type);
    for (const node of graph.nodes) b.nodeNames.add(node.name);
    return b;
  }

  /** A value of the graph by name, or undefined when nothing defines it. */
  find(name: string): Value | undefined {
    const type = this.known.get(name);
    return type === undefined ? undefined : { name, elementType: type.elementType, shape: type.shape };
  }

  /** Runs `build` with `segment` appended to the module path that names nodes. */
  scoped<T>(segment: string, build: () => T): T {
    this.path.push(segment);
    try {
      return build();
    } finally {
      this.path.pop();
    }
  }

  /** Runs `build`; the nodes that it emits are computed in 32 bits on every provider. */
  precisely<T>(build: () => T): T {
    this.preciseDepth++;
    try {
      return build();
    } finally {
      this.preciseDepth--;
    }
  }

  /** Declares a graph input. */
  input(name: string, elementType: ElementType, shape: readonly number[]): Value {
    assert(!this.known.has(name), `input "${name}" is declared once`);
    const value: Value = { name, elementType, shape: [...shape] };
    this.graph.inputs.push(value);
    this.known.set(name, value);
    return value;
  }

  /** Declares a graph output under its public name. */
  output(name: string, value: Value): Value {
    const [renamed] = this.emit('Identity', [value], {}, [name]);
    assert(renamed !== undefined, 'Identity has one output');
    this.graph.outputs.push(renamed);
    return renamed;
  }

  /** Adds a constant tensor under a name of its own, inline or by reference. */
  initializer(name: string, elementType: ElementType, shape: readonly number[], data: InitializerData): Value {
    assert(!this.known.has(name), `initializer "${name}" is declared once`);
    this.graph.initializers.set(name, { name, elementType, shape: [...shape], data });
    const value: Value = { name, elementType, shape: [...shape] };
    this.known.set(name, value);
    return value;
  }

  /** An int64 vector constant; equal ones are shared. */
  int64s(values: readonly number[]): Value {
    return this.constant('int64', [values.length], new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  }

  /** A float32 constant of any shape; equal ones are shared. */
  floats(values: ArrayLike<number>, shape: readonly number[]): Value {
    return this.constant('float32', shape, new Uint8Array(Float32Array.from(values).buffer));
  }

  /** A float32 scalar constant. */
  scalar(value: number): Value {
    return this.floats([value], []);
  }

  /** An int64 table constant of any shape. */
  indices(values: readonly number[], shape: readonly number[]): Value {
    return this.constant('int64', shape, new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  }

  /** Emits one single-output node. */
  op(opType: string, inputs: readonly (Value | undefined)[], attributes: Readonly<Record<string, AttributeValue>> = {}): Value {
    const [value] = this.emit(opType, inputs, attributes, [this.fresh(opType)]);
    assert(value !== undefined, `${opType} has one output`);
    return value;
  }

  /** Emits one node with `count` outputs. */
  ops(opType: string, inputs: readonly (Value | undefined)[], attributes: Readonly<Record<string, AttributeValue>>, count: number): Value[] {
    const base = this.fresh(opType);
    return this.emit(opType, inputs, attributes, Array.from({ length: count }, (_, index) => `${base}.${index}`));
  }

  /** Adds a node as it is, for transforms that move or copy nodes; its inputs must be defined. Returns its outputs. */
  append(node: GraphNode): Value[] {
    const types = inferNodeTypes(node, (name) => this.known.get(name), (name) => int64Constant(this.graph, name));
    this.graph.nodes.push(node);
    this.nodeNames.add(node.name);
    if (this.preciseDepth > 0) this.graph.precise?.add(node.name);
    return types.map((type, index) => {
      const name = node.outputs[index] ?? '';
      assert(!this.known.has(name), `value "${name}" is defined once`);
      const value: Value = { name, elementType: type.elementType, shape: type.shape };
      this.known.set(name, value);
      this.graph.types.set(name, { elementType: type.elementType, shape: type.shape });
      return value;
    });
  }

  /** Checks the finished graph and hands it over. */
  finish(): Graph {
    checkGraph(this.graph);
    return this.graph;
  }

  private emit(
    opType: string, inputs: readonly (Value | undefined)[], attributes: Readonly<Record<string, AttributeValue>>, outputs: readonly string[],
  ): Value[] {
    const schema = OP_SCHEMAS[opType];
    assert(schema !== undefined, `${opType} is in the schema table`);
    const names = inputs.map((input) => input?.name ?? '');
    while (names.at(-1) === '') names.pop();
    const node: GraphNode = {
      name: outputs.length === 1 ? (outputs[0] ?? '') : (outputs[0] ?? '').replace(/\.0$/, ''), opType, domain: schema.domain, inputs: names, outputs,
      attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, typedAttribute(opType, key, value)])),
    };
    return this.append(node);
  }

  private constant(elementType: ElementType, shape: readonly number[], bytes: Uint8Array): Value {
    const key = `${elementType}:${shape.join()}:${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}`;
    const existing = this.constants.get(key);
    if (existing !== undefined) return existing;
    while (this.known.has(`constant_${this.constantCounter}`)) this.constantCounter++;
    const value = this.initializer(`constant_${this.constantCounter++}`, elementType, shape, { kind: 'inline', bytes });
    this.constants.set(key, value);
    return value;
  }

  private fresh(opType: string): string {
    const prefix = this.path.length === 0 ? '' : `${this.path.join('.')}/`;
    for (;;) {
      const name = `${prefix}${opType}_${this.counter++}`;
      if (!this.nodeNames.has(name) && !this.known.has(name) && !this.known.has(`${name}.0`)) return name;
    }
  }
}

function typedAttribute(opType: string, name: string, value: AttributeValue): Attribute {
  const kind = OP_SCHEMAS[opType]?.attributes[name];
  assert(kind !== undefined, `${opType} has an attribute "${name}"`);
  if (typeof value === 'string') return { kind: 'string', value };
  if (typeof value === 'number') return kind === 'float' ? { kind, value } : { kind: 'int', value };
  return kind === 'floats' ? { kind, value } : { kind: 'ints', value };
}
