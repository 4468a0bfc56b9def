import { z } from 'zod';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { assertSameShape } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { thresholdPerFrame } from './dynamic-threshold.ts';
import { addNoiseAt, assertStepCount, createAlphasCumprod, noiseScheduleFields, parseSchedulerConfig, spreadTimesteps, toDenoised } from './noise-schedule.ts';
import { INITIAL_STATE } from './scheduler.ts';
import type { Scheduler } from './scheduler.ts';

/** Configuration of DDIM. `eta` 0 is deterministic, 1 is as noisy as DDPM. */
export const ddimConfig = z.object({
  ...noiseScheduleFields,
  eta: z.number().min(0).max(1).default(0),
  clipSample: z.boolean().default(true),
  clipSampleRange: z.number().positive().default(1),
  /** True: the last step lands on a clean sample; false: on the level of t = 0. */
  setAlphaToOne: z.boolean().default(true),
  timestepSpacing: z.enum(['linspace', 'leading', 'trailing']).default('leading'),
});

/** DDIM can also walk from data to noise. */
export interface DdimScheduler extends Scheduler {
  /**
   * The sample at `timesteps[index]` from which `step`, given the same model output, returns `prevSample` (eta 0, no clipping):
   * the exact algebraic reverse, on the model's own schedule. Walk `index` from the last to the first.
   */
  invertStep(modelOutput: Tensor, index: number, prevSample: Tensor): Tensor;
}

/** Denoising diffusion implicit models (Song et al. 2021, equation 12). */
export function createDdim(json: unknown, numInferenceSteps: number, given?: Float64Array): DdimScheduler {
  const config = parseSchedulerConfig('DDIM', ddimConfig, json);
  assertStepCount('DDIM', numInferenceSteps, config.numTrainTimesteps);
  const alphasCumprod = createAlphasCumprod(config);
  const timesteps = given ?? spreadTimesteps(config.timestepSpacing, config.numTrainTimesteps, numInferenceSteps, config.stepsOffset);
  const finalAbar = config.setAlphaToOne ? 1 : alphasCumprod[0]!;
  const levels = (index: number): { abar: number; abarPrev: number } => ({
    abar: alphasCumprod[timesteps[index]!]!,
    abarPrev: index + 1 < timesteps.length ? alphasCumprod[timesteps[index + 1]!]! : finalAbar,
  });

  return {
    timesteps,
    initNoiseSigma: 1,
    predictionType: config.predictionType,
    usesNoise: config.eta > 0,
    usesLearnedVariance: false,
    scaleModelInput: (sample) => sample,
    addNoise: (sample, noise, timestep) => addNoiseAt(alphasCumprod[timestep]!, sample, noise),
    step(modelOutput, index, sample, { noise } = {}) {
      assertSameShape(sample, modelOutput, 'model output');
      const { abar, abarPrev } = levels(index);
      const [alpha, sigma] = [Math.sqrt(abar), Math.sqrt(1 - abar)];
      const [x, output] = [sample.data, modelOutput.data];
      const denoised = { data: toDenoised(config.predictionType, output, x, alpha, sigma), shape: sample.shape };
      // Upstream keeps the noise estimate of the unclipped prediction; so do we.
      const noiseOf = config.predictionType === 'epsilon'
        ? (i: number): number => output[i]!
        : config.predictionType === 'vPrediction'
          ? (i: number): number => alpha * output[i]! + sigma * x[i]!
          : (i: number): number => (x[i]! - alpha * output[i]!) / sigma;
      if (config.thresholding) thresholdPerFrame(denoised, config);
      else if (config.clipSample) for (let i = 0; i < x.length; i += 1) denoised.data[i] = Math.min(Math.max(denoised.data[i]!, -config.clipSampleRange), config.clipSampleRange);

      const deviation = config.eta * Math.sqrt(((1 - abarPrev) / (1 - abar)) * (1 - abar / abarPrev));
      const direction = Math.sqrt(Math.max(1 - abarPrev - deviation ** 2, 0));
      const alphaPrev = Math.sqrt(abarPrev);
      const data = new Float32Array(x.length);
      for (let i = 0; i < data.length; i += 1) data[i] = alphaPrev * denoised.data[i]! + direction * noiseOf(i);
      if (deviation > 0) {
        if (!noise) throw new StudioError('INTERNAL', 'DDIM with eta above 0 needs noise.');
        assertSameShape(sample, noise, 'noise');
        for (let i = 0; i < data.length; i += 1) data[i]! += deviation * noise.data[i]!;
      }
      return { prevSample: { data, shape: sample.shape }, denoised, state: INITIAL_STATE };
    },
    invertStep(modelOutput, index, prevSample) {
      assertSameShape(prevSample, modelOutput, 'model output');
      const { abar, abarPrev } = levels(index);
      const [alpha, sigma, alphaPrev, sigmaPrev] = [Math.sqrt(abar), Math.sqrt(1 - abar), Math.sqrt(abarPrev), Math.sqrt(1 - abarPrev)];
      // step is linear: prev = keep * x + add * output. Solve it for x.
      let [keep, add] = [alphaPrev / alpha, sigmaPrev - (alphaPrev * sigma) / alpha];
      if (config.predictionType === 'vPrediction') [keep, add] = [alphaPrev * alpha + sigmaPrev * sigma, sigmaPrev * alpha - alphaPrev * sigma];
      if (config.predictionType === 'sample') [keep, add] = [sigmaPrev / sigma, alphaPrev - (sigmaPrev * alpha) / sigma];
      if (keep === 0) throw new StudioError('SCHEDULER_CONFIG_INVALID', 'DDIM: a model that predicts the sample cannot be inverted from a clean sample. Set set_alpha_to_one to false.');
      const data = new Float32Array(prevSample.data.length);
      for (let i = 0; i < data.length; i += 1) data[i] = (prevSample.data[i]! - add * modelOutput.data[i]!) / keep;
      return { data, shape: prevSample.shape };
    },
  };
}
