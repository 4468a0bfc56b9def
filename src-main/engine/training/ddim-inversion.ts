import type { UnetRun } from '../pipelines/unet-run.ts';
import { createDdim } from '../schedulers/ddim.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Steps from the clip to noise, and corrections at each: two thirds of what VMC spends (75 forward passes). */
const INVERSION_STEPS = 25;
const CORRECTIONS = 1;

/** One finished inversion step. */
export interface InversionStep {
  readonly step: number;
  readonly total: number;
  readonly sample: Tensor;
}

/** What an inversion needs. */
export interface InversionRequest {
  readonly unet: UnetRun;
  /** scheduler_config.json of the model: its own schedule, whichever sampler it names. */
  readonly schedulerJson: unknown;
  /** Text states of the empty prompt, [1, tokens, width]: inversion runs without guidance. */
  readonly promptEmbeds: Tensor;
}

/**
 * DDIM inversion (Song et al. 2021, section 4.3): the noise from which the model makes this clip. VMC's code borrows another
 * model's schedule for it; here it is the model's own. Each step takes the model's answer at the lower level first, then solves the
 * step exactly for the answer at the upper one (a fixed-point iteration), so that walking back arrives at the clip.
 */
export async function* invert(request: InversionRequest, clip: Tensor, from: InversionStep | null = null): AsyncGenerator<InversionStep, Tensor> {
  const { unet, promptEmbeds, schedulerJson } = request;
  const json = typeof schedulerJson === 'object' && schedulerJson !== null ? schedulerJson : {};
  const ddim = createDdim({ ...json, clip_sample: false, thresholding: false, timestep_spacing: 'trailing', set_alpha_to_one: true, steps_offset: 0 }, INVERSION_STEPS);
  let sample = from?.sample ?? clip;
  for (let step = from?.step ?? 0; step < INVERSION_STEPS; step += 1) {
    const index = INVERSION_STEPS - 1 - step;
    const timestep = ddim.timesteps[index]!;
    const lower = index + 1 < INVERSION_STEPS ? ddim.timesteps[index + 1]! : 0;
    const answer = (at: Tensor, time: number): Promise<Tensor> => unet({ sample: at, timestep: time, promptEmbeds, classLabel: null });
    const keep = (output: Tensor): Tensor => ({ data: output.data.subarray(0, clip.data.length), shape: clip.shape });
    let next = ddim.invertStep(keep(await answer(sample, lower)), index, sample);
    for (let round = 0; round < CORRECTIONS; round += 1) next = ddim.invertStep(keep(await answer(next, timestep)), index, sample);
    sample = next;
    yield { step: step + 1, total: INVERSION_STEPS, sample };
  }
  return sample;
}

/** Steps that `invert` takes. */
export const INVERSION_TOTAL = INVERSION_STEPS;
