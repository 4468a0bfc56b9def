import { describe, expect, it } from 'vitest';
import { denoise, startPosition } from '../../../../src-main/engine/pipelines/denoise.ts';
import { RestyleWave, waveReach, type WaveSettings } from '../../../../src-main/engine/pipelines/restyle/restyle-wave.ts';
import { restyleTimesteps } from '../../../../src-main/engine/pipelines/restyle/restyle-levels.ts';
import type { UnetRun } from '../../../../src-main/engine/pipelines/unet-run.ts';
import { windowedUnet } from '../../../../src-main/engine/pipelines/windowed-unet.ts';
import { createNoise } from '../../../../src-main/engine/random/noise.ts';
import { fromDiffusers } from '../../../../src-main/engine/schedulers/from-diffusers.ts';
import { zeros } from '../../../../src-main/engine/tensor/tensor.ts';

const SHAPE = { channels: 2, height: 4, width: 4 };
const AREA = SHAPE.height * SHAPE.width;
const VALUES = SHAPE.channels * AREA;
const SOLVER = { _class_name: 'DPMSolverMultistepScheduler', beta_schedule: 'scaled_linear', beta_start: 0.00085, beta_end: 0.012, prediction_type: 'v_prediction', lambda_min_clipped: null };
const WINDOW = 6;
const TIMESTEPS = restyleTimesteps(0.7, 4, 900);

/** Mixes every frame with all others of its window, unevenly: where a window begins shows in every value. */
const mixing: UnetRun = async ({ sample, timestep }) => {
  const [, channels, frames] = sample.shape as [number, number, number];
  const out = zeros(sample.shape);
  for (let channel = 0; channel < channels; channel += 1) for (let i = 0; i < AREA; i += 1) {
    let mean = 0;
    for (let frame = 0; frame < frames; frame += 1) mean += (sample.data[(channel * frames + frame) * AREA + i]! * (1 + frame / 10)) / frames;
    for (let frame = 0; frame < frames; frame += 1) out.data[(channel * frames + frame) * AREA + i] = 0.3 * sample.data[(channel * frames + frame) * AREA + i]! + 0.5 * mean + timestep / 5000;
  }
  return out;
};

const clean = (frame: number) => createNoise(5).fork(`clean${frame}`).normal(VALUES);
const noised = (frame: number) => createNoise(5).fork(`noised${frame}`).normal(VALUES);

function waveOf(stride: number, first = 0, structure = 0): RestyleWave {
  const scheduler = fromDiffusers(SOLVER, TIMESTEPS.length, TIMESTEPS);
  const settings: WaveSettings = {
    window: WINDOW, stride, shape: SHAPE, scheduler, unet: mixing, guidanceScale: null, structure, noise: createNoise(1),
    promptEmbeds: () => ({ positive: zeros([1, 2, 3]), negative: null }), levels: () => ({ alpha: 0.8, sigma: 0.6 }),
  };
  return new RestyleWave(settings, first);
}

/** Pushes frames from `first` to `count` a few at a time; returns what arrives, by number. */
async function runWave(wave: RestyleWave, first: number, count: number): Promise<{ arrived: Map<number, Float32Array>; mostHeld: number }> {
  const arrived = new Map<number, Float32Array>();
  let mostHeld = 0;
  const drain = async () => {
    while (await wave.advance()) mostHeld = Math.max(mostHeld, wave.heldBytes());
    for (const { frame, latents } of wave.take()) arrived.set(frame, latents);
  };
  for (let frame = first; frame < count; frame += 1) {
    wave.push(noised(frame), clean(frame));
    if (frame % 3 === 2) await drain();
  }
  for (let missing = wave.missing(), frame = count; missing > 0; missing -= 1, frame += 1) wave.push(noised(frame), clean(frame));
  wave.end();
  await drain();
  return { arrived, mostHeld };
}

