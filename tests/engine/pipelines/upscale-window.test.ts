import { describe, expect, it } from 'vitest';
import { enlargePart } from '../../../src-main/engine/pipelines/enlarge.ts';
import { blendShare, tileStarts, upscaleWindow, type UpscaleWindowSettings } from '../../../src-main/engine/pipelines/upscale-window.ts';
import type { VideoFrames } from '../../../src-main/engine/pipelines/video-tensor.ts';
import type { UnetRun } from '../../../src-main/engine/pipelines/unet-run.ts';
import { createNoise } from '../../../src-main/engine/random/noise.ts';
import { fromDiffusers } from '../../../src-main/engine/schedulers/from-diffusers.ts';
import { zeros } from '../../../src-main/engine/tensor/tensor.ts';
import { wavyFrames } from './wavy-frames.ts';

const SOLVER = { _class_name: 'DPMSolverMultistepScheduler', beta_schedule: 'squaredcos_cap_v2', prediction_type: 'sample', thresholding: false, lambda_min_clipped: -5.1 };

/** Answers with the condition: the enlargement, as a model does that has learned nothing beyond it. `bias` makes tiles differ. */
const passCondition = (bias: () => number): UnetRun => async ({ sample }) => {
  const half = sample.data.length / 2;
  const add = bias();
  return { data: sample.data.slice(half).map((value) => value + add), shape: [1, 3, ...sample.shape.slice(2)] };
};

async function enlarge(frames: VideoFrames, unet: UnetRun, override: Partial<UpscaleWindowSettings> = {}): Promise<VideoFrames> {
  const scheduler = fromDiffusers(SOLVER, 1);
  const context = { unet, scheduler, promptEmbeds: { positive: zeros([1, 2, 4]), negative: null }, guidanceScale: null, noise: createNoise(3) };
  const run = upscaleWindow(context, frames, { scale: 4, tile: { width: 16, height: 12 }, overlap: 4, noiseLevel: 0, enlargement: 'cornerBilinear', firstFrame: 0, noiseCondition: (sample) => sample, ...override });
  for (;;) {
    const next = await run.next();
    if (next.done === true) return next.value;
  }
}

describe('tiles', () => {
  it('cover any length and share at least the overlap', () => {
    for (const length of [1, 15, 16, 17, 28, 29, 144, 1001]) {
      const starts = tileStarts(length, 16, 4);
      expect(starts[0]).toBe(0);
      expect(starts.every((start) => start % 4 === 0)).toBe(true);
      expect(starts.at(-1)!).toBeGreaterThanOrEqual(Math.max(0, length - 16));
      expect(starts.at(-1)!).toBeLessThan(Math.max(0, length - 16) + 4);
      for (let i = 1; i < starts.length; i += 1) {
        expect(starts[i]! - starts[i - 1]!).toBeGreaterThan(0);
        expect(starts[i - 1]! + 16 - starts[i]!).toBeGreaterThanOrEqual(4);
      }
    }
  });

  it('meet without a seam: the picture equals the enlargement made in one piece', async () => {
    for (const [width, height] of [[37, 29], [16, 12], [9, 7]] as const) {
      const frames = wavyFrames(3, width, height);
      const tiled = await enlarge(frames, passCondition(() => 0));
      const whole = enlargePart(frames, 4, { x: 0, y: 0, width: width * 4, height: height * 4 }, 'cornerBilinear');
      expect([tiled.width, tiled.height, tiled.count]).toEqual([width * 4, height * 4, 3]);
      const area = width * height * 16;
      for (let pixel = 0; pixel < area; pixel += 1) expect(Math.abs(tiled.data[(area + pixel) * 3]! - (whole.data[area + pixel]! * 127.5 + 127.5))).toBeLessThanOrEqual(1.01);
    }
  });

  it('that differ pass into each other in small steps', async () => {
    let tile = 0;
    const flat: VideoFrames = { count: 1, width: 28, height: 12, data: new Uint8Array(28 * 12 * 3).fill(128) };
    const out = await enlarge(flat, passCondition(() => (tile++ % 2) * 0.4));
    const row = Array.from({ length: out.width }, (_, x) => out.data[(20 * out.width + x) * 3]!);
    expect(Math.max(...row) - Math.min(...row)).toBeGreaterThan(45);
    for (let x = 1; x < row.length; x += 1) expect(Math.abs(row[x]! - row[x - 1]!)).toBeLessThanOrEqual(5);
  });

  it('and windows that overlap start from the same noise', async () => {
    const seen: Float32Array[] = [];
    const spy: UnetRun = async ({ sample }) => {
      seen.push(sample.data.slice());
      return { data: sample.data.slice(sample.data.length / 2), shape: [1, 3, ...sample.shape.slice(2)] };
    };
    const frames = wavyFrames(3, 16, 12);
    await enlarge(frames, spy, { firstFrame: 0 });
    await enlarge(frames, spy, { firstFrame: 2 });
    const area = 64 * 48;
    // Frame 2 is the last of the first window and the first of the second.
    expect(seen[1]!.slice(0, area)).toEqual(seen[0]!.slice(2 * area, 3 * area));
    expect(seen[1]!.slice(0, area)).not.toEqual(seen[0]!.slice(0, area));
  });
});

it('the share of what comes in is symmetric and full behind the overlap', () => {
  for (const length of [1, 2, 7, 32]) for (let i = 0; i < length; i += 1) expect(blendShare(i, length) + blendShare(length - 1 - i, length)).toBeCloseTo(1, 12);
  expect([blendShare(2, 2), blendShare(0, 0)]).toEqual([1, 1]);
});
