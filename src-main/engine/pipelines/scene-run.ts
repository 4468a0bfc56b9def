import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { ScenePart } from '../../../src-shared/build/scene-part.ts';
import type { StageName } from '../../../src-shared/recipe/stage-name.ts';
import { createNoise } from '../random/noise.ts';
import { rescheduledNoise } from '../random/rescheduled-noise.ts';
import { zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { interpolation } from './interpolation.ts';
import type { InterpolationSettings } from './interpolation.ts';
import { keyframes } from './keyframes.ts';
import type { KeyframesSettings } from './keyframes.ts';
import { keepKnown } from './known-frames.ts';
import type { KnownFrames } from './known-frames.ts';
import type { PictureLooks } from './picture-look.ts';
import type { StageCheckpoint, StageContext, StageRun } from './stage-step.ts';
import { superResolution1 } from './super-resolution-1.ts';
import type { SuperResolution1Models, SuperResolution1Settings } from './super-resolution-1.ts';
import { superResolution2 } from './super-resolution-2.ts';
import type { FrameVae } from './super-resolution-2.ts';
import { sliceFrames, writeFrames } from './video-tensor.ts';

/** Frames that windows share at the stages whose windows are averaged: half a window of keyframes, a quarter later. */
export const SCENE_OVERLAP: Readonly<Record<'keyframes' | 'superResolution2', number>> = { keyframes: 0.5, superResolution2: 0.25 };

/** Window of superResolution2 inside scenes, where a pack's unet takes the whole clip: memory must not grow with a scene. */
export const SCENE_LATENT_WINDOW = 8;

/** A part of a scene with the pixels of its known frames, [1, 3, knownFrames.length, height, width]. */
export interface SceneRequest {
  readonly part: ScenePart;
  readonly known: Tensor | null;
  /** The pictures of the part's looks, [1, 3, looks, height, width]. */
  readonly looks?: Tensor | null;
}

/** What the stages need of the pack. */
export interface SceneTools {
  /** Size of the stage's output, and the frames that its unet sees at once. */
  readonly size: { readonly frames: number; readonly height: number; readonly width: number };
  readonly interpolation: InterpolationSettings;
  readonly superResolution1: SuperResolution1Settings | null;
  readonly noiseCondition: SuperResolution1Models['noiseCondition'];
  readonly strength: number;
  readonly vae: FrameVae | null;
  /** Puts learned noise in place of some of the first noise. */
  readonly firstNoise?: KeyframesSettings['firstNoise'] | undefined;
  /** Frames that the learned noise reaches; one window when left out. */
  readonly noiseFrames?: number;
}

/** First noise of a part's frames from `start` on, [1, channels, frames, height, width] for the given shape; distant windows share it. */
export function sceneNoise(stage: StageName, { noise }: Pick<ScenePart, 'noise'>, windowFrames: number, shape: readonly number[], start = 0): Float32Array {
  const [, channels = 1, frames = 1, height = 1, width = 1] = shape;
  const out = zeros(shape);
  let at = 0;
  for (const [index, { seed, from, count }] of noise.entries()) {
    const end = index === noise.length - 1 ? Infinity : at + count;
    const [first, last] = [Math.max(at, start), Math.min(end, start + frames)];
    if (last > first) {
      const values = rescheduledNoise(createNoise(seed).fork(stage).fork('scene'), from + first - at, last - first, windowFrames, channels, height * width);
      writeFrames(out, first - start, { data: values, shape: [1, channels, last - first, height, width] });
    }
    at = end;
  }
  return out.data;
}

/** A clip of at least `frames` frames: the last one stands still behind the end. */
function padded(video: Tensor, frames: number): Tensor {
  const count = video.shape[2]!;
  if (count >= frames) return video;
  const out = zeros([...video.shape.slice(0, 2), frames, ...video.shape.slice(3)]);
  writeFrames(out, 0, video);
  for (let frame = count; frame < frames; frame += 1) writeFrames(out, frame, sliceFrames(video, count - 1, 1));
  return out;
}

/** Throws INVALID_INPUT where the looks are not those of the part. */
export function checkLooks({ part, looks = null }: SceneRequest, size: SceneTools['size']): void {
  const stretches = part.looks ?? [];
  const expected = [1, 3, stretches.length, size.height, size.width];
  const misplaced = stretches.some(({ from, count }) => from < 0 || count < 1 || from + count > part.frames);
  if (misplaced || (stretches.length > 0 && looks?.shape.join() !== expected.join())) {
    throw new StudioError('INVALID_INPUT', `A part of ${part.frames} frames got ${stretches.length} looks of [${looks?.shape.join(', ') ?? ''}], expected [${expected.join(', ')}] within its frames.`, { details: { frames: part.frames } });
  }
}

/** Throws INVALID_INPUT where the known frames are not those of the part. */
export function checkKnown({ part, known }: SceneRequest, size: SceneTools['size']): void {
  const expected = [1, 3, part.knownFrames.length, size.height, size.width];
  const misplaced = part.knownFrames.some((frame, index) => frame < 0 || frame >= part.frames || (index > 0 && frame <= part.knownFrames[index - 1]!));
  if (misplaced || (part.knownFrames.length > 0 && known?.shape.join() !== expected.join())) {
    throw new StudioError('INVALID_INPUT', `A part of ${part.frames} frames got known frames ${part.knownFrames.join(', ')} of [${known?.shape.join(', ') ?? ''}], expected [${expected.join(', ')}] in order.`, { details: { frames: part.frames } });
  }
}

/** Runs one stage on a part of a scene; the result has exactly the part's frames. */
export async function* runScenePart(stage: StageName, context: StageContext, request: SceneRequest, input: Tensor | null, tools: SceneTools, resume: StageCheckpoint | null): StageRun {
  checkKnown(request, tools.size);
  checkLooks(request, tools.size);
  const { part } = request;
  const made = yield* stageRun(stage, context, request, input, tools, resume);
  const output = made.shape[2] === part.frames ? made : sliceFrames(made, 0, part.frames);
  return request.known === null ? output : keepKnown(output, { frames: part.knownFrames, strengths: part.knownStrengths, clean: request.known });
}

function stageRun(stage: StageName, context: StageContext, { part, known, looks = null }: SceneRequest, input: Tensor | null, tools: SceneTools, resume: StageCheckpoint | null): StageRun {
  const { size, vae } = tools;
  const frames = Math.max(part.frames, stage === 'interpolation' ? 0 : size.frames);
  switch (stage) {
    case 'keyframes': {
      const shape = [1, 3, frames, size.height, size.width];
      const sampleNoise = (): Float32Array => sceneNoise(stage, part, size.frames, shape);
      // A motion's own noise was kept for one window, or for the whole clip that it was traced in.
      const firstNoise = frames <= (tools.noiseFrames ?? size.frames) && tools.firstNoise ? { firstNoise: tools.firstNoise } : {};
      return keyframes(context, { frames, height: size.height, width: size.width, sampleNoise, ...firstNoise, known: keyframesKnown(part, known, size.frames), looks: keyframesLooks(part, looks, frames, size.frames) }, resume);
    }
    case 'interpolation': return input!.shape[2] === 1 ? standStill(input!) : interpolation(context, input!, tools.interpolation, resume);
    case 'superResolution1': {
      const models: SuperResolution1Models = { noiseCondition: tools.noiseCondition, known: knownInWindow(part, known, size.frames) };
      const first = known !== null && part.knownFrames[0] === 0 ? sliceFrames(known, 0, 1) : null;
      return superResolution1(context, padded(input!, frames), tools.superResolution1!, first === null ? models : { ...models, firstFrame: () => Promise.resolve(first) }, resume);
    }
    case 'superResolution2': {
      const sampleNoise = (shape: readonly number[]): Float32Array => sceneNoise(stage, part, size.frames, shape);
      const given = known === null ? {} : { given: { frames: part.knownFrames, pixels: known } };
      return superResolution2(context, padded(input!, frames), { width: size.width, height: size.height, strength: tools.strength, sampleNoise, ...given }, vae!, resume);
    }
  }
}

/** A single key frame has no gap to fill. */
// oxlint-disable-next-line require-yield
async function* standStill(video: Tensor): StageRun {
  return video;
}

/** Known keyframes keep the noise that they would have started from. */
export function keyframesKnown(part: ScenePart, clean: Tensor | null, windowFrames: number): KnownFrames | undefined {
  if (clean === null) return undefined;
  const noise = zeros(clean.shape);
  const single = [1, 3, 1, ...clean.shape.slice(3)];
  for (const [index, frame] of part.knownFrames.entries()) writeFrames(noise, index, { data: sceneNoise('keyframes', part, windowFrames, single, frame), shape: single });
  return { frames: part.knownFrames, clean, noise, strengths: part.knownStrengths };
}

/** Frames behind the part's end, which windows see, follow its last look. `allFrames` counts them in. */
export function keyframesLooks({ looks: stretches = [], frames, noise }: ScenePart, pictures: Tensor | null, allFrames: number, windowFrames: number): PictureLooks | undefined {
  if (pictures === null || stretches.length === 0) return undefined;
  const [, , , height, width] = pictures.shape as [number, number, number, number, number];
  const looks = stretches.map(({ from, count, strength }, index) => ({ from, count: from + count === frames ? allFrames - from : count, strength, picture: sliceFrames(pictures, index, 1) }));
  return {
    looks,
    noise: (start, count) => {
      const shape = [1, 3, count, height, width];
      return { data: sceneNoise('keyframes', { noise }, windowFrames, shape, start), shape };
    },
  };
}

/** The known frames of each window of superResolution1. */
function knownInWindow(part: ScenePart, clean: Tensor | null, windowFrames: number): SuperResolution1Models['known'] {
  if (clean === null) return undefined;
  return (start, fresh) => {
    const inside = part.knownFrames.flatMap((frame, index) => (frame >= start && frame < start + windowFrames ? [{ index, place: frame - start }] : []));
    if (inside.length === 0) return undefined;
    const shape = [1, 3, inside.length, ...clean.shape.slice(3)];
    const [known, noise] = [zeros(shape), zeros(shape)];
    for (const [at, { index, place }] of inside.entries()) {
      writeFrames(known, at, sliceFrames(clean, index, 1));
      writeFrames(noise, at, sliceFrames(fresh, place, 1));
    }
    return { frames: inside.map(({ place }) => place), clean: known, noise };
  };
}
