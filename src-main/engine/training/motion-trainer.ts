import type { LearningSettings, LossPoint } from '../../../src-shared/contract/motions.ts';
import { StudioError, assert } from '../../../src-shared/errors/studio-error.ts';
import { LOSS_OUTPUT, gradientOutput } from '../autodiff/training-graph.ts';
import { ANCHOR_FRAME_INPUT } from '../autodiff/losses.ts';
import type { EngineSession, TensorData } from '../session/engine-session.ts';
import type { UnetRun } from '../pipelines/unet-run.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { ADAM_W, adamWStep, gradientNorm } from './adam-w.ts';
import { measureLoss } from './measured-loss.ts';
import { noisedPair } from './model-schedule.ts';
import type { ModelSchedule } from './model-schedule.ts';
import { HELD_OUT_DRAWS, createTrainingDraws } from './training-draws.ts';
import type { TrainingDraw } from './training-draws.ts';
import type { TrainingState } from './training-state.ts';

/** Held-out noise is measured after every so many steps. */
export const EVALUATION_INTERVAL = 10;
/** Learning ends when so many evaluations in a row were no better. */
const PATIENCE = 4;
/** What counts as better: a loss lower by this share. */
const IMPROVEMENT = 1e-3;

/** What training works with. */
export interface TrainerParts {
  readonly schedule: ModelSchedule;
  readonly settings: LearningSettings;
  /** The clip, [1, channels, frames, height, width]: pixels in [-1, 1], or latents. */
  readonly clip: Tensor;
  /** Text states of the caption, [1, tokens, width]. */
  readonly promptEmbeds: Tensor;
  readonly training: EngineSession;
  /** A forward pass with the values now, for evaluation. */
  readonly unet: UnetRun;
  /** Tells the forward pass that the values changed. */
  readonly refresh: () => void;
  readonly signal?: AbortSignal;
}

/** Learns step by step, changing `state`; yields the point of the loss curve behind each step. Ends with `state.isTrained`. */
export async function* trainMotion(parts: TrainerParts, state: TrainingState): AsyncGenerator<LossPoint, void> {
  const { schedule, settings, clip, signal } = parts;
  const frames = clip.shape[2]!;
  const draws = createTrainingDraws(settings.seed, schedule.alphasCumprod.length, frames, clip.data.length);
  const evaluate = async (): Promise<number> => {
    parts.refresh();
    let sum = 0;
    for (let index = 0; index < HELD_OUT_DRAWS; index += 1) sum += await heldOutLoss(parts, draws.heldOut(index));
    return sum / HELD_OUT_DRAWS;
  };
  if (!Number.isFinite(state.firstLoss)) {
    const loss = await evaluate();
    if (!Number.isFinite(loss)) throw new StudioError('NON_FINITE', 'The model gives values that are not numbers for this clip, before anything was learned. Its weights are damaged: import the model again.');
    Object.assign(state, { firstLoss: loss, bestLoss: loss, bestStep: 0 });
  }
  while (!state.isTrained) {
    signal?.throwIfAborted();
    const { loss, gradients } = await lossAndGradients(parts, state, draws.at(state.step));
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm(gradients))) throw diverged(state);
    adamWStep(state.parameters, gradients, state.step + 1, { ...ADAM_W, learningRate: settings.learningRate * state.rateFactor });
    const step = state.step + 1;
    const isLast = step >= settings.steps;
    let heldOut: number | null = null;
    if (step % EVALUATION_INTERVAL === 0 || isLast) {
      heldOut = await evaluate();
      if (!Number.isFinite(heldOut)) throw diverged(state);
      judge(state, step, heldOut);
    }
    const point = { step, loss, heldOut };
    state.curve.push(point);
    state.step = step;
    state.isTrained = isLast || state.stale >= PATIENCE;
    yield point;
  }
}

/** Keeps the values when they are the best so far. */
function judge(state: TrainingState, step: number, heldOut: number): void {
  if (heldOut >= state.bestLoss * (1 - IMPROVEMENT)) {
    state.stale += 1;
    return;
  }
  for (const { values, best } of state.parameters) best.set(values);
  state.bestStep = step;
  state.bestLoss = heldOut;
  state.stale = 0;
}

/** Puts the best values back and takes smaller steps from there: what a retry goes on with. */
function diverged(state: TrainingState): StudioError {
  const at = state.step + 1;
  for (const { values, best, first, second } of state.parameters) {
    values.set(best);
    first.fill(0);
    second.fill(0);
  }
  state.rateFactor /= 2;
  state.stale = 0;
  return new StudioError('LOSS_DIVERGED', `Learning left the rails at step ${at}: the loss is no longer a number. The weights of step ${state.bestStep} are kept; try again to go on from them at half the learning rate, or learn anew with a lower one.`, {
    details: { step: at, keptStep: state.bestStep },
  });
}

async function lossAndGradients(parts: TrainerParts, state: TrainingState, draw: TrainingDraw): Promise<{ loss: number; gradients: Float32Array[] }> {
  const { sample, target } = noisedPair(parts.schedule, parts.clip, draw.noise, draw.timestep);
  const feeds: Record<string, TensorData> = {
    sample, noise: target, timestep: BigInt64Array.of(BigInt(draw.timestep)), encoder_hidden_states: parts.promptEmbeds.data,
    ...Object.fromEntries(state.parameters.map(({ name, values }) => [name, values])),
  };
  if (parts.training.inputs.some(({ name }) => name === ANCHOR_FRAME_INPUT)) feeds[ANCHOR_FRAME_INPUT] = BigInt64Array.of(BigInt(draw.anchorFrame));
  const outputs = await parts.training.run(feeds);
  const loss = outputs[LOSS_OUTPUT]?.[0];
  assert(loss !== undefined, 'the training graph puts out its loss');
  return { loss, gradients: state.parameters.map(({ name }) => outputs[gradientOutput(name)] ?? new Float32Array(0)) };
}

async function heldOutLoss({ schedule, settings, clip, promptEmbeds, unet }: TrainerParts, draw: TrainingDraw): Promise<number> {
  const { sample, target } = noisedPair(schedule, clip, draw.noise, draw.timestep);
  const output = await unet({ sample: { data: sample, shape: clip.shape }, timestep: draw.timestep, promptEmbeds, classLabel: null });
  return measureLoss(settings.loss, { predicted: output.data, target, channels: clip.shape[1]!, frames: clip.shape[2]!, anchorFrame: draw.anchorFrame });
}
