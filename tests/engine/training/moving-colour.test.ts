import { describe, expect, it } from 'vitest';
import { createNoise } from '../../../src-main/engine/random/noise.ts';
import { movingColour, turnColours, type ColourDirection } from '../../../src-main/engine/training/moving-colour.ts';

const [frames, height, width] = [8, 6, 16];

/** A block of one colour that crosses a ground of another. */
function crossing(subject: ColourDirection, ground: ColourDirection): { data: Float32Array; shape: readonly number[] } {
  const data = new Float32Array(3 * frames * height * width);
  for (let channel = 0; channel < 3; channel += 1) for (let frame = 0; frame < frames; frame += 1) for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) {
    const covered = y >= 2 && y < 4 && x >= frame * 2 && x < frame * 2 + 2;
    data[((channel * frames + frame) * height + y) * width + x] = covered ? subject[channel]! : ground[channel]!;
  }
  return { data, shape: [1, 3, frames, height, width] };
}

const unit = (values: readonly number[]): number[] => values.map((value) => value / Math.hypot(...values));

describe('the colour of what moves', () => {
  it('is how the subject differs from its ground, whichever of the two is brighter', () => {
    const [bright, dark] = [[0.9, 0.7, -0.5], [-0.6, -0.2, 0.2]] as const;
    for (const [subject, ground] of [[bright, dark], [dark, bright]] as const) {
      const found = movingColour(crossing(subject, ground))!;
      for (const [channel, value] of unit(subject.map((own, index) => own - ground[index]!)).entries()) expect(found[channel]).toBeCloseTo(value, 4);
    }
  });

  it('is none for what stands still, and for latents', () => {
    const still = crossing([0.1, 0.1, 0.1], [0.1, 0.1, 0.1]);
    expect(movingColour(still)).toBeNull();
    expect(movingColour({ data: new Float32Array(4 * 8), shape: [1, 4, 2, 2, 2] })).toBeNull();
  });
});

describe('turning the colours of noise', () => {
  it.each<[string, ColourDirection, ColourDirection]>([
    ['another colour', [1, 0, 0], [0, 0.6, 0.8]], ['nearly the same', [0.6, 0.8, 0], [0.6, 0.8, 0]], ['the opposite', [0, 0, 1], [0, 0, -1]],
  ])('brings one to %s and keeps every length and angle', (_what, from, to) => {
    const pixels = [from, createNoise(3).normal(3)] as const;
    const planes = Float32Array.from([0, 1, 2].flatMap((channel) => pixels.map((pixel) => pixel[channel]!)));
    const turned = turnColours(planes, from, to);
    const pixel = (values: Float32Array, index: number): number[] => [0, 1, 2].map((channel) => values[channel * 2 + index]!);
    for (const [channel, value] of pixel(turned, 0).entries()) expect(value).toBeCloseTo(to[channel]!, 5);
    const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, index) => sum + value * b[index]!, 0);
    expect(dot(pixel(turned, 1), pixel(turned, 1))).toBeCloseTo(dot(pixel(planes, 1), pixel(planes, 1)), 4);
    expect(dot(pixel(turned, 0), pixel(turned, 1))).toBeCloseTo(dot(pixel(planes, 0), pixel(planes, 1)), 4);
  });
});
