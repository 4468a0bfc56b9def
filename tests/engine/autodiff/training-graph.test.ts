import { describe, expect, test } from 'vitest';
import { mseLoss, motionLoss } from '../../../src-main/engine/autodiff/losses.ts';
import { gradientCoverage } from '../../../src-main/engine/autodiff/gradient-coverage.ts';
import { buildTrainingGraph } from '../../../src-main/engine/autodiff/training-graph.ts';
import type { TrainingGraph } from '../../../src-main/engine/autodiff/training-graph.ts';
import { parseUnet3dConfig } from '../../../src-main/engine/nn/unet3d-config.ts';
import { buildUnet3d } from '../../../src-main/engine/nn/unet3d.ts';
import { elementCount } from '../../../src-main/engine/onnx/element-type.ts';
import { GraphBuilder } from '../../../src-main/engine/onnx/graph-builder.ts';
import type { Graph, Value } from '../../../src-main/engine/onnx/graph.ts';
import { cast, conv, matMul, mul, reduceMean } from '../../../src-main/engine/onnx/tensor-ops.ts';
import { openSession } from '../../../src-main/engine/session/engine-session.ts';
import type { TensorData } from '../../../src-main/engine/session/engine-session.ts';
import { SMALL_LATENT, SMALL_PIXEL } from '../nn/show1-configs.ts';
import { sample } from './finite-differences.ts';

const SHAPE = { batch: 1, frames: 4, height: 8, width: 8, tokens: 3 };
const TEMPORAL = (name: string): boolean => /temp_attentions\..*\.to_[qkv]\.weight$/.test(name);

/** A UNet whose weights are inputs, so that a test feeds them. */
function unet(config: object, shape = SHAPE): Graph {
  return buildUnet3d(parseUnet3dConfig(config), shape, 'portable', null).graph;
}

/** Random weights of a scale that keeps activations near one; norms start at the identity. */
function feedsFor(inputs: readonly Value[], seed: number): Record<string, TensorData> {
  return Object.fromEntries(inputs.map(({ name, elementType, shape }, index): [string, TensorData] => {
    const count = elementCount(shape);
    if (elementType === 'int64') return [name, new BigInt64Array(count).fill(400n)];
    if (!name.includes('.')) return [name, sample(count, seed + index)];
    if (name.endsWith('.bias')) return [name, sample(count, seed + index, -0.1, 0.1)];
    if (shape.length === 1) return [name, sample(count, seed + index, 0.9, 1.1)];
    const bound = Math.sqrt(3 / (count / (shape[0] ?? 1)));
    return [name, sample(count, seed + index, -bound, bound)];
  }));
}

