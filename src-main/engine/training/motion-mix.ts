import { join } from 'node:path';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { fromVideoFrames, sliceFrames } from '../pipelines/video-tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { openWeights } from '../weights/open-weights.ts';
import { lowBand } from '../random/low-band.ts';
import { addChange } from './change.ts';
import { decodeMotionFile } from './motion-file.ts';
import type { MotionFile } from './motion-file.ts';
import { movingColour, movingPart, turnColours } from './moving-colour.ts';
import { readTemporalProjections } from './temporal-projections.ts';

/** A motion to use: its file and how much of it. */
export interface UsedMotion {
  readonly sha256: string;
  readonly bytes: Uint8Array;
  readonly strength: number;
  readonly noiseMix: number;
}

/** The temporal weights of a UNet under any mix of motions, for a session that takes them as inputs. */
export interface MotionMix {
  readonly names: readonly string[];
  /** weight + sum of strength x change, by name, for the motions last used. */
  values(): Readonly<Record<string, Float32Array>>;
  /** Another mix from now on. MODEL_INCOMPATIBLE when a motion changes weights that this model does not have. */
  use(motions: readonly UsedMotion[]): void;
  /** Frames that the noise of the motions last used reaches; infinitely many where none brings any. */
  noiseFrames(): number;
  /**
   * First noise for a clip of `shape`: where a picture varies slowly, sqrt(p) of each motion's own noise and the rest of `fresh`, so
   * that the variance stays 1; `fresh` in what is finer. p is the share asked for, less below strength 1, so that strength 0 is none of it.
   * A motion's noise also says that something red moved before something grey: its colours are turned to those of what moves in
   * `glimpse`, a rough clip of what is asked for. Of noise that is longer than the clip its beginning is taken.
   */
  firstNoise(fresh: Float32Array, shape: readonly number[], glimpse: () => Promise<Tensor>): Promise<Float32Array>;
}

/**
 * Waves of the noise that say where things are, as a share of the spectrum (FreeInit takes the slow part of noise for the same reason,
 * Wu et al., arXiv 2312.07537). In what is finer the outlines of the clip's own subject would show through.
 */
const LAYOUT_BAND = 0.15;

/**
 * How much of what moves in the clip stays in its noise. VMC's code inverts on another model's schedule, ends at alpha-bar 0.0071 and
 * so leaves a share of 0.08 of the clip; pure noise is more than a small model can read a place from.
 */
const CLIP_SHARE = 0.25;

/** Motions that stay decoded. */
const KEPT = 8;

/** Reads the temporal weights of the UNet in `weightsDir`. */
export function openMotionMix(stageFolder: string): MotionMix {
  const weightsDir = join(stageFolder, 'unet');
  const weights = openWeights(weightsDir);
  const projections = (() => {
    try {
      return readTemporalProjections(weights, weightsDir);
    } finally {
      weights.close();
    }
  })();
  const decoded = new Map<string, MotionFile>();
  let used: readonly { readonly file: MotionFile; readonly strength: number; readonly noiseMix: number }[] = [];
  let merged: Record<string, Float32Array> = {};

  const fileOf = ({ sha256, bytes }: UsedMotion): MotionFile => {
    const file = decoded.get(sha256) ?? decodeMotionFile(bytes, `motion ${sha256.slice(0, 8)}`);
    decoded.delete(sha256);
    decoded.set(sha256, file);
    if (decoded.size > KEPT) decoded.delete(decoded.keys().next().value!);
    for (const [name, { shape }] of file.changes) {
      const projection = projections.find((candidate) => candidate.name === name);
      if (projection === undefined || projection.shape[0] !== shape[0] || projection.shape[1] !== shape[1]) {
        throw new StudioError('MODEL_INCOMPATIBLE', `The motion "${file.facts.name}" changes ${name} [${shape.join(', ')}], which this model does not have. It was learned on "${file.facts.model.packName}": choose that model, or learn the motion again.`, { details: { tensor: name } });
      }
    }
    return file;
  };

  return {
    names: projections.map(({ name }) => name),
    values: () => merged,
    use(motions) {
      used = motions.map((motion) => ({ file: fileOf(motion), strength: motion.strength, noiseMix: motion.noiseMix }));
      merged = Object.fromEntries(projections.map(({ name, shape, values }) => {
        const target = values.slice();
        for (const { file, strength } of used) {
          const change = file.changes.get(name)?.change;
          if (change !== undefined) addChange(target, shape, change, strength);
        }
        return [name, target];
      }));
    },
    noiseFrames: () => Math.min(Infinity, ...used.flatMap(({ file, strength, noiseMix }) => (noiseMix * strength === 0 || file.noise === null ? [] : [file.noise.shape[2] ?? 0]))),
    async firstNoise(fresh, shape, glimpse) {
      const parts = used.flatMap(({ file, strength, noiseMix }) => {
        const share = noiseMix * Math.min(strength, 1);
        if (share === 0 || file.noise === null) return [];
        const own = firstFrames(file.noise, shape[2]!);
        if (own.shape.join() !== shape.join()) throw new StudioError('MODEL_INCOMPATIBLE', `The noise of the motion "${file.facts.name}" is [${file.noise.shape.join(', ')}], the clip's is [${shape.join(', ')}]. Set its noise mix to 0.`);
        const clip = firstFrames(fromVideoFrames(file.frames), shape[2]!);
        const rest = Math.sqrt(1 - CLIP_SHARE ** 2);
        const moving = clip.data.length === own.data.length ? movingPart(clip) : null;
        return [{ noise: moving === null ? own.data : own.data.map((value, i) => rest * value + CLIP_SHARE * moving[i]!), colour: movingColour(clip), share }];
      });
      if (parts.length === 0) return fresh;
      const total = parts.reduce((sum, { share }) => sum + share, 0);
      const shrink = total > 1 ? 1 / total : 1;
      const rest = Math.sqrt(Math.max(0, 1 - total * shrink));
      const wanted = shape[1] === 3 && parts.some(({ colour }) => colour !== null) ? movingColour(await glimpse()) : null;
      const change = fresh.map((value) => value * (rest - 1));
      for (const { noise, colour, share } of parts) {
        const turned = colour === null || wanted === null ? noise : turnColours(noise, colour, wanted);
        const factor = Math.sqrt(share * shrink);
        for (let i = 0; i < change.length; i += 1) change[i]! += factor * turned[i]!;
      }
      const slow = lowBand(change, shape.at(-2)!, shape.at(-1)!, LAYOUT_BAND);
      return fresh.map((value, i) => value + slow[i]!);
    },
  };
}

/** A video's first frames, all of it where it has no more. */
const firstFrames = (video: Tensor, count: number): Tensor => ((video.shape[2] ?? 0) <= count ? video : sliceFrames(video, 0, count));
