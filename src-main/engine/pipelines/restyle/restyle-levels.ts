import { UNTRAINED_RESTYLING } from '../../../../src-shared/pack/model-index.ts';
import type { PredictionType } from '../../schedulers/scheduler.ts';
import type { Noise } from '../../random/noise.ts';

/**
 * Timesteps of a run, noisiest first: `steps` even strides from the strength's level down (SDEdit, Meng et al. 2022, section 3).
 * Strength 1 is `noisiest`, the edge of what the latent expert was trained on; strength 0 has none. Levels move without jumps with the strength.
 */
export function restyleTimesteps(strength: number, steps: number, noisiest: number): Float64Array {
  const start = Math.round(Math.min(Math.max(strength, 0), 1) * noisiest);
  const spread = Array.from({ length: steps }, (_, index) => Math.round((start * (steps - index)) / steps)).filter((timestep) => timestep > 0);
  return Float64Array.from(new Set(spread));
}

/** The strength at which exactly what was drawn is shown, which is where the slider stands at first, and how much of it at strength 1. */
const AS_DRAWN = UNTRAINED_RESTYLING.strength;
const MOST_DRAWN = 1.3;

/**
 * How much of what was drawn is shown; the rest is the source. A model that was trained to draw a style does so from the faintest noise on, and
 * more noise changes little: the strength of the look is what is shown of it. Below `AS_DRAWN` it fades into the source, so that the slider has
 * no jump at 0; beyond, what sets it apart from the source is drawn out, as far as 1.3 times.
 */
export const drawnShare = (strength: number): number => (strength <= AS_DRAWN ? strength / AS_DRAWN : 1 + ((strength - AS_DRAWN) / (1 - AS_DRAWN)) * (MOST_DRAWN - 1));

/** Share of the noise's variance that all frames of a clip have in common. */
export const SHARED_NOISE = 0.5;

/**
 * First noise of one frame: a part that all frames share and a part of its own (PYoCo's mixed noise, Ge et al. 2023, section 3.2).
 * The shared part keeps the drawn texture steady from frame to frame, the own part is what the model saw in training. It depends on the
 * frame's number alone, so windows agree where they overlap.
 */
export function frameNoise(noise: Noise, frame: number, values: number, shared = SHARED_NOISE): Float32Array {
  const [common, own] = [noise.fork('shared').normal(values), noise.fork(`frame${frame}`).normal(values)];
  const [a, b] = [Math.sqrt(shared), Math.sqrt(1 - shared)];
  return own.map((value, i) => a * common[i]! + b * value);
}

/** The model output that says `denoised` of a sample at signal level `alpha` and noise level `sigma`. */
export function outputFor(type: PredictionType, denoised: Float32Array, sample: Float32Array, alpha: number, sigma: number): Float32Array {
  if (type === 'sample') return denoised;
  if (type === 'epsilon') return denoised.map((value, i) => (sample[i]! - alpha * value) / sigma);
  return denoised.map((value, i) => (alpha * sample[i]! - value) / sigma);
}
