import { assert } from '../../../src-shared/errors/studio-error.ts';
import type { SchedulerState } from '../schedulers/scheduler.ts';
import { INITIAL_STATE } from '../schedulers/scheduler.ts';
import { zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { assertFinite } from './denoise.ts';
import type { DenoiseRequest } from './denoise.ts';
import type { FrameFile } from './frame-file.ts';
import { embedsOfFrames } from './frame-text.ts';
import { guidedOutput, unetInputs } from './guidance.ts';
import { replaceKnown } from './known-frames.ts';
import type { KnownFrames } from './known-frames.ts';
import { takeOnLooks } from './picture-look.ts';
import { sliceFrames, writeFrames } from './video-tensor.ts';
import { overlappingStarts, sliceBatchFrames, windowWeights } from './windowed-unet.ts';

/** A denoising whose sample lies on the disk. The request's unet answers windows of `windowFrames`. */
export interface DiskDenoiseRequest extends Omit<DenoiseRequest, 'known' | 'condition' | 'classLabel'> {
  readonly windowFrames: number;
  readonly overlapFrames: number;
  readonly known?: KnownFrames | undefined;
  /** Makes the file of a step's result: the sample, then what the scheduler remembers. */
  readonly create: (stepIndex: number, videos: number) => FrameFile;
  /** Told the estimates of the clean frames as they come, [1, channels, count, height, width] from frame `start` on. */
  readonly onDenoised: (start: number, denoised: Tensor) => void;
}

/** Those of the known frames that lie in a window, by their place in it. */
function knownInside({ frames, clean, noise, strengths }: KnownFrames, start: number, count: number): KnownFrames | null {
  const inside = frames.flatMap((frame, index) => (frame >= start && frame < start + count ? [{ place: frame - start, index }] : []));
  if (inside.length === 0) return null;
  const pick = (from: Tensor): Tensor => {
    const out = zeros([1, from.shape[1]!, inside.length, ...from.shape.slice(3)]);
    for (const [at, { index }] of inside.entries()) writeFrames(out, at, sliceFrames(from, index, 1));
    return out;
  };
  return { frames: inside.map(({ place }) => place), clean: pick(clean), noise: pick(noise), strengths: strengths && inside.map(({ index }) => strengths[index]!) };
}

/** Weighted sums of the windows so far, over the frames of the newest window: [batch, channels, windowFrames, height, width]. */
interface Overlap {
  readonly sum: Tensor;
  readonly counts: Float32Array;
}

/** Lets go of the first `by` frames; those behind move up. */
function advance({ sum, counts }: Overlap, by: number): void {
  const [batch, channels, frames, height, width] = sum.shape as [number, number, number, number, number];
  const area = height * width;
  for (let plane = 0; plane < batch * channels; plane += 1) {
    const from = plane * frames * area;
    sum.data.copyWithin(from, from + by * area, from + frames * area);
    sum.data.fill(0, from + (frames - by) * area, from + frames * area);
  }
  counts.copyWithin(0, by);
  counts.fill(0, counts.length - by);
}

function addWeighted({ sum, counts }: Overlap, part: Tensor, weights: Float32Array): void {
  const area = part.shape[3]! * part.shape[4]!;
  const frames = weights.length;
  for (let row = 0; row < part.data.length / area; row += 1) {
    const weight = weights[row % frames]!;
    for (let i = row * area; i < (row + 1) * area; i += 1) sum.data[i]! += weight * part.data[i]!;
  }
  for (let frame = 0; frame < frames; frame += 1) counts[frame]! += weights[frame]!;
}

/** The averages of the first `count` frames, which no later window reaches. */
function settled({ sum, counts }: Overlap, count: number): Tensor {
  const out = sliceBatchFrames(sum, 0, count);
  const area = out.shape[3]! * out.shape[4]!;
  for (let row = 0; row < out.data.length / area; row += 1) {
    const divisor = counts[row % count]!;
    if (divisor === 1) continue;
    for (let i = row * area; i < (row + 1) * area; i += 1) out.data[i]! /= divisor;
  }
  return out;
}

/**
 * One step of a clip whose sample lies in `from`, into a new file: window after window, as `windowedUnet` averages them; frames that no
 * later window reaches take their step at once and go to the disk. The very values of `denoise` with `windowedUnet` in memory, because
 * schedulers treat every frame by itself. Memory: one window, however long the clip is. Yields the number of finished windows.
 */
export async function* denoiseStepOnDisk(request: DiskDenoiseRequest, from: FrameFile, stepIndex: number): AsyncGenerator<number, FrameFile> {
  const { scheduler, windowFrames, known, guidanceScale } = request;
  const { channels, frames, height, width } = from.shape;
  const timestep = scheduler.timesteps[stepIndex]!;
  const starts = overlappingStarts(frames, windowFrames, request.overlapFrames);
  const noise = scheduler.usesNoise ? request.noise.fork(`step${stepIndex}`) : null;
  const freshNoise = (start: number, count: number): Tensor | undefined => {
    if (noise === null) return undefined;
    const out = zeros([1, channels, count, height, width]);
    for (let channel = 0; channel < channels; channel += 1) out.data.set(noise.normalFrom((channel * frames + start) * height * width, count * height * width), channel * count * height * width);
    return out;
  };
  const overlap: { sum: Tensor | null; counts: Float32Array } = { sum: null, counts: new Float32Array(windowFrames) };
  const weights = windowWeights(windowFrames, true);
  // Written over by each window, so that what waits to be collected does not pile up.
  const windowValues = channels * windowFrames * height * width;
  const [window, batch] = [new Float32Array(windowValues), new Float32Array(2 * windowValues)];
  let to: FrameFile | null = null;
  let isWhole = false;
  try {
    for (const [index, start] of starts.entries()) {
      request.signal?.throwIfAborted();
      const stored = from.read(0, start, windowFrames, window);
      const inside = known === undefined ? null : knownInside(known, start, windowFrames);
      const led = request.looks === undefined ? stored : takeOnLooks(stored, request.looks, scheduler, stepIndex, start);
      const sample = inside === null ? led : replaceKnown(led, inside, scheduler, stepIndex);
      const promptEmbeds = embedsOfFrames(request.promptEmbeds, start, windowFrames);
      const output = await request.unet(unetInputs({ sample: scheduler.scaleModelInput(sample, stepIndex), condition: null, timestep, classLabel: null, promptEmbeds, guidanceScale }, batch));

      const count = (starts[index + 1] ?? frames) - start;
      let prediction = output;
      if (starts.length > 1) {
        const sum = (overlap.sum ??= zeros(output.shape));
        addWeighted({ sum, counts: overlap.counts }, output, weights);
        prediction = settled({ sum, counts: overlap.counts }, count);
        advance({ sum, counts: overlap.counts }, count);
      }
      const own = sliceFrames(sample, 0, count);
      const state: SchedulerState = stepIndex === 0 ? INITIAL_STATE : { denoised: Array.from({ length: from.shape.videos - 1 }, (_, video) => from.read(video + 1, start, count).data) };
      const modelOutput = guidedOutput(prediction, { sample: own, promptEmbeds, guidanceScale, keepVariance: scheduler.usesLearnedVariance });
      const result = scheduler.step(modelOutput, stepIndex, own, { state, noise: freshNoise(start, count) });
      assertFinite(result.prevSample, stepIndex);
      to ??= request.create(stepIndex + 1, 1 + result.state.denoised.length);
      to.write(0, start, result.prevSample);
      for (const [video, data] of result.state.denoised.entries()) to.write(video + 1, start, { data, shape: own.shape });
      request.onDenoised(start, result.denoised);
      if (index < starts.length - 1) yield index + 1;
    }
    assert(to !== null, 'a clip has a window');
    isWhole = true;
    return to;
  } finally {
    if (!isWhole) to?.remove();
  }
}
