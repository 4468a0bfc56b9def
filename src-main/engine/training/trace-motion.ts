import { join } from 'node:path';
import type { MotionFacts } from '../../../src-shared/contract/motions.ts';
import { assert } from '../../../src-shared/errors/studio-error.ts';
import { readConfig, type Pack } from '../pipelines/open-pack.ts';
import { encodePrompts, type PromptCache } from '../pipelines/prompt-encoder.ts';
import { SCENE_OVERLAP } from '../pipelines/scene-run.ts';
import { decodeStageCheckpoint, encodeStageCheckpoint } from '../pipelines/stage-checkpoint.ts';
import { loadUnet, readUnetConfig } from '../pipelines/stage-sessions.ts';
import type { VideoFrames } from '../pipelines/video-tensor.ts';
import { windowedUnet } from '../pipelines/windowed-unet.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { INVERSION_TOTAL, invert, type InversionStep } from './ddim-inversion.ts';
import { openLearnedClip } from './learned-clip.ts';
import { decodeMotionFile, encodeMotionFile } from './motion-file.ts';
import { openMotionMix } from './motion-mix.ts';

/** What is to be traced back, with which motion. */
export interface TraceRequest {
  /** Key frames of a clip of any length, of the size that the keyframe UNet makes. */
  readonly frames: VideoFrames;
  /** File of the motion that was learned from a part of it. */
  readonly motion: Uint8Array;
  /** Where the frames are from, for the new file. */
  readonly source: MotionFacts['source'];
}

/** A tracing with its session loaded. */
export interface MotionTrace {
  run(signal?: AbortSignal): AsyncGenerator<Pick<InversionStep, 'step' | 'total'>, Uint8Array>;
  /** Where it stands, valid between two steps; null before the first. */
  checkpoint(): Uint8Array | null;
  release(): Promise<void>;
}

/**
 * Traces a clip that is longer than one window of the model back to noise: DDIM inversion with windows that overlap and are averaged at every
 * step, as scenes are drawn from noise, so that neighbouring windows share theirs. What it gives is the same motion with the noise and the
 * frames of the whole clip.
 */
export async function openMotionTrace(pack: Pack, { frames, motion, source }: TraceRequest, options: { readonly threads: number; readonly promptCache: PromptCache; readonly resume: Uint8Array | null }): Promise<MotionTrace> {
  const { threads, promptCache } = options;
  const folder = pack.stageFolder('keyframes');
  const config = readUnetConfig(pack, 'keyframes');
  const { clip } = await openLearnedClip(pack, frames, threads);
  const window = pack.stageSize('keyframes').frames;
  const [empty] = await encodePrompts(pack.text('keyframes'), [''], pack.index.promptTokens, promptCache, threads);
  assert(empty !== undefined, 'the empty prompt is encoded');
  const mix = openMotionMix(folder);
  mix.use([{ sha256: 'traced', bytes: motion, strength: 1, noiseMix: 0 }]);
  const unet = await loadUnet(folder, config, { batch: 1, frames: window, height: clip.shape[3]!, width: clip.shape[4]!, tokens: pack.index.promptTokens }, threads, {}, mix);
  const schedulerJson = readConfig(join(folder, 'scheduler', 'scheduler_config.json'));
  let at: { readonly step: number; readonly sample: Tensor } | null = null;
  if (options.resume !== null) {
    const { position } = decodeStageCheckpoint('keyframes', options.resume);
    at = { step: position.stepIndex, sample: position.sample };
  }
  return {
    async *run(signal) {
      const inversion = invert({ unet: windowedUnet(unet.model, window, Math.round(window * SCENE_OVERLAP.keyframes), true), schedulerJson, promptEmbeds: empty }, clip, at === null ? null : { ...at, total: INVERSION_TOTAL });
      for (;;) {
        signal?.throwIfAborted();
        const next = await inversion.next();
        if (next.done === true) {
          const { facts, changes } = decodeMotionFile(motion, 'the motion');
          return encodeMotionFile({ facts: { ...facts, source }, changes, frames, noise: next.value });
        }
        const { step, total, sample } = next.value;
        at = { step, sample };
        yield { step, total };
      }
    },
    checkpoint: () => (at === null ? null : encodeStageCheckpoint('keyframes', { part: 0, position: { stepIndex: at.step, sample: at.sample, schedulerState: { denoised: [] } }, output: null })),
    release: () => unet.release(),
  };
}
