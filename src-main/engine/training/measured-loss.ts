import type { MotionLoss } from '../../../src-shared/contract/motions.ts';
import { appearanceDebiasedLoss, motionLoss, mseLoss, sumOfLosses } from '../autodiff/losses.ts';
import type { LossBuilder } from '../autodiff/losses.ts';

/** The loss that training differentiates. `debiased` is MotionDirector's temporal loss: the plain and the debiased error. */
export function lossBuilder(loss: MotionLoss, channels: number): LossBuilder {
  const settings = { channels };
  if (loss === 'mse') return mseLoss(settings);
  if (loss === 'motion') return motionLoss(settings);
  return sumOfLosses([[1, mseLoss(settings)], [1, appearanceDebiasedLoss(settings)]]);
}

/** What a loss is measured on: [channels, frames, plane] each, batch 1; the prediction may have more channels behind. */
export interface LossInput {
  readonly predicted: Float32Array;
  readonly target: Float32Array;
  readonly channels: number;
  readonly frames: number;
  readonly anchorFrame: number;
}

/** The same losses as plain loops, for measuring a forward pass without a gradient. */
export function measureLoss(loss: MotionLoss, input: LossInput): number {
  if (loss === 'motion') return motion(input);
  return loss === 'mse' ? meanSquare(input) : meanSquare(input) + debiased(input);
}

function meanSquare({ predicted, target }: LossInput): number {
  let sum = 0;
  for (let i = 0; i < target.length; i += 1) sum += (predicted[i]! - target[i]!) ** 2;
  return sum / target.length;
}

function motion({ predicted, target, channels, frames }: LossInput): number {
  const plane = target.length / (channels * frames);
  let cosines = 0;
  for (let frame = 0; frame + 1 < frames; frame += 1) {
    let [dot, ours, theirs] = [0, 0, 0];
    for (let channel = 0; channel < channels; channel += 1) {
      const at = (channel * frames + frame) * plane;
      for (let i = at; i < at + plane; i += 1) {
        const [p, q] = [predicted[i + plane]! - predicted[i]!, target[i + plane]! - target[i]!];
        dot += p * q;
        ours += p * p;
        theirs += q * q;
      }
    }
    cosines += dot / (Math.sqrt(Math.max(ours, 1e-16)) * Math.sqrt(Math.max(theirs, 1e-16)));
  }
  return 1 - cosines / (frames - 1);
}

function debiased({ predicted, target, channels, frames, anchorFrame }: LossInput, beta = 1): number {
  const plane = target.length / (channels * frames);
  const gain = Math.sqrt(beta ** 2 + 1);
  let sum = 0;
  for (let channel = 0; channel < channels; channel += 1) {
    const anchor = (channel * frames + anchorFrame) * plane;
    for (let frame = 0; frame < frames; frame += 1) {
      const at = (channel * frames + frame) * plane;
      for (let i = 0; i < plane; i += 1) {
        sum += (gain * (predicted[at + i]! - target[at + i]!) - beta * (predicted[anchor + i]! - target[anchor + i]!)) ** 2;
      }
    }
  }
  return sum / target.length;
}
