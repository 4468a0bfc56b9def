import type { UpscaleFactor } from '../../src-shared/contract/footage.ts';
import { UPSCALE_STEPS } from '../../src-shared/contract/footage.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { tileCount, tileOverlap } from '../engine/pipelines/upscale-window.ts';
import type { ModelIndex } from '../../src-shared/pack/model-index.ts';
import type { StepTimeRepository } from '../store/app-store.ts';
import type { AssetRow } from '../store/asset-repository.ts';

/** Frames that neighbouring windows share; there the later one comes in gradually. */
export const WINDOW_OVERLAP = 2;

/** Most pixels of an enlarged frame: the windows of larger ones would not fit into memory beside everything else. */
const MAX_PIXELS = 4096 * 2304;
/** A segment is stored after about so many tiles: what a killed studio has to do again. */
const TILES_PER_SEGMENT = 36;
const MAX_WINDOWS_PER_SEGMENT = 4;

/** How a clip is cut up. */
export interface UpscaleShape {
  /** Frames of a window as the model takes them, and how many of them are new in each. */
  readonly window: number;
  readonly stride: number;
  readonly windows: number;
  readonly tilesPerWindow: number;
  /** Windows whose frames are stored together. */
  readonly windowsPerSegment: number;
}

/** The clip to be enlarged, or an error that says why it cannot be. */
export function requireUpscalable(asset: AssetRow, factor: UpscaleFactor, index: Pick<ModelIndex, 'name' | 'stages' | 'sizes'>): { readonly width: number; readonly height: number; readonly frames: number } {
  const { width, height, frames, name } = asset;
  if (asset.kind !== 'video' || width === null || height === null || frames === null || asset.frameRate === null) {
    throw new StudioError('INVALID_INPUT', `"${name}" is not a video. Choose a clip with moving pictures.`, { details: { assetId: asset.id } });
  }
  if (index.stages.superResolution1 === undefined) throw new StudioError('MODEL_MISSING', `The pack "${index.name}" has no super-resolution. Choose another pack.`);
  const { superResolution1: large, interpolation: small } = index.sizes;
  const scale = large === undefined || small === undefined ? 0 : large.width / small.width;
  if (scale % factor !== 0 || scale < factor) throw new StudioError('INVALID_INPUT', `The pack "${index.name}" enlarges ${scale} times. Choose the factor ${scale}, or another pack.`, { details: { factor, scale } });
  if (width * height * factor * factor > MAX_PIXELS) {
    throw new StudioError('INVALID_INPUT', `"${name}" would become ${width * factor}x${height * factor} pixels; at most ${MAX_PIXELS / 1e6} million fit. ${factor === 4 ? 'Choose the factor 2, or a smaller clip.' : 'Choose a smaller clip.'}`, { details: { width, height, factor } });
  }
  return { width, height, frames };
}

/** Cuts a clip of `frames` frames up for a pack. */
export function upscaleShape(clip: { readonly width: number; readonly height: number; readonly frames: number }, sizes: ModelIndex['sizes']): UpscaleShape {
  const { superResolution1: large, interpolation: small } = sizes;
  if (large === undefined || small === undefined) throw new StudioError('MODEL_INCOMPATIBLE', 'The pack gives no sizes for its super-resolution. Choose another pack.');
  const window = large.window ?? large.frames;
  const stride = Math.max(1, window - WINDOW_OVERLAP);
  const tilesPerWindow = tileCount(clip, { tile: small, overlap: tileOverlap(small) });
  return {
    window, stride, tilesPerWindow,
    windows: Math.max(1, Math.ceil((clip.frames - window) / stride) + 1),
    windowsPerSegment: Math.min(MAX_WINDOWS_PER_SEGMENT, Math.max(1, Math.round(TILES_PER_SEGMENT / tilesPerWindow))),
  };
}

const timeKey = (packSha256: string): string => `upscale/${packSha256}`;

/** How long enlarging will take on this machine; null until it has been measured. */
export function expectedUpscaleMs(stepTimes: StepTimeRepository, packSha256: string, shape: UpscaleShape, detail: number): number | null {
  const measured = stepTimes.get(timeKey(packSha256));
  return measured === null ? null : Math.round(shape.windows * shape.tilesPerWindow * UPSCALE_STEPS[detail]! * measured.stepMs + measured.fixedMs);
}

/** Remembers what one step of one tile took. */
export function recordUpscaleTime(stepTimes: StepTimeRepository, packSha256: string, stepMs: number): void {
  stepTimes.record(timeKey(packSha256), { stepMs, fixedMs: 0 });
}
