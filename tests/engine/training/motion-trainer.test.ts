import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../src-main/engine/onnx/graph-builder.ts';
import { createNoise } from '../../../src-main/engine/random/noise.ts';
import { openSession, type EngineSession } from '../../../src-main/engine/session/engine-session.ts';
import { adamWStep } from '../../../src-main/engine/training/adam-w.ts';
import { lossBuilder, measureLoss } from '../../../src-main/engine/training/measured-loss.ts';
import { trainMotion } from '../../../src-main/engine/training/motion-trainer.ts';
import { noisedPair, readModelSchedule } from '../../../src-main/engine/training/model-schedule.ts';
import { HELD_OUT_DRAWS } from '../../../src-main/engine/training/training-draws.ts';
import { initialState } from '../../../src-main/engine/training/training-state.ts';

describe('losses', () => {
  it.each(['motion', 'mse', 'debiased'] as const)('%s measured in loops is what the graph computes', async (loss) => {
    const [channels, frames, height, width] = [3, 4, 5, 6];
    const b = new GraphBuilder('loss', 'portable');
    const output = b.input('prediction', 'float32', [1, channels * 2, frames, height, width]);
    b.output('loss', lossBuilder(loss, channels)(b, new Map([['output', output]])));
    const session = await openSession(b.finish());
    const noise = createNoise(3);
    const predicted = noise.fork('p').normal(2 * channels * frames * height * width);
    const target = noise.fork('t').normal(channels * frames * height * width);
    const outputs = await session.run({ prediction: predicted, noise: target, ...(loss === 'debiased' ? { anchor_frame: BigInt64Array.of(2n) } : {}) });
    expect(measureLoss(loss, { predicted, target, channels, frames, anchorFrame: 2 })).toBeCloseTo(outputs['loss']![0]!, 5);
    await session.release();
  });
});

describe('noising', () => {
  it('asks for what the model predicts', () => {
    const clip = { data: Float32Array.of(1, -1), shape: [1, 1, 2, 1, 1] };
    const noise = Float32Array.of(0.5, 2);
    const at = (prediction_type: string) => noisedPair(readModelSchedule({ _class_name: 'X', beta_schedule: 'squaredcos_cap_v2', prediction_type }), clip, noise, 500);
    const { sample, target: v } = at('v_prediction');
    expect(at('epsilon').target).toEqual(noise);
    expect(at('sample').target).toEqual(clip.data);
    // alpha sample - sigma v is the clip again (Salimans and Ho 2022, appendix D).
    const alpha = Math.sqrt(readModelSchedule({ beta_schedule: 'squaredcos_cap_v2' }).alphasCumprod[500]!);
    const sigma = Math.sqrt(1 - alpha ** 2);
    for (const [index, value] of clip.data.entries()) expect(alpha * sample[index]! - sigma * v[index]!).toBeCloseTo(value, 5);
  });
});

describe('AdamW', () => {
  it('takes the step of the published algorithm, after shortening long gradients', () => {
    const parameter = { values: Float32Array.of(1, -2), origin: Float32Array.of(0, 0), first: new Float32Array(2), second: new Float32Array(2), rate: 1 };
    adamWStep([parameter], [Float32Array.of(3, 4)], 1, { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, maxGradientNorm: 1 });
    // At the first step the moments' ratio is the gradient's sign, whatever its length: values - 0.1 (0.01 values) - 0.1 sign.
    expect(parameter.values[0]).toBeCloseTo(1 - 0.001 - 0.1, 5);
    expect(parameter.values[1]).toBeCloseTo(-2 + 0.002 - 0.1, 5);
    expect(parameter.first[0]).toBeCloseTo(0.1 * 0.6, 6);
  });

  it('takes smaller steps in wide layers', () => {
    const state = (width: number) => initialState([{ name: 'w', shape: [width, width], values: new Float32Array(width * width) }], 'full', 0).parameters[0]!;
    expect([state(32).rate, state(128).rate, state(1280).rate]).toEqual([1, 1, 0.1]);
  });
});

describe('a loss that is no number', () => {
  const projections = [{ name: 'down.temp_attentions.0.transformer_blocks.0.attn1.to_q.weight', shape: [2, 2] as const, values: Float32Array.of(1, 2, 3, 4) }];
  const clip = { data: new Float32Array(3 * 2 * 4).map((_, index) => Math.sin(index)), shape: [1, 3, 2, 2, 2] };

  /** A model of one number whose gradient is constant until step `badAt`. */
  const sessionThatBreaks = (badAt: number): EngineSession => {
    let step = 0;
    return {
      inputs: [], outputs: [], release: async () => {},
      run: async () => {
        step += 1;
        return { loss: Float32Array.of(step === badAt ? Number.NaN : 1), [`grad.${projections[0]!.name}`]: new Float32Array(4).fill(0.1) };
      },
    };
  };

  it('is told clearly, and the best weights are kept for smaller steps', async () => {
    const state = initialState(projections, 'full', 0);
    let evaluations = 0;
    const trainer = trainMotion({
      schedule: readModelSchedule({ beta_schedule: 'squaredcos_cap_v2' }), settings: { loss: 'mse', rank: 'full', steps: 100, learningRate: 0.01, seed: 0 }, clip,
      promptEmbeds: { data: new Float32Array(1), shape: [1, 1, 1] }, training: sessionThatBreaks(13), refresh: () => {},
      // Predictions get better with each evaluation of the held-out draws.
      unet: async ({ sample }) => {
        const gain = 5 - Math.floor(evaluations++ / HELD_OUT_DRAWS);
        return { data: sample.data.map((value) => value * gain), shape: sample.shape };
      },
    }, state);
    let atTen: Float32Array | null = null;
    await expect((async () => {
      for await (const point of trainer) if (point.step === 10) atTen = state.parameters[0]!.values.slice();
    })()).rejects.toMatchObject({ code: 'LOSS_DIVERGED', message: expect.stringMatching(/at step 13.*step 10 are kept.*half the learning rate/) });
    expect(state.step).toBe(12);
    expect(state.parameters[0]!.values).toEqual(atTen);
    expect(state.rateFactor).toBe(0.5);
  });
});
