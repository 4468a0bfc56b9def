import { describe, expect, it } from 'vitest';
import { enlargePart, enlargeVideo } from '../../../src-main/engine/pipelines/enlarge.ts';
import { fromVideoFrames, type VideoFrames } from '../../../src-main/engine/pipelines/video-tensor.ts';
import { wavyFrames } from './wavy-frames.ts';

it('a whole video is enlarged bilinearly with aligned corners where the pack says so', () => {
  const video = { data: Float32Array.from({ length: 6 }, (_, i) => i ** 2), shape: [1, 1, 1, 2, 3] };
  const expected = [0, 0.4, 0.8, 1.6, 2.8, 4, 3, 4.2, 5.4, 7, 9, 11, 6, 8, 10, 12.4, 15.2, 18, 9, 11.8, 14.6, 17.8, 21.4, 25];
  const out = enlargeVideo(video, 2, 'cornerBilinear');
  expect(out.shape).toEqual([1, 1, 1, 4, 6]);
  for (const [i, value] of expected.entries()) expect(out.data[i]).toBeCloseTo(value, 5);
});

describe('Lanczos', () => {
  it('gives the values of the windowed sinc around an impulse, normalised', () => {
    const video = { data: new Float32Array(9), shape: [1, 1, 1, 1, 9] };
    video.data[4] = 1;
    const out = enlargeVideo(video, 2, 'lanczos').data.subarray(0, 18);
    // Taps at distances 1/4 and 3/4, divided by the sum of the six taps they belong to.
    expect(out[8]).toBeCloseTo(0.8901 / 0.997, 3);
    expect(out[10]).toBeCloseTo(0.2702 / 0.997, 3);
    for (let i = 0; i < 9; i += 1) expect(out[i]).toBeCloseTo(out[17 - i]!, 6);
  });

  it('keeps a flat picture flat and a line straight, away from its ends', () => {
    const flat = { data: new Float32Array(5 * 7).fill(0.3), shape: [1, 1, 1, 5, 7] };
    for (const value of enlargeVideo(flat, 4, 'lanczos').data) expect(value).toBeCloseTo(0.3, 6);
    const line = { data: Float32Array.from({ length: 20 }, (_, i) => i / 20), shape: [1, 1, 1, 1, 20] };
    const out = enlargeVideo(line, 4, 'lanczos').data.subarray(0, 80);
    for (let i = 16; i < 64; i += 1) expect(Math.abs(out[i]! - ((i + 0.5) / 4 - 0.5) / 20)).toBeLessThan(0.002);
  });
});

describe.each(['cornerBilinear', 'lanczos'] as const)('a part of a frame (%s)', (kind) => {
  it('shows what the whole enlargement shows there', () => {
    const frames = wavyFrames(2, 23, 17);
    const whole = enlargePart(frames, 4, { x: 0, y: 0, width: 92, height: 68 }, kind);
    const part = enlargePart(frames, 4, { x: 20, y: 8, width: 32, height: 24 }, kind);
    for (let y = 0; y < 24; y += 1) for (let x = 0; x < 32; x += 1) expect(part.data[(2 * 24 + y) * 32 + x]).toBe(whole.data[(2 * 68 + y + 8) * 92 + x + 20]);
  });

  it('leaves the middle of the picture in its middle', () => {
    const ramp: VideoFrames = { count: 1, width: 8, height: 1, data: Uint8Array.from({ length: 24 }, (_, i) => Math.floor(i / 3) * 30) };
    const { data } = enlargePart(ramp, 4, { x: 0, y: 0, width: 32, height: 4 }, kind);
    expect(((data[15]! + data[16]!) / 2) * 127.5 + 127.5).toBeCloseTo(105, 3);
  });
});

it('footage and generated frames are enlarged alike by Lanczos', () => {
  const frames = wavyFrames(2, 12, 9);
  const whole = enlargePart(frames, 4, { x: 0, y: 0, width: 48, height: 36 }, 'lanczos');
  const video = enlargeVideo(fromVideoFrames(frames), 4, 'lanczos');
  expect(video.shape).toEqual(whole.shape);
  for (const [i, value] of video.data.entries()) expect(value).toBeCloseTo(whole.data[i]!, 5);
});
