import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ScenePart } from '../../../src-shared/build/scene-part.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { zeros } from '../tensor/tensor.ts';
import { denoiseStepOnDisk } from './denoise-on-disk.ts';
import type { DiskDenoiseRequest } from './denoise-on-disk.ts';
import { createFrameFile, reopenFrameFile } from './frame-file.ts';
import type { FrameFile, FrameFileShape } from './frame-file.ts';
import type { KeyframesSettings } from './keyframes.ts';
import { checkKnown, checkLooks, keyframesKnown, keyframesLooks, sceneNoise } from './scene-run.ts';
import type { SceneRequest } from './scene-run.ts';
import type { StageContext } from './stage-step.ts';
import { sliceFrames, writeFrames } from './video-tensor.ts';
import { overlappingStarts } from './windowed-unet.ts';

/** Where a run on the disk stands: the file in front of step `stepIndex`. */
export interface DiskPosition {
  readonly stepIndex: number;
  readonly file: FrameFile;
}

/** A run's progress in a form that can be stored: its position, and the hash of the file that holds the frames. */
export interface DiskCheckpoint {
  readonly stepIndex: number;
  readonly name: string;
  readonly shape: FrameFileShape;
  readonly sha256: string;
}

/** What a run on the disk yields: behind each window, and behind each step. */
export interface DiskStep {
  readonly phase: 'denoising';
  /** Finished windows of all steps, and their total. */
  readonly step: number;
  readonly total: number;
  /** Some of the frames as they look by now, [1, 3, frames, height, width]; null between two steps. */
  readonly preview: Tensor | null;
  /** Null between two steps: the one before holds on. */
  readonly checkpoint: DiskPosition | null;
}

/** Finished key frames, a file of float32 values [1, 3, frames, height, width]. */
export interface FramesOnDisk {
  readonly path: string;
  readonly shape: readonly number[];
}

export type DiskRun = AsyncGenerator<DiskStep, FramesOnDisk>;

/** What a run on the disk is given. */
export interface KeyframesOnDisk {
  /** Holds the run's frames; belongs to this run alone. */
  readonly folder: string;
  readonly request: SceneRequest;
  readonly size: { readonly frames: number; readonly height: number; readonly width: number };
  readonly overlapFrames: number;
  /** Puts learned noise in place of some of the first noise, for clips of up to `noiseFrames` frames. */
  readonly firstNoise?: KeyframesSettings['firstNoise'] | undefined;
  readonly noiseFrames: number;
}

const CHECKPOINT_FORMAT = 'motif-disk-checkpoint-1';
const RESULT_NAME = 'frames.f32';
/** As many frames are shown while a run goes on. */
const PREVIEW_FRAMES = 16;

const stepName = (stepIndex: number): string => `step-${stepIndex}.f32`;

/** A position as bytes; its file is on the disk by then, and stays until `removeOlderSteps`. */
export function encodeDiskCheckpoint({ stepIndex, file }: DiskPosition): Uint8Array {
  const checkpoint: DiskCheckpoint & { readonly format: string } = { format: CHECKPOINT_FORMAT, stepIndex, name: file.name, shape: file.shape, sha256: file.seal() };
  return new TextEncoder().encode(JSON.stringify(checkpoint));
}

function parseCheckpoint(bytes: Uint8Array): DiskCheckpoint | null {
  try {
    const { format, ...checkpoint } = JSON.parse(new TextDecoder().decode(bytes)) as DiskCheckpoint & { readonly format: string };
    return format === CHECKPOINT_FORMAT && checkpoint.name === stepName(checkpoint.stepIndex) ? checkpoint : null;
  } catch {
    return null;
  }
}

/** The position that was encoded; null where it, or its file, is not what was written: the run then starts over. */
export function decodeDiskCheckpoint(folder: string, bytes: Uint8Array): DiskPosition | null {
  const checkpoint = parseCheckpoint(bytes);
  const file = checkpoint === null ? null : reopenFrameFile(folder, checkpoint.name, checkpoint.shape, checkpoint.sha256);
  return checkpoint === null || file === null ? null : { stepIndex: checkpoint.stepIndex, file };
}

/** Deletes what a run left of the steps before a checkpoint of it, once that is stored. */
export function removeOlderSteps(folder: string, bytes: Uint8Array): void {
  const stored = parseCheckpoint(bytes)?.stepIndex ?? 0;
  for (const name of readdirSync(folder)) {
    const step = /^step-(\d+)\.f32$/.exec(name)?.[1];
    if (step !== undefined && Number(step) < stored) rmSync(join(folder, name), { force: true });
  }
}

