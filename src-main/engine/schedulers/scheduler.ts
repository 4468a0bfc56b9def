import type { Tensor } from '../tensor/tensor.ts';

/** What the unet predicts: the noise, the clean sample, or v = alpha noise - sigma sample (Salimans and Ho 2022, appendix D). */
export type PredictionType = 'epsilon' | 'sample' | 'vPrediction';

/** What a multistep scheduler remembers between steps; plain data, so that a checkpoint can hold it. */
export interface SchedulerState {
  /** Earlier denoised estimates, latest first; empty at the start. */
  readonly denoised: readonly Float32Array[];
}

/** The state before the first step. */
export const INITIAL_STATE: SchedulerState = { denoised: [] };

/** What a step takes beside the model output and the sample. */
export interface StepInput {
  /** State returned by the step before; INITIAL_STATE at the first one. */
  readonly state?: SchedulerState;
  /** Standard normal noise shaped like the sample, where `usesNoise` is true. */
  readonly noise?: Tensor;
}

/** Result of one step. */
export interface StepResult {
  /** The sample at the next, lower noise level. */
  readonly prevSample: Tensor;
  /** The current estimate of the clean sample. */
  readonly denoised: Tensor;
  readonly state: SchedulerState;
}

/**
 * A noise schedule with a rule to walk it. It holds no counter: the index into `timesteps` is an argument, and what a step
 * needs from earlier ones is passed in and out, so a run can resume anywhere.
 */
export interface Scheduler {
  /** Model times to visit, noisiest first. */
  readonly timesteps: Float64Array;
  /** Standard deviation of the noise that a run starts from. */
  readonly initNoiseSigma: number;
  readonly predictionType: PredictionType;
  /** True when `step` needs fresh noise at every step but the last. */
  readonly usesNoise: boolean;
  /** True when the model output carries a variance estimate in a second set of channels that `step` uses. */
  readonly usesLearnedVariance: boolean;
  /** The model's input for a sample at `timesteps[index]`. */
  scaleModelInput(sample: Tensor, index: number): Tensor;
  /** One step from `timesteps[index]` to the next level. */
  step(modelOutput: Tensor, index: number, sample: Tensor, input?: StepInput): StepResult;
  /** `sample` noised to the level of model time `timestep`. */
  addNoise(sample: Tensor, noise: Tensor, timestep: number): Tensor;
}

/**
 * Index of the first step for an SDEdit start (Meng et al. 2022): strength 1 runs all steps, 0.8 the last 80 %.
 * The product is truncated, as upstream does.
 */
export function startIndexForStrength(numInferenceSteps: number, strength: number): number {
  const kept = Math.min(Math.trunc(numInferenceSteps * strength), numInferenceSteps);
  return Math.max(numInferenceSteps - kept, 0);
}
