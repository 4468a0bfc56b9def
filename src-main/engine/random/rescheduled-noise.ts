import type { Noise } from './noise.ts';

/**
 * Which noise a frame of a long clip uses (FreeNoise, Qiu et al. 2023, section 3.2): the noise of one model window is used
 * again and again, each time in another local order, so that distant windows begin alike and stay alike, yet not equal.
 * Closed form: frame i draws slot `perm(i mod window)` of the first window; the permutation of block 0 is the identity,
 * later ones shuffle within halves of the window. No frame needs another one's noise.
 */
export function noiseSlot(noise: Noise, frame: number, windowFrames: number): number {
  const block = Math.floor(frame / windowFrames);
  const place = frame - block * windowFrames;
  if (block === 0) return place;
  const half = Math.ceil(windowFrames / 2);
  const [from, count] = place < half ? [0, half] : [half, windowFrames - half];
  // Fisher-Yates over the half that the place lies in; block and half name the stream.
  const draws = noise.fork(`order${block}/${from}`).uniform(count);
  const slots = Array.from({ length: count }, (_, index) => from + index);
  for (let i = count - 1; i > 0; i -= 1) {
    const j = Math.floor(draws[i]! * (i + 1));
    [slots[i], slots[j]] = [slots[j]!, slots[i]!];
  }
  return slots[place - from]!;
}

/** First noise of frames `start` to `start + frames` of a long clip, [1, channels, frames, area] in row-major order. */
export function rescheduledNoise(noise: Noise, start: number, frames: number, windowFrames: number, channels: number, area: number): Float32Array {
  const data = new Float32Array(channels * frames * area);
  for (let frame = 0; frame < frames; frame += 1) {
    const values = noise.fork(`frame${noiseSlot(noise, start + frame, windowFrames)}`).normal(channels * area);
    for (let channel = 0; channel < channels; channel += 1) data.set(values.subarray(channel * area, (channel + 1) * area), (channel * frames + frame) * area);
  }
  return data;
}
