import { describe, expect, it } from 'vitest';
import { lowBand } from '../../../src-main/engine/random/low-band.ts';
import { createNoise } from '../../../src-main/engine/random/noise.ts';

const [height, width] = [10, 16];
const square = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0);

describe('the slow part of frames', () => {
  it('keeps what is even or slow and drops what changes from pixel to pixel', () => {
    const even = new Float32Array(2 * height * width).fill(3);
    for (const [index, value] of lowBand(even, height, width, 0.2).entries()) expect(value).toBeCloseTo(even[index]!, 5);
    const slow = Float32Array.from({ length: height * width }, (_, index) => Math.cos((Math.PI * (2 * (index % width) + 1)) / (2 * width)));
    for (const [index, value] of lowBand(slow, height, width, 0.2).entries()) expect(value).toBeCloseTo(slow[index]!, 5);
    const checks = Float32Array.from({ length: height * width }, (_, index) => ((index % width) + Math.floor(index / width)) % 2 === 0 ? 1 : -1);
    expect(square(lowBand(checks, height, width, 0.2))).toBeLessThan(0.05 * square(checks));
  });

  it('is an orthogonal projection: taken twice it is the same, and the rest shares nothing with it', () => {
    const noise = createNoise(5).normal(3 * height * width);
    const slow = lowBand(noise, height, width, 0.3);
    for (const [index, value] of lowBand(slow, height, width, 0.3).entries()) expect(value).toBeCloseTo(slow[index]!, 5);
    expect(noise.reduce((sum, value, index) => sum + (value - slow[index]!) * slow[index]!, 0)).toBeCloseTo(0, 3);
    // 3 of 10 rows and 5 of 16 columns: white noise has that share of its power there.
    expect(square(slow) / square(noise)).toBeCloseTo((3 * 5) / (height * width), 1);
  });

  it('treats each frame by itself', () => {
    const noise = createNoise(6).normal(2 * height * width);
    const second = lowBand(noise.subarray(height * width), height, width, 0.2);
    expect(lowBand(noise, height, width, 0.2).subarray(height * width)).toEqual(second);
  });
});
