import { zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { FrameVae } from './super-resolution-2.ts';
import { sliceFrames, writeFrames } from './video-tensor.ts';

/** Decodes scaled latents [1, channels, frames, h, w] frame by frame, yielding the number of finished frames; returns pixels [1, 3, frames, height, width]. */
export async function* decodeLatents(latents: Tensor, size: { readonly width: number; readonly height: number }, vae: FrameVae, signal?: AbortSignal): AsyncGenerator<number, Tensor> {
  const frames = latents.shape[2]!;
  const output = zeros([1, 3, frames, size.height, size.width]);
  for (let frame = 0; frame < frames; frame += 1) {
    signal?.throwIfAborted();
    const { data, shape } = sliceFrames(latents, frame, 1);
    const pixels = await vae.decode({ data: data.map((value) => value / vae.scalingFactor), shape: [1, shape[1]!, shape[3]!, shape[4]!] });
    writeFrames(output, frame, { data: pixels.data, shape: [1, 3, 1, size.height, size.width] });
    yield frame + 1;
  }
  return output;
}
