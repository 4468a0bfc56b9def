import { describe, expect, test } from 'vitest';
import { assert as assertProperty, maxSafeInteger, property, uint8Array } from 'fast-check';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { groupNorm } from '../../../src-main/engine/onnx/composite-ops.ts';
import { GraphBuilder } from '../../../src-main/engine/onnx/graph-builder.ts';
import { decodeModel } from '../../../src-main/engine/onnx/model-decode.ts';
import { encodeModel } from '../../../src-main/engine/onnx/model-encode.ts';
import { WireWriter, readFields } from '../../../src-main/engine/onnx/protobuf-wire.ts';
import { add, conv, reshape, split } from '../../../src-main/engine/onnx/tensor-ops.ts';

function sampleGraph() {
  const b = new GraphBuilder('sample', 'portable');
  const x = b.input('x', 'float32', [1, 4, 6, 6]);
  const weight = b.initializer('conv.weight', 'float32', [8, 4, 3, 3], { kind: 'external', location: 'w.safetensors', offset: 5_000_000_000, length: 8 * 4 * 9 * 4 });
  const convolved = b.scoped('conv', () => conv(b, x, weight, undefined, { pads: [1, 1, 1, 1] }));
  const normed = groupNorm(b, convolved, b.floats(new Float32Array(8).fill(1), [8]), b.floats(new Float32Array(8), [8]), 2, 1e-5);
  const [first, second] = split(b, normed, 1, 2);
  b.output('y', reshape(b, add(b, first!, second!), [4, 36]));
  return b.finish();
}

describe('ONNX model files', () => {
  test('a graph survives writing and reading', () => {
    const graph = sampleGraph();
    const again = decodeModel(encodeModel(graph));
    expect(again.inputs).toEqual(graph.inputs);
    expect(again.outputs).toEqual(graph.outputs);
    expect(again.nodes.map(({ name, opType, inputs, outputs, domain }) => ({ name, opType, inputs, outputs, domain })))
      .toEqual(graph.nodes.map(({ name, opType, inputs, outputs, domain }) => ({ name, opType, inputs, outputs, domain })));
    expect(again.initializers.get('conv.weight')).toEqual(graph.initializers.get('conv.weight'));
    expect([...again.types]).toEqual(expect.arrayContaining([...graph.types]));
    expect(encodeModel(again)).toEqual(encodeModel(decodeModel(encodeModel(again))));
  });

  test('float attributes keep their single-precision value', () => {
    const node = decodeModel(encodeModel(sampleGraph())).nodes.find(({ opType }) => opType === 'GroupNormalization');
    expect(node?.attributes).toEqual({ num_groups: { kind: 'int', value: 2 }, epsilon: { kind: 'float', value: Math.fround(1e-5) } });
  });

  test('every prefix of a model is refused or read, never misread into a crash', () => {
    const bytes = encodeModel(sampleGraph());
    for (let length = 0; length < bytes.byteLength; length += 7) {
      try {
        decodeModel(bytes.subarray(0, length));
      } catch (error) {
        expect(StudioError.is(error, 'ONNX_PARSE_FAILED'), String(error)).toBe(true);
      }
    }
  });

  test('random bytes are refused with the parse error', () => {
    assertProperty(property(uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decodeModel(bytes);
        return false;
      } catch (error) {
        return StudioError.is(error, 'ONNX_PARSE_FAILED');
      }
    }));
  });

  test('integers of every size come back', () => {
    assertProperty(property(maxSafeInteger(), (value) => {
      const writer = new WireWriter();
      writer.integer(3, value);
      writer.packedIntegers(4, [value, 0, -value]);
      const fields = [...readFields(writer.finish())];
      return fields[0]?.integer() === value && fields[1]?.integers().join() === [value, 0, 0 - value].join();
    }));
  });
});
