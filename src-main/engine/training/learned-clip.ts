import { decodeLatents } from '../pipelines/decode-latents.ts';
import type { Pack } from '../pipelines/open-pack.ts';
import { loadVae } from '../pipelines/stage-sessions.ts';
import { fromVideoFrames, sliceFrames, writeFrames } from '../pipelines/video-tensor.ts';
import type { VideoFrames } from '../pipelines/video-tensor.ts';
import { zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** A clip as the keyframe stage sees it, and the way back to pictures. */
export interface LearnedClip {
  /** [1, channels, frames, height, width]: pixels in [-1, 1], or scaled latents. */
  readonly clip: Tensor;
  /** A clip of the same kind as pixels [1, 3, frames, height, width]. */
  toPixels(made: Tensor): Promise<Tensor>;
}

/** Pixels as they are; for a latent stage the means of the autoencoder's posteriors, so that the same clip is learned from every time. */
export async function openLearnedClip(pack: Pack, frames: VideoFrames, threads: number): Promise<LearnedClip> {
  const pixels = fromVideoFrames(frames);
  const vaeFolder = pack.vaeFolder('keyframes');
  if (vaeFolder === null) return { clip: pixels, toPixels: (made) => Promise.resolve(made) };
  const size = { width: frames.width, height: frames.height };
  const { model, release } = loadVae(vaeFolder, size.width, size.height, threads);
  let clip: Tensor | null = null;
  try {
    for (let frame = 0; frame < frames.count; frame += 1) {
      const { data, shape } = sliceFrames(pixels, frame, 1);
      const { mean } = await model.encode({ data, shape: [1, shape[1]!, size.height, size.width] });
      const [, channels = 1, height = 1, width = 1] = mean.shape;
      clip ??= zeros([1, channels, frames.count, height, width]);
      writeFrames(clip, frame, { data: mean.data.map((value) => value * model.scalingFactor), shape: [1, channels, 1, height, width] });
    }
  } finally {
    // Learning needs the memory; samples load the decoder again.
    await release();
  }
  return {
    clip: clip ?? zeros([1, 0, 0, 0, 0]),
    async toPixels(made) {
      const decoder = loadVae(vaeFolder, size.width, size.height, threads);
      try {
        const decoding = decodeLatents(made, size, decoder.model);
        let next = await decoding.next();
        while (next.done !== true) next = await decoding.next();
        return next.value;
      } finally {
        await decoder.release();
      }
    },
  };
}
