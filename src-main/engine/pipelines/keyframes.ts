import type { KnownFrames } from './known-frames.ts';
import type { PictureLooks } from './picture-look.ts';
import { denoise, startPosition } from './denoise.ts';
import type { StageCheckpoint, StageContext, StageRun } from './stage-step.ts';

/** Sizes of the key frames; Show-1 makes 8 of 40 x 64. */
export interface KeyframesSettings {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** The first noise, where it is not the clip's own stream. */
  readonly sampleNoise?: () => Float32Array;
  readonly known?: KnownFrames | undefined;
  readonly looks?: PictureLooks | undefined;
  /** Puts learned noise in place of some of the first noise. */
  readonly firstNoise?: (fresh: Float32Array, shape: readonly number[]) => Promise<Float32Array>;
}

/** First stage: text to key frames in pixel space (Show-1, arXiv 2309.15818, section 3.2). Returns [1, 3, frames, height, width]. */
export async function* keyframes(context: StageContext, settings: KeyframesSettings, resume: StageCheckpoint | null = null): StageRun {
  const shape = [1, 3, settings.frames, settings.height, settings.width];
  const { scheduler, noise } = context;
  const total = scheduler.timesteps.length;
  const start = async (): Promise<Float32Array> => {
    const fresh = settings.sampleNoise?.() ?? noise.fork('sample').normal(shape.reduce((a, b) => a * b, 1));
    return (await settings.firstNoise?.(fresh, shape)) ?? fresh;
  };
  const steps = denoise({ ...context, known: settings.known, looks: settings.looks }, resume?.position ?? startPosition({ data: await start(), shape }));
  for (;;) {
    const next = await steps.next();
    if (next.done) return next.value;
    const { position, denoised } = next.value;
    yield { phase: 'denoising', step: position.stepIndex, total, preview: denoised, checkpoint: { part: 0, position, output: null } };
  }
}
