import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { PromptEmbeds, UnetInputs, UnetRun } from './unet-run.ts';

/** True when guidance changes the prediction: without a scale, or up to 1, one forward pass is enough. */
export function isGuided(guidanceScale: number | null): guidanceScale is number {
  return guidanceScale !== null && guidanceScale > 1;
}

/** What a prediction is made from; the first axis of `sample` and `condition` is 1, that of the prompts 1 or the frames. */
export interface PredictionRequest {
  readonly unet: UnetRun;
  readonly sample: Tensor;
  /** Channels appended to the sample, [1, channels, frames, height, width]. */
  readonly condition: Tensor | null;
  readonly timestep: number;
  readonly classLabel: number | null;
  readonly promptEmbeds: PromptEmbeds;
  readonly guidanceScale: number | null;
  /** Keep the variance channels behind the prediction. Guidance does not touch them: they are the positive prompt's. */
  readonly keepVariance: boolean;
}

function stackBatch(parts: readonly Tensor[], into?: Float32Array): Tensor {
  const first = parts[0]!;
  const data = into ?? new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { data, shape: [parts.length * first.shape[0]!, ...first.shape.slice(1)] };
}

/** Channel concatenation of tensors with one batch entry: channels are outermost, so the values simply follow each other. */
export function concatChannels(a: Tensor, b: Tensor): Tensor {
  const data = new Float32Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { data, shape: [1, a.shape[1]! + b.shape[1]!, ...a.shape.slice(2)] };
}

/** What the unet is given for a request: with guidance both prompts in one batch, [negative, positive]. The batch takes the place of what `into` held, where there is one: a run of many calls needs no new memory for each. */
export function unetInputs({ sample, condition, timestep, classLabel, promptEmbeds, guidanceScale }: Omit<PredictionRequest, 'unet' | 'keepVariance'>, into?: Float32Array): UnetInputs {
  const input = condition ? concatChannels(sample, condition) : sample;
  const guided = isGuided(guidanceScale) && promptEmbeds.negative !== null;
  return {
    sample: guided ? stackBatch([input, input], into) : input,
    promptEmbeds: guided ? stackBatch([promptEmbeds.negative!, promptEmbeds.positive]) : promptEmbeds.positive,
    timestep, classLabel,
  };
}

/** The prediction for `sample` out of what the unet answered to `unetInputs`; see {@link predict}. */
export function guidedOutput(output: Tensor, { sample, promptEmbeds, guidanceScale, keepVariance }: Pick<PredictionRequest, 'sample' | 'promptEmbeds' | 'guidanceScale' | 'keepVariance'>): Tensor {
  const guided = isGuided(guidanceScale) && promptEmbeds.negative !== null;
  const used = sample.data.length;
  const perEntry = output.data.length / (guided ? 2 : 1);
  if (perEntry !== used && perEntry !== 2 * used) {
    throw new StudioError('SHAPE_MISMATCH', `The unet answered [${output.shape.join(', ')}] for a sample of [${sample.shape.join(', ')}]. The model's out_channels do not fit this stage.`, { details: { got: [...output.shape], expected: [...sample.shape] } });
  }
  const withVariance = keepVariance && perEntry === 2 * used;
  const data = output.data.slice(perEntry * (guided ? 1 : 0), perEntry * (guided ? 1 : 0) + (withVariance ? perEntry : used));
  if (guided) {
    const negative = output.data;
    for (let i = 0; i < used; i += 1) data[i] = negative[i]! + guidanceScale * (data[i]! - negative[i]!);
  }
  return { data, shape: withVariance ? [1, sample.shape[1]! * 2, ...sample.shape.slice(2)] : sample.shape };
}

/**
 * The model output for one step, with classifier-free guidance (Ho and Salimans 2022, equation 6) in the form
 * negative + scale (positive - negative). Batch order is [negative, positive]. Only the sample's channels are kept unless `keepVariance`.
 */
export const predict = async (request: PredictionRequest): Promise<Tensor> => guidedOutput(await request.unet(unetInputs(request)), request);
