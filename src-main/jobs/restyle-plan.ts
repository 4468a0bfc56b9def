import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { ModelIndex } from '../../src-shared/pack/model-index.ts';
import { restyleTimesteps } from '../engine/pipelines/restyle/restyle-levels.ts';
import type { RestyleSettings } from '../engine/pipelines/restyle/restyle-request.ts';
import type { Size } from '../engine/pipelines/restyle/restyle-size.ts';
import { waveReach } from '../engine/pipelines/restyle/restyle-wave.ts';
import { restyleWindow } from '../engine/pipelines/restyle/restyle-window.ts';
import type { StepTimeRepository } from '../store/app-store.ts';
import type { AssetRow } from '../store/asset-repository.ts';

/** Most pixels of a frame: those that wait for their turn must fit into memory. */
const MAX_PIXELS = 4096 * 2304;
/** A segment is stored after about so many frames: what a killed studio has to do again. */
const FRAMES_PER_SEGMENT = 16;

/** How a clip is cut up. */
export interface RestyleShape {
  readonly window: number;
  readonly stride: number;
  /** Frames that are stored together: a multiple of the stride. */
  readonly framesPerSegment: number;
  /** How many frames ahead of a frame the work begins again, so that it comes out the same. */
  readonly reach: number;
  /** Forward passes that some frames of a clip take. */
  passesFor(frames: number): number;
}

/** A clip with moving pictures, or an error that says that it is none. */
export function requireClip({ kind, width, height, frames, frameRate, name, id }: AssetRow): Size & { readonly frames: number } {
  if (kind === 'video' && width !== null && height !== null && frames !== null && frameRate !== null) return { width, height, frames };
  throw new StudioError('INVALID_INPUT', `"${name}" is not a video. Choose a clip with moving pictures.`, { details: { assetId: id } });
}

/** The clip to be restyled, or an error that says why it cannot be. */
export function requireRestylable(asset: AssetRow, index: Pick<ModelIndex, 'name' | 'stages' | 'sizes'>): Size & { readonly frames: number } {
  const { name } = asset;
  const { width, height, frames } = requireClip(asset);
  if (index.stages.superResolution2 === undefined) throw new StudioError('MODEL_MISSING', `The pack "${index.name}" has no latent super-resolution, which draws styles. Choose another pack.`);
  if (width * height > MAX_PIXELS) throw new StudioError('INVALID_INPUT', `"${name}" has ${width}x${height} pixels; at most ${MAX_PIXELS / 1e6} million fit. Choose a smaller clip.`, { details: { width, height } });
  return { width, height, frames };
}

/** How clips are cut up for a pack. */
export function restyleShape(index: Pick<ModelIndex, 'sizes'>, { strength, numInferenceSteps, noisiestTimestep }: Pick<RestyleSettings, 'strength' | 'numInferenceSteps' | 'noisiestTimestep'>): RestyleShape {
  const { window, stride } = restyleWindow(index.sizes);
  const steps = restyleTimesteps(strength, numInferenceSteps, noisiestTimestep).length;
  return {
    window, stride,
    framesPerSegment: stride * Math.max(1, Math.round(FRAMES_PER_SEGMENT / stride)),
    reach: waveReach({ window, stride }, steps),
    passesFor: (frames) => steps * (Math.max(0, Math.ceil((frames - window) / stride)) + 1),
  };
}

const timeKey = (packSha256: string): string => `restyle/${packSha256}`;

/** How long restyling will take on this machine; null until it has been measured. */
export function expectedRestyleMs(stepTimes: StepTimeRepository, packSha256: string, shape: RestyleShape, frames: number): number | null {
  const measured = stepTimes.get(timeKey(packSha256));
  return measured === null ? null : Math.round(shape.passesFor(frames) * measured.stepMs + frames * measured.fixedMs);
}

/** Remembers what one forward pass took, and what one frame took beside them. */
export function recordRestyleTime(stepTimes: StepTimeRepository, packSha256: string, passMs: number, frameMs: number): void {
  stepTimes.record(timeKey(packSha256), { stepMs: passMs, fixedMs: frameMs });
}