/** The first sample, window by window; whole where a motion brings noise of its own. */
async function firstSample({ folder, request: { part }, size, firstNoise, noiseFrames }: KeyframesOnDisk, shape: FrameFileShape): Promise<FrameFile> {
  const file = createFrameFile(folder, stepName(0), shape);
  const { frames, height, width } = shape;
  if (firstNoise !== undefined && frames <= noiseFrames) {
    const whole = [1, 3, frames, height, width];
    file.write(0, 0, { data: await firstNoise(sceneNoise('keyframes', part, size.frames, whole), whole), shape: whole });
    return file;
  }
  for (let start = 0; start < frames; start += size.frames) {
    const count = Math.min(size.frames, frames - start);
    const window = [1, 3, count, height, width];
    file.write(0, start, { data: sceneNoise('keyframes', part, size.frames, window, start), shape: window });
  }
  return file;
}

/** Exactly the part's frames, with the known ones as they are given. */
function writeResult(folder: string, last: FrameFile, part: ScenePart, known: Tensor | null, windowFrames: number): FramesOnDisk {
  const shape = { ...last.shape, videos: 1, frames: part.frames };
  const result = createFrameFile(folder, RESULT_NAME, shape);
  for (let start = 0; start < part.frames; start += windowFrames) result.write(0, start, last.read(0, start, Math.min(windowFrames, part.frames - start)));
  if (known !== null) for (const [index, frame] of part.knownFrames.entries()) if ((part.knownStrengths?.[index] ?? 1) === 1) result.write(0, frame, sliceFrames(known, index, 1));
  result.close();
  return { path: result.path, shape: [1, shape.channels, shape.frames, shape.height, shape.width] };
}

/**
 * Key frames of a part of a scene, the very values of `runScenePart`, with the frames in files of `folder` instead of in memory: a minute
 * takes what ten seconds take. Each step has a file, which is its checkpoint too.
 */
export async function* keyframesOnDisk(context: StageContext, settings: KeyframesOnDisk, resume: DiskPosition | null): DiskRun {
  const { folder, request, size, overlapFrames } = settings;
  checkKnown(request, size);
  checkLooks(request, size);
  const { part } = request;
  const frames = Math.max(part.frames, size.frames);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name !== resume?.file.name) rmSync(join(folder, name), { recursive: true, force: true });
  const shape: FrameFileShape = { videos: 1, channels: 3, frames, height: size.height, width: size.width };
  const spacing = Math.ceil(frames / PREVIEW_FRAMES);
  const preview = zeros([1, 3, Math.ceil(frames / spacing), size.height, size.width]);
  const disk: DiskDenoiseRequest = {
    ...context, windowFrames: size.frames, overlapFrames, known: keyframesKnown(part, request.known, size.frames), looks: keyframesLooks(part, request.looks ?? null, frames, size.frames),
    create: (stepIndex, videos) => createFrameFile(folder, stepName(stepIndex), { ...shape, videos }),
    onDenoised: (start, denoised) => {
      for (let place = 0; place < denoised.shape[2]!; place += 1) if ((start + place) % spacing === 0) writeFrames(preview, (start + place) / spacing, sliceFrames(denoised, place, 1));
    },
  };
  let { stepIndex, file } = resume ?? { stepIndex: 0, file: await firstSample(settings, shape) };
  try {
    const steps = context.scheduler.timesteps.length;
    const perStep = overlappingStarts(frames, size.frames, overlapFrames).length;
    for (; stepIndex < steps; stepIndex += 1) {
      const windows = denoiseStepOnDisk(disk, file, stepIndex);
      let next = await windows.next();
      try {
        for (; next.done !== true; next = await windows.next()) yield { phase: 'denoising', step: stepIndex * perStep + next.value, total: steps * perStep, preview: null, checkpoint: null };
      } finally {
        // A run that is left between two windows leaves no half-written file.
        if (next.done !== true) await windows.return(file);
      }
      // A sealed file is what a stored checkpoint speaks of: whoever stored that deletes it.
      if (file.isSealed()) file.close();
      else file.remove();
      file = next.value;
      yield { phase: 'denoising', step: (stepIndex + 1) * perStep, total: steps * perStep, preview, checkpoint: { stepIndex: stepIndex + 1, file } };
    }
    return writeResult(folder, file, part, request.known, size.frames);
  } finally {
    file.close();
  }
}
