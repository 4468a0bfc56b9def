import { assert } from '../../src-shared/errors/studio-error.ts';
import type { TensorMessage } from '../engine/process/protocol.ts';
import type { AssetRow } from '../store/asset-repository.ts';
import type { ProjectStore } from '../store/project-store.ts';
import { FRAMES_MIME_TYPE, tensorToRgb, videoSize } from './tensor-bytes.ts';

function shapeOf(asset: AssetRow): readonly number[] {
  assert(asset.shape !== null, `stage asset ${asset.id} has a shape`);
  return asset.shape;
}

/** Frames `from` to `from + count` of a stage asset as pixels in [-1, 1], [1, 3, count, height, width]; nothing else is read. */
export function readFrames(store: ProjectStore, asset: AssetRow, from: number, count: number): TensorMessage {
  const { frames, height, width } = videoSize(shapeOf(asset));
  assert(from >= 0 && from + count <= frames, `frames ${from} to ${from + count} lie in the ${frames} of ${asset.name}`);
  const area = height * width;
  const data = new Float32Array(3 * count * area);
  if (asset.mimeType === FRAMES_MIME_TYPE) {
    const bytes = store.assets.readRange(asset.id, from * area * 3, (from + count) * area * 3);
    for (let frame = 0; frame < count; frame += 1) for (let i = 0; i < area; i += 1) for (let channel = 0; channel < 3; channel += 1) data[(channel * count + frame) * area + i] = bytes[(frame * area + i) * 3 + channel]! / 127.5 - 1;
  } else {
    for (let channel = 0; channel < 3; channel += 1) {
      const start = (channel * frames + from) * area * 4;
      const bytes = store.assets.readRange(asset.id, start, start + count * area * 4);
      data.set(new Float32Array(bytes.slice().buffer), channel * count * area);
    }
  }
  return { shape: [1, 3, count, height, width], data };
}

/** The same as 8-bit RGB, [count, height, width, 3]: what encoders take. */
export function readRgb(store: ProjectStore, asset: AssetRow, from: number, count: number): Uint8Array {
  const { height, width } = videoSize(shapeOf(asset));
  if (asset.mimeType === FRAMES_MIME_TYPE) return store.assets.readRange(asset.id, from * height * width * 3, (from + count) * height * width * 3);
  return tensorToRgb(readFrames(store, asset, from, count));
}

/** Clips behind each other, [1, 3, sum of frames, height, width]. */
export function joinFrames(parts: readonly TensorMessage[]): TensorMessage {
  const [first] = parts;
  assert(first !== undefined, 'there is something to join');
  const { height, width } = videoSize(first.shape);
  const frames = parts.reduce((sum, { shape }) => sum + videoSize(shape).frames, 0);
  const area = height * width;
  const data = new Float32Array(3 * frames * area);
  let at = 0;
  for (const part of parts) {
    const count = videoSize(part.shape).frames;
    for (let channel = 0; channel < 3; channel += 1) data.set(part.data.subarray(channel * count * area, (channel + 1) * count * area), (channel * frames + at) * area);
    at += count;
  }
  return { shape: [1, 3, frames, height, width], data };
}
