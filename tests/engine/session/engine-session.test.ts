import { chmodSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { activate, attention, groupNorm, sinusoid } from '../../../src-main/engine/onnx/composite-ops.ts';
import type { Activation } from '../../../src-main/engine/onnx/composite-ops.ts';
import { GraphBuilder } from '../../../src-main/engine/onnx/graph-builder.ts';
import type { Lowering } from '../../../src-main/engine/onnx/graph-builder.ts';
import type { Graph, Value } from '../../../src-main/engine/onnx/graph.ts';
import { add, cast, matMul, mul, resizeNearest } from '../../../src-main/engine/onnx/tensor-ops.ts';
import { float32ToHalf } from '../../../src-main/engine/weights/float-formats.ts';
import { openSession } from '../../../src-main/engine/session/engine-session.ts';
import type { TensorData } from '../../../src-main/engine/session/engine-session.ts';
import { useProviders, type ProviderFallback } from '../../../src-main/engine/session/session-providers.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'motif-session-'));
});
afterEach(() => {
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true });
});

async function evaluate(build: (b: GraphBuilder) => Value, inputs: Record<string, TensorData> = {}, lowering: Lowering = 'ort-cpu'): Promise<Float32Array> {
  const b = new GraphBuilder('test', lowering);
  b.output('y', build(b));
  const session = await openSession(b.finish());
  try {
    return (await session.run(inputs))['y']!;
  } finally {
    await session.release();
  }
}

function wave(count: number, step: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => Math.sin(index * step) * 2);
}

/** y = x + w, with w stored at an offset of a file. */
function referencing(location = 'weights.bin'): Graph {
  const b = new GraphBuilder('referencing', 'ort-cpu');
  const x = b.input('x', 'float32', [4]);
  const w = b.initializer('w', 'float16', [4], { kind: 'external', location, offset: 24, length: 8 });
  b.output('y', add(b, x, cast(b, w, 'float32')));
  return b.finish();
}

function writeWeights(): void {
  const bytes = new Uint8Array(32);
  // Half-precision 1, 2, -0.5, 65504.
  new Uint16Array(bytes.buffer).set([0x3c00, 0x4000, 0xb800, 0x7bff], 12);
  writeFileSync(join(folder, 'weights.bin'), bytes);
}

describe('weights by reference', () => {
  test('are read at their offset, and nothing is left beside them', async () => {
    writeWeights();
    const session = await openSession(referencing(), { weightsDir: folder });
    expect(await session.run({ x: Float32Array.of(1, 1, 1, 1) })).toEqual({ y: Float32Array.of(2, 3, 0.5, 65505) });
    await session.release();
    expect(readdirSync(folder)).toEqual(['weights.bin']);
  });

  test('work from a folder that cannot be written', async () => {
    writeWeights();
    chmodSync(folder, 0o555);
    const session = await openSession(referencing(), { weightsDir: folder });
    expect(await session.run({ x: Float32Array.of(0, 0, 0, 0) })).toEqual({ y: Float32Array.of(1, 2, -0.5, 65504) });
    await session.release();
  });

  test('a missing file and a short file are named', async () => {
    await expect(openSession(referencing(), { weightsDir: folder })).rejects.toMatchObject({ code: 'MODEL_MISSING' });
    writeWeights();
    truncateSync(join(folder, 'weights.bin'), 30);
    await expect(openSession(referencing(), { weightsDir: folder })).rejects.toMatchObject({ code: 'WEIGHTS_INVALID', details: { tensor: 'w' } });
  });

  test('a location outside the folder is refused', async () => {
    const graph = referencing();
    graph.initializers.set('w', { ...graph.initializers.get('w')!, data: { kind: 'external', location: '../weights.bin', offset: 24, length: 8 } });
    await expect(openSession(graph, { weightsDir: folder })).rejects.toMatchObject({ code: 'GRAPH_INVALID' });
  });
});

describe('sessions', () => {
  test('a model that onnxruntime refuses is a session error', async () => {
    const graph = referencing();
    graph.nodes[0] = { ...graph.nodes[0]!, domain: 'com.microsoft' };
    writeWeights();
    await expect(openSession(graph, { weightsDir: folder })).rejects.toMatchObject({ code: 'SESSION_CREATE_FAILED' });
  });

  test('inputs are checked by name, type and size; a released session says so', async () => {
    writeWeights();
    const session = await openSession(referencing(), { weightsDir: folder });
    await expect(session.run({ x: new Float32Array(3) })).rejects.toMatchObject({ code: 'SHAPE_MISMATCH', details: { input: 'x' } });
    await expect(session.run({ x: new BigInt64Array(4) })).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    await expect(session.run({})).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    await session.release();
    await session.release();
    await expect(session.run({ x: new Float32Array(4) })).rejects.toBeInstanceOf(StudioError);
  });
});

