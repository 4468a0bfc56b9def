import { enlargeVideo } from './enlarge.ts';
import type { VideoFrames } from './video-tensor.ts';

/** Rounds: each leaves about a quarter of what was missing. */
const ROUNDS = 2;

/**
 * Corrects enlarged footage so that, reduced again by averaging, it is the footage that was given (iterative back-projection, Irani and
 * Peleg 1991): a network adds what it takes for likely, but nothing that the camera would have seen otherwise, and no shift of colour.
 * `enlarged` is `scale` times the size of `footage`, frame for frame; returns new frames. Memory: one frame in floats.
 */
export function backProject(enlarged: VideoFrames, footage: VideoFrames, scale: number): VideoFrames {
  const { count, width, height } = footage;
  const out = new Uint8Array(enlarged.data.length);
  const [small, large] = [width * height, enlarged.width * enlarged.height];
  for (let frame = 0; frame < count; frame += 1) {
    const given = footage.data.subarray(frame * small * 3, (frame + 1) * small * 3);
    const values = Float32Array.from(enlarged.data.subarray(frame * large * 3, (frame + 1) * large * 3));
    for (let round = 0; round < ROUNDS; round += 1) {
      const missing = enlargeVideo({ data: missingFrom(values, given, { width, height }, scale), shape: [1, 3, 1, height, width] }, scale, 'lanczos').data;
      for (let pixel = 0; pixel < large; pixel += 1) for (let channel = 0; channel < 3; channel += 1) values[pixel * 3 + channel]! += missing[channel * large + pixel]!;
    }
    const to = frame * large * 3;
    for (let at = 0; at < values.length; at += 1) out[to + at] = Math.round(Math.min(Math.max(values[at]!, 0), 255));
  }
  return { ...enlarged, data: out };
}

/** What the means of `scale` x `scale` pixels lack of the given ones: planes [3, height, width] in byte steps. Both are interleaved. */
function missingFrom(values: Float32Array, given: Uint8Array, { width, height }: { readonly width: number; readonly height: number }, scale: number): Float32Array {
  const missing = new Float32Array(3 * width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        let sum = 0;
        for (let dy = 0; dy < scale; dy += 1) for (let dx = 0; dx < scale; dx += 1) sum += values[(((y * scale + dy) * width * scale) + x * scale + dx) * 3 + channel]!;
        missing[(channel * height + y) * width + x] = given[(y * width + x) * 3 + channel]! - sum / (scale * scale);
      }
    }
  }
  return missing;
}