async function run(graph: Graph, feeds: Record<string, TensorData>): Promise<Record<string, Float32Array>> {
  const session = await openSession(graph);
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

function meanCubed(b: GraphBuilder, x: Value): Value {
  return reduceMean(b, mul(b, x, mul(b, x, x)), x.shape.map((_, axis) => axis), false);
}

describe('a whole UNet', () => {
  test.each([['pixel', SMALL_PIXEL, 3], ['latent', SMALL_LATENT, 4]] as const)('%s: the gradients predict how the loss moves in random directions', async (_, config, channels) => {
    const seed = 31;
    const training = buildTrainingGraph({ graph: unet(config), loss: motionLoss({ channels }), parameters: TEMPORAL });
    const feeds = feedsFor(training.graph.inputs, seed);
    const session = await openSession(training.graph);
    try {
      const results = await session.run(feeds);
      for (const trial of [1, 2]) {
        // Along the gradient plus noise of its own size: far from parallel, yet the slope stands out of float32 rounding.
        const directions = new Map(training.parameters.map(({ name, gradient }, index) => {
          const slope = results[gradient]!;
          const size = Math.sqrt(slope.reduce((sum, value) => sum + value * value, 0) / slope.length);
          const noise = sample(slope.length, seed * trial + index);
          return [name, slope.map((value, at) => value + (noise[at] ?? 0) * size)];
        }));
        const length = Math.sqrt([...directions.values()].reduce((sum, each) => sum + each.reduce((inner, value) => inner + value * value, 0), 0));
        const lossAt = async (step: number): Promise<number> => {
          const moved = training.parameters.map(({ name }) => [name, (feeds[name] as Float32Array).map((value, at) => value + (step * (directions.get(name)?.[at] ?? 0)) / length)]);
          return (await session.run({ ...feeds, ...Object.fromEntries(moved) as Record<string, Float32Array> }))['loss']![0]!;
        };
        const expected = training.parameters.reduce((sum, { name, gradient }) => sum + results[gradient]!.reduce((inner, value, at) => inner + value * directions.get(name)![at]!, 0), 0) / length;
        const step = 0.1;
        const wide = (await lossAt(2 * step) - await lossAt(-2 * step)) / (4 * step);
        const narrow = (await lossAt(step) - await lossAt(-step)) / (2 * step);
        const measured = (4 * narrow - wide) / 3;
        expect(Math.abs(measured - expected) / Math.abs(expected), `seed ${seed}, trial ${trial}: measured ${measured}, gradients say ${expected}`).toBeLessThan(0.02);
      }
    } finally {
      await session.release();
    }
  });

  test('has a rule for every operator', () => {
    for (const config of [SMALL_PIXEL, SMALL_LATENT]) {
      expect(gradientCoverage(unet(config)).filter(({ support }) => support !== 'rule')).toEqual([]);
    }
  });
});

describe('pruning', () => {
  test('frozen layers before the first parameter get no backward nodes', () => {
    const training = buildTrainingGraph({ graph: unet(SMALL_PIXEL), loss: mseLoss({ channels: 3 }), parameters: (name) => TEMPORAL(name) && name.startsWith('up_blocks.0.') });
    const backward = training.graph.nodes.map(({ name }) => name).filter((name) => name.startsWith('gradient.'));
    expect(backward.filter((name) => /^gradient\.(conv_in|time_embedding|encoder_hid_proj|down_blocks|mid_block)/.test(name))).toEqual([]);
    expect(backward.filter((name) => name.startsWith('gradient.up_blocks.1.')).length).toBeGreaterThan(10);
  });

  test('a frozen branch beside the path, and the weights of frozen layers, cost nothing', () => {
    const b = new GraphBuilder('branches', 'portable');
    const x = b.input('x', 'float32', [1, 2, 4, 4]);
    const frozen = b.input('frozen', 'float32', [2, 2, 3, 3]);
    const trained = b.input('trained', 'float32', [4, 4]);
    const side = b.op('Tanh', [conv(b, x, frozen, undefined, { pads: [1, 1, 1, 1] })]);
    b.output('y', mul(b, side, matMul(b, x, trained)));
    const training = buildTrainingGraph({ graph: b.finish(), loss: (g, outputs) => meanCubed(g, outputs.get('y')!), parameters: ['trained'] });
    expect(training.parameters).toEqual([{ name: 'trained', shape: [4, 4], gradient: 'grad.trained' }]);
    const backward = training.graph.nodes.filter(({ name }) => name.startsWith('gradient.'));
    expect(backward.filter(({ opType, name }) => opType === 'Conv' || name.includes('Tanh'))).toEqual([]);
  });
});

describe('recomputation', () => {
  function withShare(share: number): { plain: TrainingGraph; lean: TrainingGraph } {
    const request = { graph: unet(SMALL_PIXEL, { ...SHAPE, height: 16, width: 16 }), loss: motionLoss({ channels: 3 }), parameters: TEMPORAL };
    const plain = buildTrainingGraph(request);
    return { plain, lean: buildTrainingGraph({ ...request, memoryBudgetBytes: plain.activationBytes * share }) };
  }

  test('halves the estimated memory and changes no bit of the result', async () => {
    const { plain, lean } = withShare(0.5);
    expect(lean.activationBytes).toBeLessThanOrEqual(plain.activationBytes / 2);
    expect(lean.activationBytesWithoutRecomputation).toBe(plain.activationBytes);
    expect(lean.segments).toBeGreaterThan(1);
    const feeds = feedsFor(plain.graph.inputs, 5);
    const [expected, got] = [await run(plain.graph, feeds), await run(lean.graph, feeds)];
    expect(Object.keys(got)).toEqual(Object.keys(expected));
    for (const [name, values] of Object.entries(expected)) expect(got[name], name).toEqual(values);
  });

  test('is left out when the budget is large enough', () => {
    const { plain, lean } = withShare(1);
    expect(lean.segments).toBe(1);
    expect(lean.graph.nodes.length).toBe(plain.graph.nodes.length);
  });

  test('says what is needed when no cut is small enough', () => {
    expect(() => withShare(0.01)).toThrow(/Training needs about \d+ MB for activations even with recomputation, the budget is 1 MB\./);
  });
});

describe('parameters', () => {
  /** y = x * w with w an initializer in half precision, as packs store them. */
  function halfPrecision(): Graph {
    const b = new GraphBuilder('half', 'portable');
    const x = b.input('x', 'float32', [2]);
    const w = b.initializer('layer.weight', 'float16', [2], { kind: 'inline', bytes: new Uint8Array(Uint16Array.of(0x3c00, 0x4000).buffer) });
    b.output('y', mul(b, x, cast(b, w, 'float32')));
    return b.finish();
  }
  const loss = (g: GraphBuilder, outputs: ReadonlyMap<string, Value>): Value => meanCubed(g, outputs.get('y')!);

  test('become float32 inputs, and the graph they come from is not changed', async () => {
    const forward = halfPrecision();
    const before = structuredClone(forward);
    const training = buildTrainingGraph({ graph: forward, loss, parameters: ['layer.weight'] });
    expect(forward).toEqual(before);
    expect(training.graph.inputs).toEqual([{ name: 'x', elementType: 'float32', shape: [2] }, { name: 'layer.weight', elementType: 'float32', shape: [2] }]);
    const results = await run(training.graph, { x: Float32Array.of(1, 2), 'layer.weight': Float32Array.of(3, -1) });
    // Mean of (x w)^3 over two elements: slope 3 (x w)^2 x / 2.
    expect(results).toEqual({ loss: Float32Array.of(9.5), 'grad.layer.weight': Float32Array.of(13.5, 12) });
  });

  test('that do not exist or do not matter are named', () => {
    expect(() => buildTrainingGraph({ graph: halfPrecision(), loss, parameters: ['layer.wieght'] })).toThrow('The model "half" has no parameter "layer.wieght". Choose names from its weights.');
    expect(() => buildTrainingGraph({ graph: halfPrecision(), loss, parameters: () => false })).toThrow('has no parameter of the selected names');
    const b = new GraphBuilder('idle', 'portable');
    const [x, idle] = [b.input('x', 'float32', [2]), b.input('idle', 'float32', [2])];
    b.output('z', idle);
    b.output('y', x);
    expect(() => buildTrainingGraph({ graph: b.finish(), loss, parameters: ['idle', 'x'] })).toThrow('The loss does not depend on the parameter "idle".');
  });
});

describe('what cannot be differentiated', () => {
  function through(opType: string, lowering: 'portable' | 'ort-cpu', attributes: Record<string, number> = {}): () => TrainingGraph {
    const b = new GraphBuilder('through', lowering);
    const w = b.input('w', 'float32', [3]);
    b.output('y', b.scoped('block.0', () => b.op(opType, [w], attributes)));
    const graph = b.finish();
    return () => buildTrainingGraph({ graph, loss: (g, outputs) => meanCubed(g, outputs.get('y')!), parameters: ['w'] });
  }

  test('a missing rule names operator and node', () => {
    expect(through('QuickGelu', 'ort-cpu', { alpha: 1 })).toThrow(expect.objectContaining({
      code: 'GRADIENT_OP_UNSUPPORTED', message: 'There is no gradient rule for QuickGelu (node "block.0/QuickGelu_0"). Build the model with the portable lowering.',
      details: { op: 'QuickGelu', node: 'block.0/QuickGelu_0' },
    }));
  });

  test('a forbidden operator is refused, one without gradient ends the path', () => {
    expect(through('Round', 'portable')).toThrow(expect.objectContaining({ code: 'GRADIENT_FORBIDDEN', message: 'Round (node "block.0/Round_0") lies between a parameter and the loss, but cannot be trained through. Choose parameters behind it.' }));
    expect(through('Sign', 'portable')).toThrow('The loss does not depend on the parameter "w".');
  });

  test('an unused operator without a rule is no obstacle', () => {
    const b = new GraphBuilder('aside', 'ort-cpu');
    const [x, w] = [b.input('x', 'float32', [3]), b.input('w', 'float32', [3])];
    b.output('y', mul(b, b.op('QuickGelu', [x], { alpha: 1 }), w));
    expect(buildTrainingGraph({ graph: b.finish(), loss: (g, outputs) => meanCubed(g, outputs.get('y')!), parameters: ['w'] }).parameters).toHaveLength(1);
  });

  test('a loss that is not one number is refused', () => {
    const b = new GraphBuilder('vector', 'portable');
    b.output('y', b.input('w', 'float32', [3]));
    expect(() => buildTrainingGraph({ graph: b.finish(), loss: (_, outputs) => outputs.get('y')!, parameters: ['w'] })).toThrow('it must be one float32 number');
  });
});
