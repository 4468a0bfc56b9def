import { z } from 'zod';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { assertSameShape } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { PredictionType } from './scheduler.ts';

const PREDICTION_TYPES: Readonly<Record<string, PredictionType>> = { epsilon: 'epsilon', sample: 'sample', v_prediction: 'vPrediction', vPrediction: 'vPrediction' };

/** What every scheduler's configuration shares; names are upstream's in camelCase, defaults are diffusers 0.19.3's. */
export const noiseScheduleFields = {
  numTrainTimesteps: z.int().min(1).max(100_000).default(1000),
  betaStart: z.number().positive().default(0.0001),
  betaEnd: z.number().positive().max(1).default(0.02),
  betaSchedule: z.enum(['linear', 'scaled_linear', 'squaredcos_cap_v2']).default('linear'),
  trainedBetas: z.null().optional(),
  predictionType: z.enum(['epsilon', 'sample', 'v_prediction', 'vPrediction']).default('epsilon').transform((name) => PREDICTION_TYPES[name]!),
  thresholding: z.boolean().default(false),
  dynamicThresholdingRatio: z.number().min(0).max(1).default(0.995),
  sampleMaxValue: z.number().positive().default(1),
  stepsOffset: z.int().min(0).default(0),
} as const;

/** The shared part of a parsed configuration. */
export interface NoiseScheduleConfig {
  readonly numTrainTimesteps: number;
  readonly betaStart: number;
  readonly betaEnd: number;
  readonly betaSchedule: 'linear' | 'scaled_linear' | 'squaredcos_cap_v2';
}

/** How inference steps are spread over the training steps (Lin et al. 2023, table 2). */
export type TimestepSpacing = 'linspace' | 'leading' | 'trailing';

/** Parses a scheduler configuration with upstream's snake_case or our camelCase keys. Failures are SCHEDULER_CONFIG_INVALID. */
export function parseSchedulerConfig<Schema extends z.ZodType>(name: string, schema: Schema, json: unknown): z.output<Schema> {
  const renamed = typeof json === 'object' && json !== null && !Array.isArray(json)
    ? Object.fromEntries(Object.entries(json).map(([key, value]) => [key.replaceAll(/(?<=.)_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()), value]))
    : json;
  const parsed = schema.safeParse(renamed);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const field = issue.path.join('.') || 'the configuration';
  throw new StudioError('SCHEDULER_CONFIG_INVALID', `${name}: ${field}: ${issue.message}. Correct scheduler_config.json or choose another scheduler.`, { details: { scheduler: name, field }, cause: parsed.error });
}

/** Nichol and Dhariwal 2021, equation 17: beta_i = 1 - f(i+1)/f(i), f(u) = cos^2((u + 0.008)/1.008 * pi/2), capped at 0.999. */
function cosineBeta(index: number, count: number): number {
  const f = (u: number): number => Math.cos(((u + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
  return Math.min(1 - f((index + 1) / count) / f(index / count), 0.999);
}

/** Variances added by each training step; float32 values, because models were trained with those. */
export function createBetas(config: NoiseScheduleConfig): Float32Array {
  const { numTrainTimesteps: count, betaStart, betaEnd } = config;
  const between = (from: number, to: number, index: number): number => from + ((to - from) * index) / Math.max(count - 1, 1);
  return Float32Array.from({ length: count }, (_, index) => {
    switch (config.betaSchedule) {
      case 'linear': return between(betaStart, betaEnd, index);
      case 'scaled_linear': return between(Math.sqrt(betaStart), Math.sqrt(betaEnd), index) ** 2;
      case 'squaredcos_cap_v2': return cosineBeta(index, count);
    }
  });
}

/** Cumulative products of 1 - beta (Ho et al. 2020, below equation 3), rounded to float32 at the same places as upstream. */
export function createAlphasCumprod(config: NoiseScheduleConfig): Float32Array {
  let product = 1;
  return createBetas(config).map((beta) => {
    product *= Math.fround(1 - beta);
    return product;
  });
}

/** Rounds halves to the even neighbour, as numpy does. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Rounded points of an evenly spaced line from 0 to `last`, both included. */
export function roundedLine(last: number, points: number): number[] {
  const gap = points > 1 ? last / (points - 1) : 0;
  return Array.from({ length: points }, (_, index) => roundHalfEven(index === points - 1 && points > 1 ? last : index * gap));
}

/** Inference timesteps, noisiest first, for the schedulers that end at t = 0 or below (DDPM, DDIM). */
export function spreadTimesteps(spacing: TimestepSpacing, numTrainTimesteps: number, numInferenceSteps: number, stepsOffset: number): Float64Array {
  if (spacing === 'linspace') return Float64Array.from(roundedLine(numTrainTimesteps - 1, numInferenceSteps).toReversed());
  if (spacing === 'leading') {
    const ratio = Math.floor(numTrainTimesteps / numInferenceSteps);
    return Float64Array.from({ length: numInferenceSteps }, (_, index) => (numInferenceSteps - 1 - index) * ratio + stepsOffset);
  }
  const ratio = numTrainTimesteps / numInferenceSteps;
  return Float64Array.from({ length: numInferenceSteps }, (_, index) => roundHalfEven(numTrainTimesteps - index * ratio) - 1);
}

/** Refuses step counts that the schedule cannot hold. */
export function assertStepCount(name: string, numInferenceSteps: number, numTrainTimesteps: number): void {
  if (Number.isInteger(numInferenceSteps) && numInferenceSteps >= 1 && numInferenceSteps <= numTrainTimesteps) return;
  throw new StudioError('SCHEDULER_CONFIG_INVALID', `${name}: ${numInferenceSteps} inference steps are not between 1 and ${numTrainTimesteps}. Choose a whole number in that range.`, { details: { scheduler: name, numInferenceSteps } });
}

/** The clean sample that a model output implies at signal level `alpha` and noise level `sigma`. */
export function toDenoised(type: PredictionType, modelOutput: Float32Array, sample: Float32Array, alpha: number, sigma: number): Float32Array {
  if (type === 'sample') return modelOutput.slice();
  const out = new Float32Array(sample.length);
  if (type === 'epsilon') for (let i = 0; i < out.length; i += 1) out[i] = (sample[i]! - sigma * modelOutput[i]!) / alpha;
  else for (let i = 0; i < out.length; i += 1) out[i] = alpha * sample[i]! - sigma * modelOutput[i]!;
  return out;
}

/** Forward diffusion (Ho et al. 2020, equation 4): sqrt(abar) sample + sqrt(1 - abar) noise. */
export function addNoiseAt(alphaCumprod: number, sample: Tensor, noise: Tensor): Tensor {
  assertSameShape(sample, noise, 'noise');
  const [alpha, sigma] = [Math.sqrt(alphaCumprod), Math.sqrt(1 - alphaCumprod)];
  const data = new Float32Array(sample.data.length);
  for (let i = 0; i < data.length; i += 1) data[i] = alpha * sample.data[i]! + sigma * noise.data[i]!;
  return { data, shape: sample.shape };
}