describe('a wave', () => {
  it.each([[4, 22], [3, 27], [5, 16], [6, 18], [1, 9]])('with stride %d gives what denoising %d frames at once gives', async (stride, count) => {
    const { arrived } = await runWave(waveOf(stride), 0, count);
    const scheduler = fromDiffusers(SOLVER, TIMESTEPS.length, TIMESTEPS);
    const whole = zeros([1, SHAPE.channels, count, SHAPE.height, SHAPE.width]);
    for (let frame = 0; frame < count; frame += 1) for (let channel = 0; channel < SHAPE.channels; channel += 1) whole.data.set(noised(frame).subarray(channel * AREA, (channel + 1) * AREA), (channel * count + frame) * AREA);
    const steps = denoise({ scheduler, unet: windowedUnet(mixing, WINDOW, WINDOW - stride, true), promptEmbeds: { positive: zeros([1, 2, 3]), negative: null }, guidanceScale: null, noise: createNoise(1) }, startPosition(whole));
    let estimate = whole;
    for (let next = await steps.next(); next.done !== true; next = await steps.next()) estimate = next.value.denoised;
    expect([...arrived.keys()]).toEqual(Array.from({ length: count }, (_, frame) => frame));
    for (let frame = 0; frame < count; frame += 1) for (let channel = 0; channel < SHAPE.channels; channel += 1) for (let i = 0; i < AREA; i += 1) {
      expect(arrived.get(frame)![channel * AREA + i]).toBeCloseTo(estimate.data[(channel * count + frame) * AREA + i]!, 5);
    }
  });

  it('that begins far enough ahead gives the very same frames', async () => {
    for (const stride of [4, 3]) {
      const reach = waveReach({ window: WINDOW, stride }, TIMESTEPS.length);
      const { arrived: whole } = await runWave(waveOf(stride, 0, 0.5), 0, 46);
      const first = stride * 3;
      const { arrived: later } = await runWave(waveOf(stride, first, 0.5), first, 46);
      for (let frame = first + reach; frame < 46; frame += 1) expect(later.get(frame)).toEqual(whole.get(frame));
      expect(later.get(first)).not.toEqual(whole.get(first));
    }
  });

  it('holds no more for a long clip than for a short one', async () => {
    const [short, long] = [await runWave(waveOf(4), 0, 42), await runWave(waveOf(4), 0, 402)];
    expect(long.mostHeld).toBe(short.mostHeld);
    expect(long.arrived.size).toBe(402);
  });

  it('pads a clip shorter than its window', async () => {
    const wave = waveOf(4);
    wave.push(noised(0), clean(0));
    expect(wave.missing()).toBe(WINDOW - 1);
  });

  it('keeps outlines the better the firmer the structure', async () => {
    const gap = async (structure: number) => {
      const { arrived } = await runWave(waveOf(4, 0, structure), 0, 10);
      let sum = 0;
      for (let frame = 0; frame < 10; frame += 1) {
        const [a, b] = [arrived.get(frame)!, clean(frame)];
        for (let i = 1; i < AREA; i += 1) sum += Math.abs(a[i]! - a[i - 1]! - (b[i]! - b[i - 1]!));
      }
      return sum;
    };
    const gaps = [await gap(0), await gap(0.5), await gap(1)];
    expect(gaps[1]).toBeLessThan(gaps[0]!);
    expect(gaps[2]).toBeLessThan(gaps[1]!);
  });
});

it('timesteps move with the strength, from none to the expert\'s noisiest', () => {
  expect([...restyleTimesteps(0, 4, 900)]).toEqual([]);
  expect([...restyleTimesteps(1, 4, 900)]).toEqual([900, 675, 450, 225]);
  expect([...restyleTimesteps(0.002, 4, 900)]).toEqual([2, 1]);
  let before = 0;
  for (let strength = 0.05; strength <= 1; strength += 0.05) {
    const start = restyleTimesteps(strength, 4, 900)[0]!;
    expect(start).toBeGreaterThan(before);
    before = start;
  }
});
