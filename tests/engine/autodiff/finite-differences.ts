import { expect } from 'vitest';
import { buildTrainingGraph, gradientOutput } from '../../../src-main/engine/autodiff/training-graph.ts';
import { elementCount } from '../../../src-main/engine/onnx/element-type.ts';
import { GraphBuilder } from '../../../src-main/engine/onnx/graph-builder.ts';
import type { Value } from '../../../src-main/engine/onnx/graph.ts';
import { mul, reduceSum, reshape } from '../../../src-main/engine/onnx/tensor-ops.ts';
import { openSession } from '../../../src-main/engine/session/engine-session.ts';
import type { TensorData } from '../../../src-main/engine/session/engine-session.ts';

/** Seeded uniform numbers in [0, 1) (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` numbers between low and high. */
export function sample(count: number, seed: number, low = -1.5, high = 1.5): Float32Array {
  const next = uniform(seed);
  return Float32Array.from({ length: count }, () => low + next() * (high - low));
}

export interface GradientCase {
  /** Shapes of the float32 inputs that are differentiated. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** int64 inputs with their values. */
  readonly integers?: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>>;
  readonly build: (b: GraphBuilder, values: Readonly<Record<string, Value>>) => Value;
  /** Changes random numbers in [-1.5, 1.5] so that they stay away from kinks and outside domains. */
  readonly shape?: (value: number, index: number, input: string) => number;
  /** Allowed difference, relative to the largest gradient of the input; float32 rounding is about 1e-4 here. */
  readonly tolerance?: number;
}

const STEP = 1e-2;

/**
 * Compares every element of every input's gradient with fourth-order central differences of sum(y * r), r random. The sum
 * is taken in double precision over differences of outputs, so that only the outputs themselves are rounded.
 */
export async function checkGradients(gradientCase: GradientCase, seed: number): Promise<void> {
  const b = new GraphBuilder('case', 'portable');
  const values: Record<string, Value> = {};
  const feeds: Record<string, TensorData> = {};
  for (const [position, [name, shape]] of Object.entries(gradientCase.inputs).entries()) {
    values[name] = b.input(name, 'float32', shape);
    feeds[name] = sample(elementCount(shape), seed + position).map((value, index) => gradientCase.shape?.(value, index, name) ?? value);
  }
  for (const [name, { shape, values: numbers }] of Object.entries(gradientCase.integers ?? {})) {
    values[name] = b.input(name, 'int64', shape);
    feeds[name] = BigInt64Array.from(numbers, BigInt);
  }
  const y = b.output('result', gradientCase.build(b, values));
  const forward = b.finish();
  const weights = sample(elementCount(y.shape), seed + 77);
  const training = buildTrainingGraph({
    graph: forward, parameters: Object.keys(gradientCase.inputs),
    loss: (g, outputs) => reshape(g, reduceSum(g, mul(g, reshape(g, outputs.get('result') as Value, [weights.length]), g.floats(weights, [weights.length])), [0]), []),
  });
  const [forwardSession, trainingSession] = [await openSession(forward), await openSession(training.graph)];
  try {
    const analytic = await trainingSession.run(feeds);
    const outputAt = async (name: string, index: number, offset: number): Promise<Float32Array> => {
      const moved = Float32Array.from(feeds[name] as Float32Array);
      moved[index] = (moved[index] ?? 0) + offset;
      return (await forwardSession.run({ ...feeds, [name]: moved }))['result'] as Float32Array;
    };
    for (const name of Object.keys(gradientCase.inputs)) {
      const x = feeds[name] as Float32Array;
      const numeric: number[] = [];
      for (const index of x.keys()) {
        const spread = (offset: number): number => Math.fround((x[index] ?? 0) + offset) - Math.fround((x[index] ?? 0) - offset);
        const slope = async (offset: number): Promise<number> => {
          const [above, below] = [await outputAt(name, index, offset), await outputAt(name, index, -offset)];
          return above.reduce((sum, value, at) => sum + (value - (below[at] ?? 0)) * (weights[at] ?? 0), 0) / spread(offset);
        };
        numeric.push((4 * await slope(STEP) - await slope(2 * STEP)) / 3);
      }
      const got = analytic[gradientOutput(name)] as Float32Array;
      expect(got.length).toBe(x.length);
      const largest = Math.max(1, ...numeric.map(Math.abs));
      const worst = numeric.reduce((most, value, index) => Math.max(most, Math.abs(value - (got[index] ?? Number.NaN))), 0) / largest;
      expect(worst, `gradient of "${name}", seed ${seed}: got ${got.slice(0, 6).join(', ')}, differences say ${numeric.slice(0, 6).join(', ')}`).toBeLessThan(gradientCase.tolerance ?? 2e-3);
    }
  } finally {
    await forwardSession.release();
    await trainingSession.release();
  }
}
