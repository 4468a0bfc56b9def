import { describe, expect, test } from 'vitest';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { GraphBuilder } from '../../../src-main/engine/onnx/graph-builder.ts';
import { checkGraph } from '../../../src-main/engine/onnx/graph-checker.ts';
import type { Graph, GraphNode } from '../../../src-main/engine/onnx/graph.ts';
import * as ops from '../../../src-main/engine/onnx/tensor-ops.ts';

function builder(): GraphBuilder {
  return new GraphBuilder('rules', 'portable');
}

function errorOf(act: () => unknown): StudioError {
  try {
    act();
  } catch (error) {
    if (StudioError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('shapes are inferred as operators are emitted', () => {
  const b = builder();
  const x = b.input('x', 'float32', [2, 8, 10, 7]);
  const tokens = b.input('tokens', 'float32', [2, 5, 8]);
  const weight = b.input('weight', 'float32', [16, 8, 3, 3]);
  const cases: readonly (readonly [string, () => readonly number[], readonly number[]])[] = [
    ['convolution with stride and padding', () => ops.conv(b, x, weight, undefined, { pads: [1, 1, 1, 1], strides: [2, 2] }).shape, [2, 16, 5, 4]],
    ['pooling drops an odd edge', () => ops.averagePool2(b, x).shape, [2, 8, 5, 3]],
    ['resize', () => ops.resizeNearest(b, x, 20, 14).shape, [2, 8, 20, 14]],
    ['broadcast', () => ops.add(b, x, b.floats(new Float32Array(8), [8, 1, 1])).shape, [2, 8, 10, 7]],
    ['batched product', () => ops.matMul(b, tokens, ops.transpose(b, tokens, [0, 2, 1])).shape, [2, 5, 5]],
    ['reshape', () => ops.reshape(b, x, [2, 8, 70]).shape, [2, 8, 70]],
    ['concatenation', () => ops.concat(b, [tokens, tokens, tokens], 1).shape, [2, 15, 8]],
    ['split', () => ops.split(b, tokens, 2, 4)[3]!.shape, [2, 5, 2]],
    ['slice', () => ops.slice(b, tokens, 1, 1, 4).shape, [2, 3, 8]],
    ['slice with a far end', () => ops.slice(b, tokens, 1, -2, 99).shape, [2, 2, 8]],
    ['gather', () => ops.gather(b, tokens, b.indices([0, 1, 2, 3], [2, 2]), 1).shape, [2, 2, 2, 8]],
    ['reduction', () => ops.reduceMean(b, x, [2, 3], false).shape, [2, 8]],
    ['padding', () => ops.zeroPad(b, x, [0, 0, 0, 0, 0, 0, 1, 1]).shape, [2, 8, 11, 8]],
    ['expansion', () => ops.expand(b, ops.reduceMean(b, tokens, [1]), [2, 6, 8]).shape, [2, 6, 8]],
  ];
  test.each(cases)('%s', (_name, act, expected) => {
    expect(act()).toEqual(expected);
  });
});

describe('a wrong shape names operator, node, got and expected', () => {
  const b = builder();
  const x = b.input('x', 'float32', [1, 8, 4, 4]);
  const cases: readonly (readonly [string, () => unknown])[] = [
    ['Conv', () => b.scoped('down.conv1', () => ops.conv(b, x, b.floats(new Float32Array(36), [1, 4, 3, 3]), undefined))],
    ['Add', () => ops.add(b, x, b.floats([1, 2, 3], [3]))],
    ['Reshape', () => ops.reshape(b, x, [5, 5])],
    ['MatMul', () => ops.matMul(b, x, b.floats(new Float32Array(6), [3, 2]))],
    ['Concat', () => ops.concat(b, [x, ops.averagePool2(b, x)], 1)],
    ['Transpose', () => ops.transpose(b, x, [0, 1, 1, 2])],
    ['GroupNormalization', () => b.op('GroupNormalization', [x, b.floats(new Float32Array(8), [8]), b.floats(new Float32Array(8), [8])], { num_groups: 3 })],
    ['Add', () => ops.add(b, x, b.int64s([1]))],
  ];
  test.each(cases)('%s', (opType, act) => {
    const error = errorOf(act);
    expect(error.code).toBe('SHAPE_MISMATCH');
    expect(error.details['op']).toBe(opType);
    expect(error.message).toContain(String(error.details['got']));
    expect(error.message).toContain(String(error.details['expected']));
  });

  test('the node carries its module path', () => {
    expect(errorOf(() => b.scoped('down.conv1', () => ops.conv(b, x, b.floats(new Float32Array(36), [1, 4, 3, 3]), undefined))).details['node']).toMatch(/^down\.conv1\/Conv_/);
  });
});

describe('the checker refuses', () => {
  function valid(): Graph {
    const b = builder();
    const x = b.input('x', 'float32', [2, 3]);
    b.output('y', ops.softmax(b, ops.add(b, x, x)));
    return b.finish();
  }
  const replaceNode = (graph: Graph, index: number, change: Partial<GraphNode>): Graph => {
    graph.nodes[index] = { ...graph.nodes[index]!, ...change };
    return graph;
  };
  const cases: readonly (readonly [string, (graph: Graph) => unknown, RegExp])[] = [
    ['nodes out of order', (graph) => graph.nodes.reverse(), /before anything defines it/],
    ['an undefined input', (graph) => replaceNode(graph, 0, { inputs: ['x', 'nowhere'] }), /nowhere/],
    ['a value defined twice', (graph) => replaceNode(graph, 0, { outputs: ['x'] }), /defined twice/],
    ['two nodes of one name', (graph) => replaceNode(graph, 1, { name: graph.nodes[0]!.name }), /two nodes/],
    ['an unknown operator', (graph) => replaceNode(graph, 0, { opType: 'Conv3DTranspose' }), /Conv3DTranspose/],
    ['a missing input', (graph) => replaceNode(graph, 0, { inputs: ['x'] }), /1 inputs/],
    ['an attribute of the wrong type', (graph) => replaceNode(graph, 1, { attributes: { axis: { kind: 'float', value: 1 } } }), /must be int/],
    ['an unknown attribute', (graph) => replaceNode(graph, 1, { attributes: { axes: { kind: 'int', value: 1 } } }), /no attribute "axes"/],
    ['an output nobody makes', (graph) => graph.outputs.push({ name: 'z', elementType: 'float32', shape: [1] }), /"z"/],
    ['an output of another shape', (graph) => graph.outputs.splice(0, 1, { name: 'y', elementType: 'float32', shape: [3, 2] }), /\[2, 3\]/],
    ['an operator newer than the set', (graph) => Object.assign(graph, { opset: 13 }), /needs operator set/],
    ['data that does not fill its shape', (graph) => graph.initializers.set('w', { name: 'w', elementType: 'float32', shape: [2], data: { kind: 'inline', bytes: new Uint8Array(4) } }), /4 bytes/],
    ['weights outside the folder', (graph) => graph.initializers.set('w', { name: 'w', elementType: 'float32', shape: [2], data: { kind: 'external', location: '../w.bin', offset: 0, length: 8 } }), /outside/],
    ['weights at an absolute path', (graph) => graph.initializers.set('w', { name: 'w', elementType: 'float32', shape: [2], data: { kind: 'external', location: '/etc/w', offset: 0, length: 8 } }), /outside/],
  ];
  test.each(cases)('%s', (_name, damage, message) => {
    const graph = valid();
    damage(graph);
    expect(errorOf(() => checkGraph(graph)).message).toMatch(message);
  });
});
