import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { Noise } from '../random/noise.ts';
import { INITIAL_STATE } from '../schedulers/scheduler.ts';
import type { Scheduler, SchedulerState } from '../schedulers/scheduler.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { predict } from './guidance.ts';
import { keepKnown, replaceKnown } from './known-frames.ts';
import type { KnownFrames } from './known-frames.ts';
import { takeOnLooks } from './picture-look.ts';
import type { PictureLooks } from './picture-look.ts';
import type { PromptEmbeds, UnetRun } from './unet-run.ts';

/** Where a run stands: the sample in front of step `stepIndex`. Plain data; from it the rest of the run is determined. */
export interface DenoisePosition {
  readonly stepIndex: number;
  readonly sample: Tensor;
  readonly schedulerState: SchedulerState;
}

export interface DenoiseRequest {
  readonly scheduler: Scheduler;
  readonly unet: UnetRun;
  readonly promptEmbeds: PromptEmbeds;
  readonly guidanceScale: number | null;
  /** Channels that the unet sees beside the sample. */
  readonly condition?: Tensor;
  readonly classLabel?: number;
  /** Streams for schedulers that add noise; step i draws from `step<i>`. */
  readonly noise: Noise;
  /** Frames that are given and stay. */
  readonly known?: KnownFrames | undefined;
  /** Pictures that lead colours and light. */
  readonly looks?: PictureLooks | undefined;
  readonly signal?: AbortSignal;
}

/** One finished step. */
export interface DenoiseStep {
  readonly position: DenoisePosition;
  /** The estimate of the clean sample at this step. */
  readonly denoised: Tensor;
}

/** The position before the first step. */
export function startPosition(sample: Tensor, stepIndex = 0): DenoisePosition {
  return { stepIndex, sample, schedulerState: INITIAL_STATE };
}

/** Throws NON_FINITE when a step's result holds anything that is not a number. */
export function assertFinite(tensor: Tensor, stepIndex: number): void {
  // One sum instead of a test per value: any NaN or infinity survives it.
  let sum = 0;
  for (let i = 0; i < tensor.data.length; i += 1) sum += tensor.data[i]!;
  if (!Number.isFinite(sum)) {
    throw new StudioError('NON_FINITE', `Step ${stepIndex + 1} produced values that are not numbers. The weights are damaged or do not fit their configuration: import the model again.`, { details: { step: stepIndex } });
  }
}

/** Denoises to the end; only the result counts. */
export async function denoiseWhole(request: DenoiseRequest, sample: Tensor): Promise<Tensor> {
  const steps = denoise(request, startPosition(sample));
  let next = await steps.next();
  while (next.done !== true) next = await steps.next();
  return next.value;
}

/**
 * The denoising loop: yields after each step, returns the final sample. Continuing from a yielded position gives the same
 * values as never having stopped. The signal takes effect between steps; its reason is thrown.
 */
export async function* denoise(request: DenoiseRequest, from: DenoisePosition): AsyncGenerator<DenoiseStep, Tensor> {
  const { scheduler, signal, known, looks } = request;
  let position = from;
  while (position.stepIndex < scheduler.timesteps.length) {
    signal?.throwIfAborted();
    const { stepIndex, schedulerState } = position;
    const led = looks ? takeOnLooks(position.sample, looks, scheduler, stepIndex) : position.sample;
    const sample = known ? replaceKnown(led, known, scheduler, stepIndex) : led;
    const modelOutput = await predict({
      unet: request.unet,
      sample: scheduler.scaleModelInput(sample, stepIndex),
      condition: request.condition ?? null,
      timestep: scheduler.timesteps[stepIndex]!,
      classLabel: request.classLabel ?? null,
      promptEmbeds: request.promptEmbeds,
      guidanceScale: request.guidanceScale,
      keepVariance: scheduler.usesLearnedVariance,
    });
    const noise = scheduler.usesNoise ? { data: request.noise.fork(`step${stepIndex}`).normal(sample.data.length), shape: sample.shape } : undefined;
    const result = scheduler.step(modelOutput, stepIndex, sample, { state: schedulerState, noise });
    assertFinite(result.prevSample, stepIndex);
    position = { stepIndex: stepIndex + 1, sample: result.prevSample, schedulerState: result.state };
    yield { position, denoised: result.denoised };
  }
  return known ? keepKnown(position.sample, known) : position.sample;
}
