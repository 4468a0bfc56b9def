import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { elementCount } from '../onnx/element-type.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Value } from '../onnx/graph.ts';
import { add, div, gather, mul, reduceMean, reduceSum, reshape, scale, slice, sub, unary } from '../onnx/tensor-ops.ts';

/** Emits a scalar loss from the model's outputs, by name. It may declare inputs of its own, such as the target. */
export type LossBuilder = (b: GraphBuilder, outputs: ReadonlyMap<string, Value>) => Value;

/** What a loss on a noise prediction compares. */
export interface NoiseLossSettings {
  /** Channels of the prediction that are noise: 3 for pixels (the rest is variance), 4 for latents. */
  readonly channels: number;
  /** Model output [batch, >= channels, frames, height, width]. */
  readonly output?: string;
  /** Name of the target input that the loss declares, [batch, channels, frames, height, width]. */
  readonly target?: string;
}

/** Name of the input that says which frame is the anchor of the appearance-debiased loss: int64 [1]. */
export const ANCHOR_FRAME_INPUT = 'anchor_frame';

const NORM_FLOOR = 1e-8;

/** Prediction and target, each [batch, channels, frames, height * width]. */
function noisePair(b: GraphBuilder, outputs: ReadonlyMap<string, Value>, settings: NoiseLossSettings): { predicted: Value; target: Value } {
  const name = settings.output ?? 'output';
  const output = outputs.get(name);
  const [batch = 1, all = 0, frames = 1, ...plane] = output?.shape ?? [];
  if (output === undefined || output.shape.length !== 5 || all < settings.channels) {
    throw new StudioError('SHAPE_MISMATCH', `The loss needs a model output "${name}" [batch, at least ${settings.channels} channels, frames, height, width]. Give the graph of a video UNet.`);
  }
  const flat = [batch, settings.channels, frames, elementCount(plane)];
  const shape = [batch, settings.channels, frames, ...plane];
  const target = b.find(settings.target ?? 'noise') ?? b.input(settings.target ?? 'noise', 'float32', shape);
  const noise = reshape(b, output, [batch, all, frames, elementCount(plane)]);
  return { predicted: all === settings.channels ? noise : slice(b, noise, 1, 0, settings.channels), target: reshape(b, target, flat) };
}

function meanSquare(b: GraphBuilder, difference: Value): Value {
  return reduceMean(b, mul(b, difference, difference), difference.shape.map((_, axis) => axis), false);
}

/** Mean squared error of the predicted noise (Ho et al. 2020, eq. 14). */
export function mseLoss(settings: NoiseLossSettings): LossBuilder {
  return (b, outputs) => {
    const { predicted, target } = noisePair(b, outputs, settings);
    return meanSquare(b, sub(b, predicted, target));
  };
}

/**
 * VMC's motion distillation in the paper's form (Jeong et al., arXiv 2312.00845): the mean over neighbouring frames of
 * 1 - cosine between predicted and true residuals (frame n + 1 minus frame n), one cosine per frame pair over channels and pixels.
 */
export function motionLoss(settings: NoiseLossSettings): LossBuilder {
  return (b, outputs) => {
    const { predicted, target } = noisePair(b, outputs, settings);
    const frames = target.shape[2] ?? 1;
    if (frames < 2) throw new StudioError('INVALID_INPUT', 'The motion loss compares neighbouring frames: give a clip of at least 2 frames.');
    const residual = (x: Value): Value => sub(b, slice(b, x, 2, 1, frames), slice(b, x, 2, 0, frames - 1));
    const [ours, theirs] = [residual(predicted), residual(target)];
    const sum = (x: Value): Value => reduceSum(b, x, [1, 3], false);
    // The floor keeps the slope of the root finite where two frames are alike.
    const norm = (x: Value): Value => unary(b, 'Sqrt', b.op('Max', [sum(mul(b, x, x)), b.scalar(NORM_FLOOR ** 2)]));
    const cosine = div(b, sum(mul(b, ours, theirs)), mul(b, norm(ours), norm(theirs)));
    return sub(b, b.scalar(1), reduceMean(b, cosine, [0, 1], false));
  };
}

/**
 * MotionDirector's appearance-debiased error (Zhao et al., arXiv 2310.08465, eq. 7 and 8): mean squared error after
 * sqrt(beta^2 + 1) * frame - beta * anchor frame on both sides, which removes what all frames share. The anchor is drawn per
 * step and given as the input `anchor_frame`.
 */
export function appearanceDebiasedLoss(settings: NoiseLossSettings, beta = 1): LossBuilder {
  return (b, outputs) => {
    const { predicted, target } = noisePair(b, outputs, settings);
    const anchor = b.find(ANCHOR_FRAME_INPUT) ?? b.input(ANCHOR_FRAME_INPUT, 'int64', [1]);
    // The map is linear, so it is applied to the difference.
    const difference = sub(b, predicted, target);
    return meanSquare(b, sub(b, scale(b, difference, Math.sqrt(beta ** 2 + 1)), scale(b, gather(b, difference, anchor, 2), beta)));
  };
}

/** Weighted sum of losses. MotionDirector's temporal loss is `[[1, mseLoss], [1, appearanceDebiasedLoss]]`. */
export function sumOfLosses(terms: readonly (readonly [weight: number, loss: LossBuilder])[]): LossBuilder {
  return (b, outputs) => terms.map(([weight, loss]) => scale(b, loss(b, outputs), weight)).reduce((sum, term) => add(b, sum, term));
}
