import { z } from 'zod';
import { createAlphasCumprod, noiseScheduleFields, parseSchedulerConfig } from '../schedulers/noise-schedule.ts';
import type { PredictionType } from '../schedulers/scheduler.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** The noise levels a model was trained on, whatever sampler walks them later. */
export interface ModelSchedule {
  readonly alphasCumprod: Float32Array;
  readonly predictionType: PredictionType;
}

/** Reads the levels from a diffusers `scheduler_config.json`. */
export function readModelSchedule(json: unknown): ModelSchedule {
  const config = parseSchedulerConfig('the model schedule', z.object(noiseScheduleFields), json);
  return { alphasCumprod: createAlphasCumprod(config), predictionType: config.predictionType };
}

/** A noised clip and what the model should answer for it. */
export interface TrainingPair {
  readonly sample: Float32Array;
  readonly target: Float32Array;
}

/**
 * Noises a clip to `timestep` (Ho et al. 2020, equation 4). The target is what the model predicts: the noise, the clip, or
 * v = alpha noise - sigma clip (Salimans and Ho 2022). Given the noised clip the three say the same: a residual between
 * frames of v differs from the residual of the estimated clip by the factor -sigma alone, so the motion loss may be taken on any.
 */
export function noisedPair(schedule: ModelSchedule, clip: Tensor, noise: Float32Array, timestep: number): TrainingPair {
  const level = schedule.alphasCumprod[timestep]!;
  const [alpha, sigma] = [Math.sqrt(level), Math.sqrt(1 - level)];
  const count = clip.data.length;
  const sample = new Float32Array(count);
  for (let i = 0; i < count; i += 1) sample[i] = alpha * clip.data[i]! + sigma * noise[i]!;
  if (schedule.predictionType === 'epsilon') return { sample, target: noise };
  if (schedule.predictionType === 'sample') return { sample, target: clip.data };
  const target = new Float32Array(count);
  for (let i = 0; i < count; i += 1) target[i] = alpha * noise[i]! - sigma * clip.data[i]!;
  return { sample, target };
}
