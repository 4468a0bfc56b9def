import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { elementTypeFromCode } from './element-type.ts';
import type { ElementType } from './element-type.ts';
import { createGraph } from './graph.ts';
import type { Attribute, Domain, Graph, GraphNode, Initializer, InitializerData, Value } from './graph.ts';
import * as F from './model-fields.ts';
import { readFields } from './protobuf-wire.ts';

/**
 * Parses an ONNX ModelProto into a graph. Only static shapes and tensor types that the engine computes with are read;
 * anything else is refused by name. Node output types come from the file where it states them.
 */
export function decodeModel(bytes: Uint8Array): Graph {
  let graphBytes: Uint8Array | undefined;
  let opset = 0;
  for (const field of readFields(bytes)) {
    if (field.number === F.MODEL.graph) graphBytes = field.bytes();
    if (field.number === F.MODEL.opsetImport) {
      let domain = '';
      let version = 0;
      for (const entry of readFields(field.bytes())) {
        if (entry.number === F.OPERATOR_SET.domain) domain = entry.text();
        if (entry.number === F.OPERATOR_SET.version) version = entry.integer();
      }
      if (domain === '' || domain === 'ai.onnx') opset = version;
    }
  }
  if (graphBytes === undefined || opset === 0) throw refused('it has no graph or names no operator set');
  return readGraph(graphBytes, opset);
}

function readGraph(bytes: Uint8Array, opset: number): Graph {
  let name = '';
  const nodes: GraphNode[] = [];
  const initializers: Initializer[] = [];
  const inputs: Value[] = [];
  const outputs: Value[] = [];
  const infos: Value[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === F.GRAPH.name) name = field.text();
    else if (field.number === F.GRAPH.node) nodes.push(readNode(field.bytes(), nodes.length));
    else if (field.number === F.GRAPH.initializer) initializers.push(readInitializer(field.bytes()));
    else if (field.number === F.GRAPH.input) inputs.push(readValue(field.bytes()));
    else if (field.number === F.GRAPH.output) outputs.push(readValue(field.bytes()));
    else if (field.number === F.GRAPH.valueInfo) infos.push(readValue(field.bytes()));
  }
  const graph = createGraph(name, opset);
  for (const initializer of initializers) graph.initializers.set(initializer.name, initializer);
  // Older files list initializers among the inputs too; a value is one or the other here.
  graph.inputs.push(...inputs.filter((input) => !graph.initializers.has(input.name)));
  graph.outputs.push(...outputs);
  graph.nodes.push(...nodes);
  const produced = new Set(nodes.flatMap((node) => node.outputs));
  for (const { name: value, elementType, shape } of [...infos, ...outputs]) {
    if (produced.has(value)) graph.types.set(value, { elementType, shape });
  }
  return graph;
}

function readNode(bytes: Uint8Array, index: number): GraphNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Record<string, Attribute> = {};
  let name = '';
  let opType = '';
  let domain = '';
  for (const field of readFields(bytes)) {
    if (field.number === F.NODE.input) inputs.push(field.text());
    else if (field.number === F.NODE.output) outputs.push(field.text());
    else if (field.number === F.NODE.name) name = field.text();
    else if (field.number === F.NODE.opType) opType = field.text();
    else if (field.number === F.NODE.domain) domain = field.text();
    else if (field.number === F.NODE.attribute) {
      const [key, attribute] = readAttribute(field.bytes());
      attributes[key] = attribute;
    }
  }
  return { name: name === '' ? `${opType}_${index}` : name, opType, domain: knownDomain(domain, opType), inputs, outputs, attributes };
}

function knownDomain(domain: string, opType: string): Domain {
  if (domain === '' || domain === 'ai.onnx') return '';
  if (domain === 'com.microsoft') return domain;
  throw new StudioError('OP_UNSUPPORTED', `The model uses ${opType} from the operator set "${domain}", which is not available here. Export it with standard ONNX operators.`);
}

function readAttribute(bytes: Uint8Array): [string, Attribute] {
  let name = '';
  let type = 0;
  let f = 0;
  let i = 0;
  let s = '';
  const floats: number[] = [];
  const ints: number[] = [];
  const strings: string[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === F.ATTRIBUTE.name) name = field.text();
    else if (field.number === F.ATTRIBUTE.type) type = field.integer();
    else if (field.number === F.ATTRIBUTE.f) f = field.float();
    else if (field.number === F.ATTRIBUTE.i) i = field.integer();
    else if (field.number === F.ATTRIBUTE.s) s = field.text();
    else if (field.number === F.ATTRIBUTE.floats) floats.push(...field.floats());
    else if (field.number === F.ATTRIBUTE.ints) ints.push(...field.integers());
    else if (field.number === F.ATTRIBUTE.strings) strings.push(field.text());
  }
  switch (type) {
    case F.ATTRIBUTE_TYPE.float: return [name, { kind: 'float', value: f }];
    case F.ATTRIBUTE_TYPE.int: return [name, { kind: 'int', value: i }];
    case F.ATTRIBUTE_TYPE.string: return [name, { kind: 'string', value: s }];
    case F.ATTRIBUTE_TYPE.floats: return [name, { kind: 'floats', value: floats }];
    case F.ATTRIBUTE_TYPE.ints: return [name, { kind: 'ints', value: ints }];
    case F.ATTRIBUTE_TYPE.strings: return [name, { kind: 'strings', value: strings }];
    default: throw refused(`attribute "${name}" has type ${type}`);
  }
}