describe('operations compute what they say', () => {
  const erf = (x: number): number => {
    let sum = 0;
    let term = x;
    for (let n = 0; n < 60; n++) {
      sum += term / (2 * n + 1);
      term *= -(x * x) / (n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  };
  const activations: Readonly<Record<Activation, (x: number) => number>> = {
    gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
    gelu_new: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
    quick_gelu: (x) => x / (1 + Math.exp(-1.702 * x)),
    silu: (x) => x / (1 + Math.exp(-x)),
    relu: (x) => Math.max(0, x),
  };
  const lowerings = ['portable', 'ort-cpu'] as const;
  test.each(lowerings.flatMap((lowering) => (Object.keys(activations) as Activation[]).map((name) => [lowering, name] as const)))('%s %s', async (lowering, name) => {
    const x = Float32Array.from({ length: 41 }, (_, index) => (index - 20) / 5);
    const y = await evaluate((b) => activate(b, name, b.input('x', 'float32', [41])), { x }, lowering);
    for (const [index, value] of x.entries()) expect(y[index]).toBeCloseTo(activations[name](value), 5);
  });

  test.each(lowerings)('%s group normalization has zero mean and unit variance per group', async (lowering) => {
    const x = wave(2 * 6 * 5, 0.7);
    const y = await evaluate((b) => groupNorm(b, b.input('x', 'float32', [2, 6, 5]), b.floats(new Float32Array(6).fill(1), [6]), b.floats(new Float32Array(6), [6]), 3, 1e-9), { x }, lowering);
    for (let group = 0; group < 6; group++) {
      const values = [...y.subarray(group * 10, group * 10 + 10)];
      const mean = values.reduce((sum, value) => sum + value, 0) / 10;
      expect(mean).toBeCloseTo(0, 5);
      expect(values.reduce((sum, value) => sum + value * value, 0) / 10).toBeCloseTo(1, 4);
    }
  });

  test('fused and plain attention agree, with and without a bias', async () => {
    const [queries, keys, width] = [10, 80, 12];
    const inputs = { q: wave(queries * width, 0.31), k: wave(keys * width, 0.17), v: wave(keys * width, 0.23) };
    for (const biased of [false, true]) {
      const build = (b: GraphBuilder): Value => attention(
        b, b.input('q', 'float32', [1, queries, width]), b.input('k', 'float32', [1, keys, width]), b.input('v', 'float32', [1, keys, width]),
        { heads: 3, scale: 0.5, bias: biased ? b.floats(wave(queries * keys, 0.05), [1, 1, queries, keys]) : undefined },
      );
      const fused = await evaluate(build, inputs, 'ort-cpu');
      const plain = await evaluate(build, inputs, 'portable');
      for (const [index, value] of plain.entries()) expect(fused[index]).toBeCloseTo(value, 5);
    }
  });

  test('the sinusoid is cosines first, with the recorded values', async () => {
    const embed = (t: bigint, width: number): Promise<Float32Array> =>
      evaluate((b) => sinusoid(b, cast(b, b.input('t', 'int64', [1]), 'float32'), width, true, 0), { t: BigInt64Array.of(t) });
    const wide = await embed(995n, 320);
    for (const [index, value] of [[0, -0.633389], [1, -0.99999], [2, 0.648175], [160, 0.773833], [319, 0.105201]] as const) expect(wide[index]).toBeCloseTo(value, 4);
    const narrow = await embed(250n, 128);
    for (const [index, value] of [[0, 0.240988], [64, -0.970528], [127, 0.028866]] as const) expect(narrow[index]).toBeCloseTo(value, 4);
  });

  test('nearest resize repeats pixels', async () => {
    const y = await evaluate((b) => resizeNearest(b, b.input('x', 'float32', [1, 1, 1, 3]), 2, 6), { x: Float32Array.of(1, 2, 3) });
    expect([...y]).toEqual([1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3]);
  });

  test('values are multiplied in float32 whatever they are stored in', async () => {
    const y = await evaluate((b) => mul(b, b.input('x', 'float32', [2]), b.scalar(3)), { x: Float32Array.of(1, 1e30) });
    expect([...y]).toEqual([3, Math.fround(Math.fround(1e30) * 3)]);
  });
});

describe('providers', () => {
  const product = () => {
    const b = new GraphBuilder('product', 'portable');
    const x = b.input('x', 'float32', [1, 2]);
    b.output('y', matMul(b, x, b.floats(Float32Array.of(1, 2, 3, 4), [2, 2])));
    return b.finish();
  };

  test.runIf(process.platform !== 'win32')('fall back to the next, with the cause told', async () => {
    const told: ProviderFallback[] = [];
    useProviders({ order: ['directml', 'cpu'], arithmetic: 'float16', onFallback: (fallback) => told.push(fallback) });
    try {
      const session = await openSession(product());
      expect((await session.run({ x: Float32Array.of(1, 1) }))['y']).toEqual(Float32Array.of(4, 6));
      await session.release();
    } finally {
      useProviders({ order: ['cpu'], arithmetic: 'float32', onFallback: () => {} });
    }
    expect(told).toEqual([{ provider: 'directml', model: 'product', cause: expect.stringMatching(/backend not found/) }]);
  });

  test.runIf(process.platform !== 'win32')('are an error when none is left', async () => {
    await expect(openSession(product(), { providers: ['directml'] })).rejects.toMatchObject({ code: 'SESSION_CREATE_FAILED' });
  });
});

test('weights that stay in their file give the same values as widened ones', async () => {
  const values = Float32Array.from({ length: 64 }, (_, index) => Math.sin(index));
  writeFileSync(join(folder, 'w.bin'), float32ToHalf(values));
  const build = () => {
    const b = new GraphBuilder('kept', 'ort-cpu');
    const x = b.input('x', 'float32', [4, 8]);
    const weight = b.initializer('w', 'float16', [8, 8], { kind: 'external', location: 'w.bin', offset: 0, length: 128 });
    b.output('y', matMul(b, x, cast(b, weight, 'float32')));
    return b.finish();
  };
  const x = Float32Array.from({ length: 32 }, (_, index) => Math.cos(index));
  const outputs: Float32Array[] = [];
  for (const keepStoredWeights of [false, true]) {
    const session = await openSession(build(), { weightsDir: folder, keepStoredWeights });
    outputs.push((await session.run({ x }))['y']!);
    await session.release();
  }
  for (const [index, value] of outputs[0]!.entries()) expect(outputs[1]![index]).toBeCloseTo(value, 5);
});
