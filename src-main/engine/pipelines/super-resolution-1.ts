import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { denoise, startPosition } from './denoise.ts';
import { embedsOfFrames } from './frame-text.ts';
import type { KnownFrames } from './known-frames.ts';
import { enlargeVideo } from './enlarge.ts';
import type { Enlargement } from './enlarge.ts';
import type { StageCheckpoint, StageContext, StageRun } from './stage-step.ts';
import { sliceFrames, writeFrames } from './video-tensor.ts';

/** How the pixel super-resolution runs. */
export interface SuperResolution1Settings {
  /** Enlargement of each side: 4. */
  readonly scale: number;
  /** Frames of one window: 8. Neighbouring windows share one frame. */
  readonly windowFrames: number;
  /** Train timestep to which the condition is noised, and the class label that says so: 250. */
  readonly noiseLevel: number;
  /** How the condition is enlarged. */
  readonly enlargement: Enlargement;
  /** Where the clean first frame comes from without an image model: nowhere, or from making the first window twice. */
  readonly firstFrame?: 'asOthers' | 'ownPass';
}

/** Show-1's own settings. */
export const SHOW1_SUPER_RESOLUTION_1: SuperResolution1Settings = { scale: 4, windowFrames: 8, noiseLevel: 250, enlargement: 'cornerBilinear' };

/** What this stage needs beside the context. */
export interface SuperResolution1Models {
  /** Noises a tensor to a train timestep of the image noising schedule. */
  readonly noiseCondition: (sample: Tensor, noise: Tensor, timestep: number) => Tensor;
  /**
   * Image model for the clip's first frame, [1, 3, 1, h, w] to [1, 3, 1, h * scale, w * scale]. Without one the first window
   * sees its own noised enlargement for frame 0 as for the others.
   */
  readonly firstFrame?: (lowResolution: Tensor) => Promise<Tensor>;
  /** Frames that are given at this stage's size, among those of the window that begins at `start`. */
  readonly known?: ((start: number, noise: Tensor) => KnownFrames | undefined) | undefined;
}

/** Window starts that cover `frames` with one shared frame; the last window moves back to end with the clip. */
export function windowStarts(frames: number, windowFrames: number): readonly number[] {
  if (frames < windowFrames) {
    throw new StudioError('INVALID_INPUT', `The clip has ${frames} frames, one window needs ${windowFrames}. Generate more frames or choose a model with shorter windows.`, { details: { frames, windowFrames } });
  }
  const starts: number[] = [];
  for (let start = 0; start + windowFrames < frames; start += windowFrames - 1) starts.push(start);
  return [...starts, frames - windowFrames];
}

/**
 * Third stage: enlarges windows of frames in pixel space (Show-1, section 3.4). Every window is conditioned on its noised
 * enlargement; the condition of frame 0 is the clean frame that the window before produced, which ties windows together.
 * `video` is [1, 3, frames, height, width].
 */
export async function* superResolution1(
  context: StageContext, video: Tensor, settings: SuperResolution1Settings, models: SuperResolution1Models, resume: StageCheckpoint | null = null,
): StageRun {
  const [, , frames, height, width] = video.shape as [number, number, number, number, number];
  const { scale, windowFrames, noiseLevel, enlargement } = settings;
  const windows = windowStarts(frames, windowFrames);
  // A window made twice anchors itself: the second time it sees its own first frame clean, as it was trained to.
  const starts = settings.firstFrame === 'ownPass' && !models.firstFrame ? [0, ...windows] : windows;
  const perWindow = context.scheduler.timesteps.length;
  const shape = [1, 3, windowFrames, height * scale, width * scale];
  const values = shape.reduce((a, b) => a * b, 1);
  const output = zeros([1, 3, frames, height * scale, width * scale]);
  if (resume?.output) writeFrames(output, 0, resume.output);

  for (let window = resume?.part ?? 0; window < starts.length; window += 1) {
    const start = starts[window]!;
    // Only finished frames go into checkpoints: at this size they are most of their bytes.
    const finished = window === 0 ? null : sliceFrames(output, 0, starts[window - 1]! + windowFrames);
    const noise = context.noise.fork(`window${window}`);
    const enlarged = enlargeVideo(sliceFrames(video, start, windowFrames), scale, enlargement);
    const condition = models.noiseCondition(enlarged, { data: noise.fork('condition').normal(values), shape }, noiseLevel);
    const clean = window > 0 ? sliceFrames(output, start, 1) : models.firstFrame ? await models.firstFrame(sliceFrames(video, 0, 1)) : null;
    if (clean) writeFrames(condition, 0, clean);
    const begin = window === resume?.part ? resume.position : startPosition({ data: noise.fork('sample').normal(values), shape });
    const fresh = models.known && { data: noise.fork('known').normal(values), shape };
    const known = fresh && models.known?.(start, fresh);
    const steps = denoise({ ...context, promptEmbeds: embedsOfFrames(context.promptEmbeds, start, windowFrames), condition, classLabel: noiseLevel, noise, known }, begin);
    for (;;) {
      const next = await steps.next();
      if (next.done) {
        writeFrames(output, start, next.value);
        break;
      }
      const { position, denoised } = next.value;
      yield { phase: 'denoising', step: window * perWindow + position.stepIndex, total: starts.length * perWindow, preview: denoised, checkpoint: { part: window, position, output: finished } };
    }
  }
  return output;
}
