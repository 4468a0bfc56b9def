import { assert, StudioError } from '../../../src-shared/errors/studio-error.ts';
import { isFloating } from '../onnx/element-type.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { formatShape } from '../onnx/graph.ts';
import type { Value } from '../onnx/graph.ts';
import { cast, reshape } from '../onnx/tensor-ops.ts';
import { scaleName } from '../weights/int8-copy.ts';
import type { ParameterSource } from './parameter-source.ts';

/**
 * The parameters of one model while its graph is built. With a source, each becomes an initializer that refers to the
 * stored bytes (cast to float32 where stored smaller); without one, each becomes a float32 graph input of that name, for
 * training elsewhere.
 */
export class ParameterTable {
  private readonly builder: GraphBuilder;
  private readonly source: ParameterSource | null;
  private readonly values = new Map<string, Value>();

  constructor(builder: GraphBuilder, source: ParameterSource | null) {
    this.builder = builder;
    this.source = source;
  }

  /** True when the source has this parameter; without a source, never: the first spelling is used. */
  has(name: string): boolean {
    return this.source?.get(name) !== undefined;
  }

  /** The parameter as float32, in its own shape or as a view with another one. */
  get(name: string, shape: readonly number[], view: readonly number[] = shape): Value {
    const known = this.values.get(name);
    if (known !== undefined) return reshape(this.builder, known, view);
    const value = this.source === null ? reshape(this.builder, this.builder.input(name, 'float32', shape), view) : this.load(this.source, name, shape, view);
    this.values.set(name, value);
    return value;
  }

  /** The parameter in the element type it is stored in, for tables of which only a few rows are read. */
  getStored(name: string, shape: readonly number[]): Value {
    const known = this.values.get(name);
    if (known !== undefined) return known;
    const value = this.source === null ? this.builder.input(name, 'float32', shape) : this.refer(this.source, name, shape, shape);
    this.values.set(name, value);
    return value;
  }

  /** Names in the source that no layer asked for. */
  unused(): string[] {
    return this.source === null ? [] : [...this.source.names()].filter((name) => !this.values.has(name));
  }

  private load(source: ParameterSource, name: string, shape: readonly number[], view: readonly number[]): Value {
    const scales = source.get(scaleName(name));
    if (scales === undefined) return cast(this.builder, this.refer(source, name, shape, view), 'float32');
    // A matrix in 8 bits with a factor for each row.
    const bits = source.get(name);
    assert(bits?.elementType === 'int8' && bits.shape.join() === shape.join() && view.length === 2, `${name} is a matrix in 8 bits`);
    this.values.set(scaleName(name), this.builder.initializer(scaleName(name), scales.elementType, scales.shape, scales.data));
    return this.builder.op('DequantizeLinear', [this.builder.initializer(name, 'int8', shape, bits.data), this.values.get(scaleName(name))], { axis: 0 });
  }

  private refer(source: ParameterSource, name: string, shape: readonly number[], view: readonly number[]): Value {
    const stored = source.get(name);
    if (stored === undefined) {
      throw new StudioError(
        'MODEL_INCOMPATIBLE', `The weights in ${source.origin} have no tensor "${name}" (expected ${formatShape(shape)}). Use the config.json that belongs to these weights, or download the model again.`,
        { details: { tensor: name, expected: [...shape] } },
      );
    }
    if (stored.shape.join() !== shape.join()) {
      throw new StudioError(
        'SHAPE_MISMATCH', `Tensor "${name}" in ${source.origin} is ${formatShape(stored.shape)}, but config.json needs ${formatShape(shape)}. Use the config.json that belongs to these weights.`,
        { details: { tensor: name, got: [...stored.shape], expected: [...shape] } },
      );
    }
    if (!isFloating(stored.elementType)) {
      throw new StudioError('MODEL_INCOMPATIBLE', `Tensor "${name}" in ${source.origin} holds ${stored.elementType}, not floating-point weights. Download the original, unquantized model.`, { details: { tensor: name, got: stored.elementType } });
    }
    // The bytes are the same in any shape, so a view costs nothing.
    return this.builder.initializer(name, stored.elementType, view, stored.data);
  }
}

/** A place in the module tree: the builder, the parameters, and the state-dict path that both are named after. */
export class Module {
  readonly b: GraphBuilder;
  readonly path: string;
  private readonly parameters: ParameterTable;

  constructor(builder: GraphBuilder, parameters: ParameterTable, path = '') {
    this.b = builder;
    this.parameters = parameters;
    this.path = path;
  }

  /** Builds a submodule: nodes and parameters inside carry `segment` in their names. */
  in<T>(segment: string, build: (module: Module) => T): T {
    return this.b.scoped(segment, () => build(new Module(this.b, this.parameters, this.name(segment))));
  }

  /** Parameter of this module, of the stored `shape`, optionally seen as `view`. */
  parameter(name: string, shape: readonly number[], view?: readonly number[]): Value {
    return this.parameters.get(this.name(name), shape, view);
  }

  /** Parameter of this module without the cast to float32; see {@link ParameterTable.getStored}. */
  storedParameter(name: string, shape: readonly number[]): Value {
    return this.parameters.getStored(this.name(name), shape);
  }

  /** True when the weights have this parameter. */
  has(name: string): boolean {
    return this.parameters.has(this.name(name));
  }

  private name(segment: string): string {
    return this.path === '' ? segment : `${this.path}.${segment}`;
  }
}
