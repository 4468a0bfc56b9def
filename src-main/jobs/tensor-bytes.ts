import { endianness } from 'node:os';
import { assert } from '../../src-shared/errors/studio-error.ts';
import type { TensorMessage } from '../engine/process/protocol.ts';

/** MIME type of a stage asset whose bytes are float32, little-endian, without a header; the shape is in the asset's row. */
export const TENSOR_MIME_TYPE = 'application/x-motif-tensor';
/** MIME type of a stage asset whose bytes are 8-bit RGB, [frames, height, width, 3]. */
export const FRAMES_MIME_TYPE = 'application/x-motif-frames';

assert(endianness() === 'LE', 'stored tensors are little-endian, like every platform the studio is built for');

/** The tensor's values as stored bytes, without a copy. */
export function tensorToBytes(tensor: TensorMessage): Uint8Array {
  return new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
}

/** A tensor from stored bytes. */
export function tensorFromBytes(bytes: Uint8Array, shape: readonly number[]): TensorMessage {
  const count = shape.reduce((product, size) => product * size, 1);
  assert(bytes.byteLength === count * 4, `${bytes.byteLength} bytes do not hold a tensor [${shape.join(', ')}]`);
  return { shape, data: new Float32Array(bytes.slice().buffer) };
}

/** Size of a video tensor [1, 3, frames, height, width]. */
export function videoSize(shape: readonly number[]): { readonly frames: number; readonly height: number; readonly width: number } {
  const [batch, channels, frames, height, width] = shape;
  assert(batch === 1 && channels === 3 && frames !== undefined && height !== undefined && width !== undefined, `a clip is [1, 3, frames, height, width], not [${shape.join(', ')}]`);
  return { frames, height, width };
}

/**
 * Pixels in [-1, 1], [1, 3, frames, height, width], as 8-bit RGB, [frames, height, width, 3]. Clips are always encoded from
 * stored stage outputs through this one function, so a clip that was interrupted comes out the same.
 */
export function tensorToRgb(tensor: TensorMessage): Uint8Array {
  const { frames, height, width } = videoSize(tensor.shape);
  const plane = height * width;
  const { data } = tensor;
  const rgb = new Uint8Array(frames * plane * 3);
  for (let channel = 0; channel < 3; channel += 1) {
    for (let frame = 0; frame < frames; frame += 1) {
      const from = (channel * frames + frame) * plane;
      const to = frame * plane * 3 + channel;
      for (let pixel = 0; pixel < plane; pixel += 1) {
        const value = Math.round((data[from + pixel]! + 1) * 127.5);
        rgb[to + pixel * 3] = value < 0 ? 0 : value > 255 ? 255 : value;
      }
    }
  }
  return rgb;
}
