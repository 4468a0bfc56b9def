import { expect, test } from 'vitest';
import { SteadyFrames } from '../../../../src-main/engine/pipelines/restyle/steady-frames.ts';
import { createNoise } from '../../../../src-main/engine/random/noise.ts';
import type { VideoFrames } from '../../../../src-main/engine/pipelines/video-tensor.ts';

const [width, height] = [192, 128];

/** A texture that has moved right by `moved` pixels, with `noise` of its own for each `seed`. */
function picture(moved: number, noise = 0, seed = 0): VideoFrames {
  const data = new Uint8Array(width * height * 3);
  const grains = createNoise(seed).normal(width * height);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) {
    const u = x - moved;
    const grain = noise * grains[y * width + x]!;
    for (let channel = 0; channel < 3; channel += 1) data[(y * width + x) * 3 + channel] = 128 + 50 * Math.sin(u / 7 + channel) * Math.cos(y / 6) + Math.max(Math.min(grain, 60), -60);
  }
  return { count: 1, width, height, data };
}

/** Mean difference of two pictures away from the borders, `now` shifted back by `shift`. */
function difference(before: VideoFrames, now: VideoFrames, shift: number): number {
  let [sum, count] = [0, 0];
  for (let y = 8; y < height - 8; y += 1) for (let x = 16; x < width - 16; x += 1) {
    sum += Math.abs(before.data[(y * width + x) * 3]! - now.data[(y * width + x + shift) * 3]!);
    count += 1;
  }
  return sum / count;
}

test('what the model draws anew in each frame is carried along with what moves', () => {
  const steady = new SteadyFrames(null);
  const numbers = [0, 1, 2, 3, 4];
  const drawn = numbers.map((k) => picture(3 * k, 20, k));
  const shown = numbers.map((k) => steady.next(k, drawn[k]!, picture(3 * k)));
  expect(shown[0]).toEqual(drawn[0]);
  const flicker = (frames: readonly VideoFrames[]) => difference(frames[3]!, frames[4]!, 3);
  expect(flicker(shown)).toBeLessThan(0.4 * flicker(drawn));
  // And it is still the picture, where it belongs.
  expect(difference(picture(12), shown[4]!, 0)).toBeLessThan(difference(picture(12), drawn[4]!, 0));
});

test('a clip that changes as its source does, and one behind a cut, are left as they are', () => {
  const steady = new SteadyFrames(null);
  for (const k of [0, 1, 2]) {
    const drawn = picture(2 * k);
    expect(steady.next(k, drawn, picture(2 * k))).toBe(drawn);
  }
  const [dark, bright] = [picture(0), picture(0)];
  dark.data.fill(10);
  bright.data.fill(250);
  const behind = steady.next(3, dark, bright);
  expect(difference(behind, dark, 0)).toBeLessThan(2);
});

test('goes on behind an earlier run as if it had drawn everything itself', () => {
  const numbers = [0, 1, 2, 3, 4, 5];
  const [drawn, sources] = [numbers.map((k) => picture(2 * k, 16, k)), numbers.map((k) => picture(2 * k))];
  const whole = new SteadyFrames(null);
  const shown = numbers.map((k) => whole.next(k, drawn[k]!, sources[k]!));
  const later = new SteadyFrames({ number: 3, frame: shown[3]! });
  const again = [2, 3, 4, 5].map((k) => later.next(k, drawn[k]!, sources[k]!));
  expect(again.slice(1)).toEqual(shown.slice(3));
});
