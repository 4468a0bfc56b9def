import { describe, expect, test } from 'vitest';
import { ANCHOR_FRAME_INPUT, appearanceDebiasedLoss, motionLoss, mseLoss, sumOfLosses } from '../../../src-main/engine/autodiff/losses.ts';
import type { LossBuilder } from '../../../src-main/engine/autodiff/losses.ts';
import { buildTrainingGraph } from '../../../src-main/engine/autodiff/training-graph.ts';
import { GraphBuilder } from '../../../src-main/engine/onnx/graph-builder.ts';
import { openSession } from '../../../src-main/engine/session/engine-session.ts';
import type { TensorData } from '../../../src-main/engine/session/engine-session.ts';
import { sample } from './finite-differences.ts';

const [BATCH, ALL, FRAMES, HEIGHT, WIDTH] = [2, 5, 4, 2, 3];
const PLANE = HEIGHT * WIDTH;
const CHANNELS = 3;
const PREDICTED = sample(BATCH * ALL * FRAMES * PLANE, 3);
const TARGET = sample(BATCH * CHANNELS * FRAMES * PLANE, 4);

const predictedAt = (item: number, channel: number, frame: number, pixel: number): number => PREDICTED[((item * ALL + channel) * FRAMES + frame) * PLANE + pixel]!;
const targetAt = (item: number, channel: number, frame: number, pixel: number): number => TARGET[((item * CHANNELS + channel) * FRAMES + frame) * PLANE + pixel]!;

/** Sum over the target's elements. */
function total(items: readonly number[], frames: readonly number[], term: (item: number, channel: number, frame: number, pixel: number) => number): number {
  let sum = 0;
  for (const item of items) for (let channel = 0; channel < CHANNELS; channel++) for (const frame of frames) for (let pixel = 0; pixel < PLANE; pixel++) sum += term(item, channel, frame, pixel);
  return sum;
}

async function evaluate(loss: LossBuilder, extra: Record<string, TensorData> = {}, predicted = PREDICTED): Promise<{ loss: number; gradient: Float32Array }> {
  const b = new GraphBuilder('prediction', 'portable');
  b.output('output', b.input('prediction', 'float32', [BATCH, ALL, FRAMES, HEIGHT, WIDTH]));
  const training = buildTrainingGraph({ graph: b.finish(), loss, parameters: ['prediction'] });
  const session = await openSession(training.graph);
  try {
    const results = await session.run({ prediction: predicted, noise: TARGET, ...extra });
    return { loss: results['loss']![0]!, gradient: results['grad.prediction']! };
  } finally {
    await session.release();
  }
}

const ITEMS = [0, 1];
const EVERY_FRAME = [0, 1, 2, 3];
const mse = (): number => total(ITEMS, EVERY_FRAME, (...at) => (predictedAt(...at) - targetAt(...at)) ** 2) / TARGET.length;
const debiased = (anchor: number): number => total(ITEMS, EVERY_FRAME, (item, channel, frame, pixel) => {
  const map = (value: typeof targetAt): number => Math.SQRT2 * value(item, channel, frame, pixel) - value(item, channel, anchor, pixel);
  return (map(predictedAt) - map(targetAt)) ** 2;
}) / TARGET.length;

describe('losses on predicted noise', () => {
  test('mse is over the noise channels only', async () => {
    const { loss, gradient } = await evaluate(mseLoss({ channels: CHANNELS }));
    expect(loss).toBeCloseTo(mse(), 5);
    // The last two channels of each sample are variance.
    expect(gradient.slice(CHANNELS * FRAMES * PLANE, ALL * FRAMES * PLANE).every((value) => value === 0)).toBe(true);
  });

  test('motion is one cosine per pair of neighbouring frames', async () => {
    let expected = 0;
    for (const item of ITEMS) {
      for (const frame of [0, 1, 2]) {
        const residual = (value: typeof targetAt) => (_: number, channel: number, __: number, pixel: number): number => value(item, channel, frame + 1, pixel) - value(item, channel, frame, pixel);
        const [ours, theirs] = [residual(predictedAt), residual(targetAt)];
        const dot = total([item], [frame], (...at) => ours(...at) * theirs(...at));
        const norms = Math.sqrt(total([item], [frame], (...at) => ours(...at) ** 2) * total([item], [frame], (...at) => theirs(...at) ** 2));
        expected += (1 - dot / norms) / 6;
      }
    }
    expect((await evaluate(motionLoss({ channels: CHANNELS }))).loss).toBeCloseTo(expected, 5);
  });

  test('motion does not see what all frames share, and stays finite where two predicted frames are alike', async () => {
    const shifted = PREDICTED.map((value, index) => value + Math.floor(index / (FRAMES * PLANE)) * 0.5 + (index % PLANE));
    expect((await evaluate(motionLoss({ channels: CHANNELS }), {}, shifted)).loss).toBeCloseTo((await evaluate(motionLoss({ channels: CHANNELS }))).loss, 5);
    const still = await evaluate(motionLoss({ channels: CHANNELS }), {}, new Float32Array(PREDICTED.length).fill(0.3));
    expect(still.loss).toBe(1);
    expect(still.gradient.every(Number.isFinite)).toBe(true);
  });

  test.each([0, 2])('appearance-debiased, anchor frame %i', async (anchor) => {
    const { loss } = await evaluate(appearanceDebiasedLoss({ channels: CHANNELS }), { [ANCHOR_FRAME_INPUT]: BigInt64Array.of(BigInt(anchor)) });
    expect(loss).toBeCloseTo(debiased(anchor), 4);
  });

  test('losses add up with weights and share their inputs', async () => {
    const both = sumOfLosses([[1, mseLoss({ channels: CHANNELS })], [0.5, appearanceDebiasedLoss({ channels: CHANNELS })]]);
    expect((await evaluate(both, { [ANCHOR_FRAME_INPUT]: BigInt64Array.of(1n) })).loss).toBeCloseTo(mse() + 0.5 * debiased(1), 4);
  });

  test('a single frame or a missing output is explained', async () => {
    const b = new GraphBuilder('single', 'portable');
    b.output('output', b.input('w', 'float32', [1, 3, 1, 2, 2]));
    const graph = b.finish();
    expect(() => buildTrainingGraph({ graph, loss: motionLoss({ channels: 3 }), parameters: ['w'] })).toThrow('give a clip of at least 2 frames');
    expect(() => buildTrainingGraph({ graph, loss: mseLoss({ channels: 4 }), parameters: ['w'] })).toThrow('The loss needs a model output "output"');
  });
});