function readInitializer(bytes: Uint8Array): Initializer {
  const shape: number[] = [];
  let code = 0;
  let name = '';
  let raw: Uint8Array | undefined;
  let external = false;
  const typed: { floats: number[]; int32: number[]; int64: number[] } = { floats: [], int32: [], int64: [] };
  const entries = new Map<string, string>();
  for (const field of readFields(bytes)) {
    if (field.number === F.TENSOR.dims) shape.push(...field.integers());
    else if (field.number === F.TENSOR.dataType) code = field.integer();
    else if (field.number === F.TENSOR.name) name = field.text();
    else if (field.number === F.TENSOR.rawData) raw = field.bytes();
    else if (field.number === F.TENSOR.floatData) typed.floats.push(...field.floats());
    else if (field.number === F.TENSOR.int32Data) typed.int32.push(...field.integers());
    else if (field.number === F.TENSOR.int64Data) typed.int64.push(...field.integers());
    else if (field.number === F.TENSOR.dataLocation) external = field.integer() === F.EXTERNAL_LOCATION;
    else if (field.number === F.TENSOR.externalData) {
      const pair = new Map([...readFields(field.bytes())].map((entry) => [entry.number, entry.text()]));
      entries.set(pair.get(F.STRING_ENTRY.key) ?? '', pair.get(F.STRING_ENTRY.value) ?? '');
    }
  }
  const elementType = knownType(code, name);
  return { name, elementType, shape, data: external ? externalData(entries, name) : inlineData(raw, elementType, typed, name) };
}

function externalData(entries: ReadonlyMap<string, string>, name: string): InitializerData {
  const location = entries.get('location');
  const offset = Number(entries.get('offset') ?? '0');
  const length = Number(entries.get('length'));
  if (location === undefined || !Number.isSafeInteger(offset) || !Number.isSafeInteger(length)) {
    throw refused(`initializer "${name}" does not say where its data is`);
  }
  return { kind: 'external', location, offset, length };
}

function inlineData(
  raw: Uint8Array | undefined, elementType: ElementType, typed: { floats: number[]; int32: number[]; int64: number[] }, name: string,
): InitializerData {
  if (raw !== undefined) return { kind: 'inline', bytes: raw };
  if (elementType === 'float32') return { kind: 'inline', bytes: bytesOf(Float32Array.from(typed.floats)) };
  if (elementType === 'int64') return { kind: 'inline', bytes: bytesOf(BigInt64Array.from(typed.int64, BigInt)) };
  if (elementType === 'int32') return { kind: 'inline', bytes: bytesOf(Int32Array.from(typed.int32)) };
  if (elementType === 'bool') return { kind: 'inline', bytes: Uint8Array.from(typed.int32) };
  throw refused(`initializer "${name}" stores ${elementType} values in a form that is not read here`);
}

function bytesOf(array: Float32Array | Int32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function readValue(bytes: Uint8Array): Value {
  let name = '';
  let code = 0;
  const shape: number[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === F.VALUE_INFO.name) name = field.text();
    if (field.number !== F.VALUE_INFO.type) continue;
    for (const type of readFields(field.bytes())) {
      if (type.number !== F.TYPE.tensorType) throw refused(`value "${name}" is not a tensor`);
      for (const tensor of readFields(type.bytes())) {
        if (tensor.number === F.TENSOR_TYPE.elemType) code = tensor.integer();
        if (tensor.number === F.TENSOR_TYPE.shape) shape.push(...readShape(tensor.bytes(), name));
      }
    }
  }
  return { name, elementType: knownType(code, name), shape };
}

function readShape(bytes: Uint8Array, name: string): number[] {
  const sizes: number[] = [];
  for (const dim of readFields(bytes)) {
    let size: number | undefined;
    for (const field of readFields(dim.bytes())) {
      if (field.number === F.DIMENSION.value) size = field.integer();
    }
    if (size === undefined) throw refused(`value "${name}" has a dimension without a fixed size`);
    sizes.push(size);
  }
  return sizes;
}

function knownType(code: number, name: string): ElementType {
  const type = elementTypeFromCode(code);
  if (type === undefined) throw refused(`"${name}" has element type ${code}`);
  return type;
}

function refused(what: string): StudioError {
  return new StudioError('ONNX_PARSE_FAILED', `The ONNX model cannot be used: ${what}. Export it again with fixed shapes and ordinary tensor types.`);
}
