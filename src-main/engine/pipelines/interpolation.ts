import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { denoise, startPosition } from './denoise.ts';
import { embedsOfFrames } from './frame-text.ts';
import type { StageCheckpoint, StageContext, StageRun } from './stage-step.ts';
import { sliceFrames, writeFrames } from './video-tensor.ts';

/** How in-between frames are made. */
export interface InterpolationSettings {
  /** Frames of one segment, both key frames included: 5. */
  readonly framesPerSegment: number;
  /** What the condition holds between key frames: their linear blend (Show-1's code) or nothing (its paper). */
  readonly condition: 'linearBlend' | 'masked';
  /** `regenerate`: all frames of a segment are written and a later segment wins (Show-1); `keep`: key frames stay as they are. */
  readonly keyFrames: 'regenerate' | 'keep';
}

/** Show-1's own settings. */
export const SHOW1_INTERPOLATION: InterpolationSettings = { framesPerSegment: 5, condition: 'linearBlend', keyFrames: 'regenerate' };

/**
 * Condition of the segment between two key frames of `video`: three channels of frames, then a mask that is 1 at the key
 * frames. [1, 4, framesPerSegment, height, width].
 */
export function segmentCondition(video: Tensor, segment: number, settings: InterpolationSettings): Tensor {
  const [, , keyCount, height, width] = video.shape as [number, number, number, number, number];
  const count = settings.framesPerSegment;
  const area = height * width;
  const condition = zeros([1, 4, count, height, width]);
  for (let frame = 0; frame < count; frame += 1) {
    const isKey = frame === 0 || frame === count - 1;
    if (isKey) condition.data.fill(1, (3 * count + frame) * area, (3 * count + frame + 1) * area);
    if (!isKey && settings.condition === 'masked') continue;
    const after = frame / (count - 1);
    for (let channel = 0; channel < 3; channel += 1) {
      const first = (channel * keyCount + segment) * area;
      const second = first + area;
      const to = (channel * count + frame) * area;
      for (let i = 0; i < area; i += 1) condition.data[to + i] = video.data[first + i]! * (1 - after) + video.data[second + i]! * after;
    }
  }
  return condition;
}

function blendAll(keyFrames: Tensor, settings: InterpolationSettings): Tensor {
  const [, , keyCount, height, width] = keyFrames.shape as [number, number, number, number, number];
  const stride = settings.framesPerSegment - 1;
  const video = zeros([1, 3, (keyCount - 1) * stride + 1, height, width]);
  for (let segment = 0; segment < keyCount - 1; segment += 1) {
    const blend = segmentCondition(keyFrames, segment, { ...settings, condition: 'linearBlend' });
    writeFrames(video, segment * stride, { data: blend.data.subarray(0, (blend.data.length / 4) * 3), shape: [1, 3, settings.framesPerSegment, height, width] });
  }
  return video;
}

/**
 * Second stage: fills each gap between neighbouring key frames on its own, every segment from the same noise (Show-1,
 * section 3.3). 8 key frames become 29 frames. `keyFrames` is [1, 3, count, height, width].
 */
export async function* interpolation(context: StageContext, keyFrames: Tensor, settings: InterpolationSettings, resume: StageCheckpoint | null = null): StageRun {
  const [, , keyCount, height, width] = keyFrames.shape as [number, number, number, number, number];
  if (keyCount < 2) throw new StudioError('INVALID_INPUT', `Interpolation needs at least 2 key frames, got ${keyCount}. Run the keyframes stage first.`);
  const count = settings.framesPerSegment;
  const shape = [1, 3, count, height, width];
  const segments = keyCount - 1;
  const perSegment = context.scheduler.timesteps.length;
  const start: Tensor = { data: context.noise.fork('sample').normal(3 * count * height * width), shape };
  const output = resume?.output ? { data: resume.output.data.slice(), shape: resume.output.shape } : blendAll(keyFrames, settings);

  for (let segment = resume?.part ?? 0; segment < segments; segment += 1) {
    const promptEmbeds = embedsOfFrames(context.promptEmbeds, segment * (count - 1), count);
    const request = { ...context, promptEmbeds, condition: segmentCondition(keyFrames, segment, settings), noise: context.noise.fork(`segment${segment}`) };
    const steps = denoise(request, segment === resume?.part ? resume.position : startPosition(start));
    const writeSegment = (target: Tensor, frames: Tensor): void => {
      if (settings.keyFrames === 'keep') writeFrames(target, segment * (count - 1) + 1, sliceFrames(frames, 1, count - 2));
      else writeFrames(target, segment * (count - 1), frames);
    };
    for (;;) {
      const next = await steps.next();
      if (next.done) {
        writeSegment(output, next.value);
        break;
      }
      const { position, denoised } = next.value;
      const preview = { data: output.data.slice(), shape: output.shape };
      writeSegment(preview, denoised);
      yield { phase: 'denoising', step: segment * perSegment + position.stepIndex, total: segments * perSegment, preview, checkpoint: { part: segment, position, output } };
    }
  }
  return output;
}
