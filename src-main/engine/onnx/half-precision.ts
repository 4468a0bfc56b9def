import { assert } from '../../../src-shared/errors/studio-error.ts';
import { float32ToHalf } from '../weights/float-formats.ts';
import { elementTypeCode } from './element-type.ts';
import type { ElementType } from './element-type.ts';
import { checkGraph } from './graph-checker.ts';
import { createGraph, valueType } from './graph.ts';
import type { Graph, GraphNode, Initializer } from './graph.ts';
import { inferGraphTypes } from './shape-inference.ts';

/** What a network spends its time on: these multiply in 16 bits, and what follows them element by element stays there. */
const MULTIPLY: ReadonlySet<string> = new Set(['Gemm', 'MatMul', 'Conv', 'MultiHeadAttention', 'AveragePool', 'Resize', 'Gelu', 'QuickGelu', 'Sigmoid', 'Relu', 'Tanh']);

/** Take the precision of what they are given; 32 bits when it is mixed. */
const FOLLOW: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Reshape', 'Transpose', 'Concat', 'Split', 'Slice', 'Expand', 'Pad', 'Identity', 'Squeeze', 'Unsqueeze', 'Tile']);

/** Largest finite value of 16 bits. */
const HALF_MAX = 65_504;

/**
 * The same graph with 16-bit multiplications, for providers that are faster in them (mixed precision, Micikevicius et al. 2018). Inputs,
 * outputs, norms, softmaxes and sums stay 32-bit, and so does what the builder marked (`GraphBuilder.precisely`). Weights that are stored
 * in 16 bits are used as they are. Fused attention is given 16-bit queries and keys; its softmax is the provider's, which accumulates in 32.
 */
export function toHalfPrecision(graph: Graph): Graph {
  return new HalfTransform(graph).run();
}

/** Whether a value exists in 16 bits, 32 bits, or is a constant that can be had in either. */
type Precision = 'half' | 'full' | 'either' | 'other';

class HalfTransform {
  private readonly source: Graph;
  private readonly result: Graph;
  private readonly precision = new Map<string, Precision>();
  private readonly casts = new Map<string, string>();
  /** Names of 16-bit initializers behind a cast to 32 bits. */
  private readonly stored = new Map<string, string>();
  private readonly outputs: ReadonlySet<string>;

  constructor(source: Graph) {
    this.source = source;
    this.result = createGraph(source.name, source.opset);
    this.outputs = new Set(source.outputs.map(({ name }) => name));
  }

  run(): Graph {
    const { source, result } = this;
    for (const value of source.inputs) this.precision.set(value.name, value.elementType === 'float32' ? 'full' : 'other');
    for (const { name, elementType, data } of source.initializers.values()) this.precision.set(name, elementType !== 'float32' ? 'other' : data.kind === 'inline' ? 'either' : 'full');
    result.inputs.push(...source.inputs);
    result.outputs.push(...source.outputs);
    for (const [name, initializer] of source.initializers) result.initializers.set(name, initializer);
    for (const node of source.nodes) this.convert(node);
    this.dropUnused();
    inferGraphTypes(result);
    checkGraph(result);
    return result;
  }

  private convert(node: GraphNode): void {
    const widened = this.source.initializers.get(node.inputs[0] ?? '');
    const [output = ''] = node.outputs;
    if (node.opType === 'Cast' && this.typeOf(output) === 'float32' && widened !== undefined) {
      // A weight: whoever multiplies takes it as it is stored, everybody else takes this cast.
      if (widened.elementType === 'float16') this.stored.set(output, widened.name);
      this.emit(node, 'either');
      return;
    }
    const floats = node.inputs.filter((name) => this.isFloat(name));
    if (this.isHalf(node, floats)) this.emit({ ...node, inputs: node.inputs.map((name) => (this.isFloat(name) ? this.inHalf(name) : name)) }, 'half');
    else this.emit({ ...node, inputs: node.inputs.map((name) => (this.precision.get(name) === 'half' ? this.cast(name, 'float32') : name)) }, 'full');
  }

  private isHalf(node: GraphNode, floats: readonly string[]): boolean {
    if (floats.length === 0 || node.outputs.some((name) => this.outputs.has(name)) || this.source.precise?.has(node.name) === true) return false;
    if (MULTIPLY.has(node.opType)) return true;
    const given = floats.map((name) => this.precision.get(name)).filter((precision) => precision !== 'either');
    return FOLLOW.has(node.opType) && given.length > 0 && given.every((precision) => precision === 'half');
  }

  private emit(node: GraphNode, precision: Precision): void {
    this.result.nodes.push(node);
    for (const name of node.outputs) if (name !== '') this.precision.set(name, this.typeOf(name) === 'float32' ? precision : 'other');
  }

  private typeOf(name: string): ElementType | undefined {
    return valueType(this.source, name)?.elementType;
  }

  private isFloat(name: string): boolean {
    return name !== '' && this.typeOf(name) === 'float32';
  }

  private inHalf(name: string): string {
    if (this.precision.get(name) === 'half') return name;
    const initializer = this.source.initializers.get(name);
    return this.stored.get(name) ?? (initializer?.data.kind === 'inline' ? this.halfConstant(initializer) : this.cast(name, 'float16'));
  }

  private halfConstant({ name, shape, data }: Initializer): string {
    const known = `${name}:float16`;
    if (!this.result.initializers.has(known)) {
      assert(data.kind === 'inline', 'a constant is at hand');
      const values = new Float32Array(data.bytes.slice().buffer).map((value) => Math.min(HALF_MAX, Math.max(-HALF_MAX, value)));
      const half = float32ToHalf(values);
      this.result.initializers.set(known, { name: known, elementType: 'float16', shape, data: { kind: 'inline', bytes: new Uint8Array(half.buffer, half.byteOffset, half.byteLength) } });
    }
    return known;
  }

  private cast(name: string, to: 'float16' | 'float32'): string {
    const known = `${name}:${to}`;
    if (!this.casts.has(known)) {
      this.casts.set(known, name);
      this.result.nodes.push({ name: known, opType: 'Cast', domain: '', inputs: [name], outputs: [known], attributes: { to: { kind: 'int', value: elementTypeCode(to) } } });
    }
    return known;
  }

  /** Casts and constants whose only readers took the other form. */
  private dropUnused(): void {
    const read = new Set(this.result.outputs.map(({ name }) => name));
    const kept = this.result.nodes.reverse().filter((node) => {
      if (!node.outputs.some((name) => read.has(name))) return false;
      for (const name of node.inputs) read.add(name);
      return true;
    });
    this.result.nodes.splice(0, this.result.nodes.length, ...kept.reverse());
    for (const name of this.result.initializers.keys()) if (!read.has(name)) this.result.initializers.delete(name);
  }
}
