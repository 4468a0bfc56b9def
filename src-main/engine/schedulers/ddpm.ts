import { z } from 'zod';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { assertSameShape } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { thresholdPerFrame } from './dynamic-threshold.ts';
import { addNoiseAt, assertStepCount, createAlphasCumprod, noiseScheduleFields, parseSchedulerConfig, spreadTimesteps, toDenoised } from './noise-schedule.ts';
import { INITIAL_STATE } from './scheduler.ts';
import type { Scheduler } from './scheduler.ts';

/** Configuration of ancestral sampling. */
export const ddpmConfig = z.object({
  ...noiseScheduleFields,
  varianceType: z.enum(['fixed_small', 'learned_range']).default('fixed_small'),
  clipSample: z.boolean().default(true),
  clipSampleRange: z.number().positive().default(1),
  timestepSpacing: z.enum(['linspace', 'leading', 'trailing']).default('leading'),
});

/** First and second half of the channels: prediction and variance. */
function splitChannels(output: Tensor): { prediction: Tensor; variance: Tensor } {
  const [batch, channels, ...rest] = output.shape as [number, number, ...number[]];
  const half = output.data.length / batch / 2;
  const take = (offset: number): Tensor => {
    const data = new Float32Array(batch * half);
    for (let b = 0; b < batch; b += 1) data.set(output.data.subarray(b * 2 * half + offset, b * 2 * half + offset + half), b * half);
    return { data, shape: [batch, channels / 2, ...rest] };
  };
  return { prediction: take(0), variance: take(half) };
}

/**
 * Ancestral sampling (Ho et al. 2020, equations 6 and 7). With `learned_range` the model output has twice the channels and
 * the second half interpolates the log variance between its two bounds (Nichol and Dhariwal 2021, equation 15).
 */
export function createDdpm(json: unknown, numInferenceSteps: number, given?: Float64Array): Scheduler {
  const config = parseSchedulerConfig('DDPM', ddpmConfig, json);
  assertStepCount('DDPM', numInferenceSteps, config.numTrainTimesteps);
  const alphasCumprod = createAlphasCumprod(config);
  const timesteps = given ?? spreadTimesteps(config.timestepSpacing, config.numTrainTimesteps, numInferenceSteps, config.stepsOffset);
  const learned = config.varianceType === 'learned_range';

  return {
    timesteps,
    initNoiseSigma: 1,
    predictionType: config.predictionType,
    usesNoise: true,
    usesLearnedVariance: learned,
    scaleModelInput: (sample) => sample,
    addNoise: (sample, noise, timestep) => addNoiseAt(alphasCumprod[timestep]!, sample, noise),
    step(modelOutput, index, sample, { noise } = {}) {
      const { prediction, variance } = learned ? splitChannels(modelOutput) : { prediction: modelOutput, variance: modelOutput };
      assertSameShape(sample, prediction, 'model output');
      const abar = alphasCumprod[timesteps[index]!]!;
      const isLast = index === timesteps.length - 1;
      // Upstream's default "leading" spacing makes this neighbour equal to t - ratio; below zero there is no noise left.
      const abarPrev = isLast ? 1 : alphasCumprod[timesteps[index + 1]!]!;
      const alpha = abar / abarPrev;
      const beta = 1 - alpha;
      const denoised = { data: toDenoised(config.predictionType, prediction.data, sample.data, Math.sqrt(abar), Math.sqrt(1 - abar)), shape: sample.shape };
      if (config.thresholding) thresholdPerFrame(denoised, config);
      else if (config.clipSample) for (let i = 0; i < denoised.data.length; i += 1) denoised.data[i] = Math.min(Math.max(denoised.data[i]!, -config.clipSampleRange), config.clipSampleRange);

      const [fromDenoised, fromSample] = [(Math.sqrt(abarPrev) * beta) / (1 - abar), (Math.sqrt(alpha) * (1 - abarPrev)) / (1 - abar)];
      const data = new Float32Array(sample.data.length);
      for (let i = 0; i < data.length; i += 1) data[i] = fromDenoised * denoised.data[i]! + fromSample * sample.data[i]!;
      if (!isLast) {
        if (!noise) throw new StudioError('INTERNAL', 'DDPM needs noise at every step but the last.');
        assertSameShape(sample, noise, 'noise');
        const small = Math.max(((1 - abarPrev) / (1 - abar)) * beta, 1e-20);
        const [logSmall, logLarge] = [Math.log(small), Math.log(beta)];
        const fixed = Math.sqrt(small);
        for (let i = 0; i < data.length; i += 1) {
          const mix = learned ? (variance.data[i]! + 1) / 2 : 0;
          data[i]! += noise.data[i]! * (learned ? Math.exp(0.5 * (mix * logLarge + (1 - mix) * logSmall)) : fixed);
        }
      }
      return { prevSample: { data, shape: sample.shape }, denoised, state: INITIAL_STATE };
    },
  };
}
