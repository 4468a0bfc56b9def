import { elementTypeCode } from './element-type.ts';
import type { Attribute, Graph, GraphNode, Initializer, Value } from './graph.ts';
import * as F from './model-fields.ts';
import { WireWriter } from './protobuf-wire.ts';

/** Serializes a graph as an ONNX ModelProto. External initializers are written as references, never copied. */
export function encodeModel(graph: Graph): Uint8Array {
  const writer = new WireWriter();
  writer.integer(F.MODEL.irVersion, F.IR_VERSION);
  writer.text(F.MODEL.producerName, 'motif-studio');
  writer.message(F.MODEL.graph, (inner) => writeGraph(inner, graph));
  writer.message(F.MODEL.opsetImport, (inner) => {
    inner.text(F.OPERATOR_SET.domain, '');
    inner.integer(F.OPERATOR_SET.version, graph.opset);
  });
  if (graph.nodes.some((node) => node.domain === 'com.microsoft')) {
    writer.message(F.MODEL.opsetImport, (inner) => {
      inner.text(F.OPERATOR_SET.domain, 'com.microsoft');
      inner.integer(F.OPERATOR_SET.version, 1);
    });
  }
  return writer.finish();
}

function writeGraph(writer: WireWriter, graph: Graph): void {
  for (const node of graph.nodes) writer.message(F.GRAPH.node, (inner) => writeNode(inner, node));
  writer.text(F.GRAPH.name, graph.name);
  for (const initializer of graph.initializers.values()) {
    writer.message(F.GRAPH.initializer, (inner) => writeInitializer(inner, initializer));
  }
  for (const input of graph.inputs) writer.message(F.GRAPH.input, (inner) => writeValue(inner, input));
  for (const output of graph.outputs) writer.message(F.GRAPH.output, (inner) => writeValue(inner, output));
  const outputs = new Set(graph.outputs.map((output) => output.name));
  for (const [name, type] of graph.types) {
    if (!outputs.has(name)) writer.message(F.GRAPH.valueInfo, (inner) => writeValue(inner, { name, ...type }));
  }
}

function writeNode(writer: WireWriter, node: GraphNode): void {
  for (const input of node.inputs) writer.text(F.NODE.input, input);
  for (const output of node.outputs) writer.text(F.NODE.output, output);
  writer.text(F.NODE.name, node.name);
  writer.text(F.NODE.opType, node.opType);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writer.message(F.NODE.attribute, (inner) => writeAttribute(inner, name, attribute));
  }
  if (node.domain !== '') writer.text(F.NODE.domain, node.domain);
}

function writeAttribute(writer: WireWriter, name: string, attribute: Attribute): void {
  writer.text(F.ATTRIBUTE.name, name);
  switch (attribute.kind) {
    case 'int': writer.integer(F.ATTRIBUTE.i, attribute.value); break;
    case 'float': writer.float(F.ATTRIBUTE.f, attribute.value); break;
    case 'string': writer.text(F.ATTRIBUTE.s, attribute.value); break;
    case 'ints': writer.packedIntegers(F.ATTRIBUTE.ints, attribute.value); break;
    case 'floats': writer.packedFloats(F.ATTRIBUTE.floats, attribute.value); break;
    case 'strings': for (const value of attribute.value) writer.text(F.ATTRIBUTE.strings, value); break;
  }
  writer.integer(F.ATTRIBUTE.type, F.ATTRIBUTE_TYPE[attribute.kind]);
}

function writeInitializer(writer: WireWriter, initializer: Initializer): void {
  writer.packedIntegers(F.TENSOR.dims, initializer.shape);
  writer.integer(F.TENSOR.dataType, elementTypeCode(initializer.elementType));
  writer.text(F.TENSOR.name, initializer.name);
  const { data } = initializer;
  if (data.kind === 'inline') {
    writer.bytes(F.TENSOR.rawData, data.bytes);
    return;
  }
  const entries = { location: data.location, offset: String(data.offset), length: String(data.length) };
  for (const [key, value] of Object.entries(entries)) {
    writer.message(F.TENSOR.externalData, (inner) => {
      inner.text(F.STRING_ENTRY.key, key);
      inner.text(F.STRING_ENTRY.value, value);
    });
  }
  writer.integer(F.TENSOR.dataLocation, F.EXTERNAL_LOCATION);
}

function writeValue(writer: WireWriter, value: Value): void {
  writer.text(F.VALUE_INFO.name, value.name);
  writer.message(F.VALUE_INFO.type, (type) => {
    type.message(F.TYPE.tensorType, (tensor) => {
      tensor.integer(F.TENSOR_TYPE.elemType, elementTypeCode(value.elementType));
      tensor.message(F.TENSOR_TYPE.shape, (shape) => {
        for (const size of value.shape) shape.message(F.SHAPE.dim, (dim) => dim.integer(F.DIMENSION.value, size));
      });
    });
  });
}
