import { decodeLatents } from './decode-latents.ts';
import { denoise, startPosition } from './denoise.ts';
import type { KeyframesSettings } from './keyframes.ts';
import type { StageCheckpoint, StageContext, StageRun } from './stage-step.ts';
import type { FrameVae } from './super-resolution-2.ts';

/**
 * A first stage in latent space: text to a whole clip (ModelScope, Wang et al. 2023, arXiv 2308.06571). `settings` are the
 * latents' sizes, `pixels` the clip's. Returns [1, 3, frames, height, width].
 */
export async function* latentKeyframes(
  context: StageContext, settings: KeyframesSettings & { readonly channels: number }, pixels: { readonly width: number; readonly height: number }, vae: FrameVae, resume: StageCheckpoint | null = null,
): StageRun {
  const shape = [1, settings.channels, settings.frames, settings.height, settings.width];
  const { scheduler, noise, signal } = context;
  const total = scheduler.timesteps.length + settings.frames;
  const start = async (): Promise<Float32Array> => {
    const fresh = noise.fork('sample').normal(shape.reduce((a, b) => a * b, 1));
    return (await settings.firstNoise?.(fresh, shape)) ?? fresh;
  };
  const steps = denoise(context, resume?.position ?? startPosition({ data: await start(), shape }));
  let step = await steps.next();
  for (; !step.done; step = await steps.next()) {
    const { position } = step.value;
    yield { phase: 'denoising', step: position.stepIndex, total, preview: null, checkpoint: { part: 0, position, output: null } };
  }
  const decoding = decodeLatents(step.value, pixels, vae, signal);
  let decoded = await decoding.next();
  for (; !decoded.done; decoded = await decoding.next()) yield { phase: 'decoding', step: scheduler.timesteps.length + decoded.value, total, preview: null, checkpoint: null };
  return decoded.value;
}
