import type { Noise } from '../random/noise.ts';
import { startIndexForStrength } from '../schedulers/scheduler.ts';
import { zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { denoise, startPosition } from './denoise.ts';
import type { KnownFrames } from './known-frames.ts';
import { resizeFrames } from './resize.ts';
import type { StageCheckpoint, StageContext, StageRun } from './stage-step.ts';
import { fromVideoFrames, sliceFrames, toVideoFrames, writeFrames } from './video-tensor.ts';

/** How the latent super-resolution runs. */
export interface SuperResolution2Settings {
  /** Pixels of the finished clip: 576 x 320. */
  readonly width: number;
  readonly height: number;
  /** SDEdit start in (0, 1]: the share of the schedule that runs; 0.8 starts at t = 799 of 1000. */
  readonly strength: number;
  /** The first noise of latents [1, channels, frames, h, w], where it is not the clip's own stream. */
  readonly sampleNoise?: (shape: readonly number[]) => Float32Array;
  /** Frames that are given: their places, and pixels of the stage's size, [1, 3, places.length, height, width]. */
  readonly given?: { readonly frames: readonly number[]; readonly pixels: Tensor };
}

/** What the encoder says about one frame. */
export interface Posterior {
  readonly mean: Tensor;
  readonly logVariance: Tensor;
}

/** The autoencoder, one frame at a time. */
export interface FrameVae {
  /** Latent scaling factor: 0.18215 for Stable Diffusion's. */
  readonly scalingFactor: number;
  /** Pixels [1, 3, height, width] to the posterior's means and log variances, each [1, latentChannels, h, w]. */
  encode(pixels: Tensor): Promise<Posterior>;
  /** Latents [1, latentChannels, h, w] to pixels [1, 3, height, width]. */
  decode(latents: Tensor): Promise<Tensor>;
}

const asFrame = (image: Tensor): Tensor => ({ data: image.data, shape: [1, image.shape[1]!, 1, image.shape[2]!, image.shape[3]!] });
const asImage = (frame: Tensor): Tensor => ({ data: frame.data, shape: [1, frame.shape[1]!, frame.shape[3]!, frame.shape[4]!] });

/** Samples the posterior (Kingma and Welling 2014, equation 10) and scales it: latents of one frame, [1, channels, 1, h, w]. */
function samplePosterior({ mean, logVariance }: Posterior, noise: Noise, scalingFactor: number): Tensor {
  const epsilon = noise.normal(mean.data.length);
  const data = new Float32Array(mean.data.length);
  for (let i = 0; i < data.length; i += 1) data[i] = (mean.data[i]! + Math.exp(0.5 * logVariance.data[i]!) * epsilon[i]!) * scalingFactor;
  return asFrame({ data, shape: mean.shape });
}

/** Pixels of any size, [1, 3, frames, height, width], at the stage's size; through 8 bits, as Show-1 does. */
const enlarge = (video: Tensor, { width, height }: { width: number; height: number }): Tensor => fromVideoFrames(resizeFrames(toVideoFrames(video), width, height));

/** Pixels [1, 3, frames, height, width] at any size to scaled latents of the stage's size. */
export async function encodeVideo(video: Tensor, settings: { width: number; height: number }, vae: FrameVae, noise: Noise, signal?: AbortSignal): Promise<Tensor> {
  const pixels = enlarge(video, settings);
  const frames = pixels.shape[2]!;
  let latents: Tensor | null = null;
  for (let frame = 0; frame < frames; frame += 1) {
    signal?.throwIfAborted();
    const encoded = samplePosterior(await vae.encode(asImage(sliceFrames(pixels, frame, 1))), noise.fork(`frame${frame}`), vae.scalingFactor);
    latents ??= zeros([1, encoded.shape[1]!, frames, encoded.shape[3]!, encoded.shape[4]!]);
    writeFrames(latents, frame, encoded);
  }
  return latents!;
}

async function knownLatents(
  given: NonNullable<SuperResolution2Settings['given']>, settings: { width: number; height: number }, vae: FrameVae, noise: Noise, signal?: AbortSignal,
): Promise<KnownFrames> {
  const clean = await encodeVideo(given.pixels, settings, vae, noise.fork('posterior'), signal);
  return { frames: given.frames, clean, noise: { data: noise.fork('sample').normal(clean.data.length), shape: clean.shape } };
}

/**
 * Fourth stage: re-draws the enlarged clip in latent space (Show-1, section 3.4): encode, noise to the strength's timestep
 * (SDEdit, Meng et al. 2022), denoise all frames together, decode frame by frame. Returns [1, 3, frames, height, width].
 * Where the strength leaves no step to run, nothing is re-drawn: the clip is enlarged and spared the autoencoder's losses.
 */
export async function* superResolution2(
  context: StageContext, video: Tensor, settings: SuperResolution2Settings, vae: FrameVae, resume: StageCheckpoint | null = null,
): StageRun {
  const { scheduler, noise, signal } = context;
  const first = startIndexForStrength(scheduler.timesteps.length, settings.strength);
  const frames = video.shape[2]!;
  const denoiseTotal = scheduler.timesteps.length - first;
  const total = denoiseTotal + frames;
  if (denoiseTotal === 0) return enlarge(video, settings);
  const known = settings.given && (await knownLatents(settings.given, settings, vae, noise.fork('known'), signal));
  let begin = resume?.position;
  if (!begin) {
    const latents = await encodeVideo(video, settings, vae, noise.fork('posterior'), signal);
    const epsilon = { data: settings.sampleNoise?.(latents.shape) ?? noise.fork('sample').normal(latents.data.length), shape: latents.shape };
    // Strength 1 still starts from the clip, as upstream does.
    begin = startPosition(scheduler.addNoise(latents, epsilon, scheduler.timesteps[first]!), first);
  }
  const steps = denoise({ ...context, known }, begin);
  let latents = begin.sample;
  for (;;) {
    const next = await steps.next();
    if (next.done) {
      latents = next.value;
      break;
    }
    const { position } = next.value;
    yield { phase: 'denoising', step: position.stepIndex - first, total, preview: null, checkpoint: { part: 0, position, output: null } };
  }
  const output = zeros([1, 3, frames, settings.height, settings.width]);
  for (let frame = 0; frame < frames; frame += 1) {
    signal?.throwIfAborted();
    const place = settings.given?.frames.indexOf(frame) ?? -1;
    if (settings.given && place >= 0) {
      writeFrames(output, frame, sliceFrames(settings.given.pixels, place, 1));
      continue;
    }
    const latent = asImage(sliceFrames(latents, frame, 1));
    for (let i = 0; i < latent.data.length; i += 1) latent.data[i]! /= vae.scalingFactor;
    writeFrames(output, frame, asFrame(await vae.decode(latent)));
    yield { phase: 'decoding', step: denoiseTotal + frame + 1, total, preview: null, checkpoint: null };
  }
  return output;
}
