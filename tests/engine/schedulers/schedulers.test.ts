import { describe, expect, it } from 'vitest';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { createNoise } from '../../../src-main/engine/random/noise.ts';
import { createDdim } from '../../../src-main/engine/schedulers/ddim.ts';
import { createDdpm } from '../../../src-main/engine/schedulers/ddpm.ts';
import { createDpmSolverMultistep } from '../../../src-main/engine/schedulers/dpm-solver-multistep.ts';
import { thresholdPerFrame } from '../../../src-main/engine/schedulers/dynamic-threshold.ts';
import { fromDiffusers, parsePythonJson } from '../../../src-main/engine/schedulers/from-diffusers.ts';
import { createAlphasCumprod } from '../../../src-main/engine/schedulers/noise-schedule.ts';
import { INITIAL_STATE, startIndexForStrength } from '../../../src-main/engine/schedulers/scheduler.ts';
import type { Scheduler } from '../../../src-main/engine/schedulers/scheduler.ts';
import type { Tensor } from '../../../src-main/engine/tensor/tensor.ts';

const cosine = { beta_schedule: 'squaredcos_cap_v2' };
const show1 = { ...cosine, _class_name: 'DPMSolverMultistepScheduler', lambda_min_clipped: -5.1, algorithm_type: 'dpmsolver++', solver_order: 2 };
const latent = { _class_name: 'DPMSolverMultistepScheduler', beta_schedule: 'scaled_linear', beta_start: 0.00085, beta_end: 0.012 };
const one = (value: number): Tensor => ({ data: Float32Array.of(value), shape: [1, 1, 1, 1, 1] });

/** The sample after each step from `start` = 1 with the model `output(x, t)`. */
function walk(scheduler: Scheduler, output: (x: number, t: number) => number, from = 0): number[] {
  let sample = one(1);
  let state = INITIAL_STATE;
  return Array.from(scheduler.timesteps.slice(from), (t, k) => {
    const result = scheduler.step(one(output(sample.data[0]!, t)), from + k, sample, { state });
    ({ prevSample: sample, state } = result);
    return sample.data[0]!;
  });
}

function expectClose(got: number | undefined, expected: number, relative = 2e-6): void {
  expect(Math.abs(got! - expected) / Math.abs(expected)).toBeLessThan(relative);
}

describe('noise schedules', () => {
  it('has the cosine levels of diffusers 0.19.3', () => {
    const abar = createAlphasCumprod({ numTrainTimesteps: 1000, betaStart: 0, betaEnd: 0, betaSchedule: 'squaredcos_cap_v2' });
    const goldens: readonly [number, number][] = [
      [0, 9.99958694e-1], [13, 0.99898034], [100, 0.97157562], [250, 0.84588802], [500, 0.49228504],
      [750, 0.14317866], [900, 0.02361611], [982, 7.0175e-4], [995, 3.88598e-5], [999, 2.42873e-9],
    ];
    for (const [t, value] of goldens) expectClose(abar[t], value, 5e-6);
    for (const [t, lambda] of [[0, 5.04723], [500, -0.01543], [982, -3.63062], [995, -5.07776], [996, -5.36544]] as const) {
      expect(0.5 * Math.log(abar[t]! / (1 - abar[t]!))).toBeCloseTo(lambda, 5);
    }
    expectClose(Math.sqrt(1 - abar[250]!), 0.3926, 2e-4);
    expectClose(abar[150], 0.94, 1e-4);
  });

  it('has the scaled linear levels', () => {
    const abar = createAlphasCumprod({ numTrainTimesteps: 1000, betaStart: 0.00085, betaEnd: 0.012, betaSchedule: 'scaled_linear' });
    expectClose(abar[799], 0.03719, 2e-4);
    expectClose(abar[899], 0.0143, 5e-4);
    expectClose(Math.sqrt(1 - abar[0]!), 0.0292, 2e-3);
  });
});

describe('DPM-Solver++ multistep', () => {
  it.each([
    [75, [995, 982, 968, 955, 942], [40, 27, 13]], [50, [995, 975, 955], [40, 20]],
    [125, [995, 987, 979], [16, 8]], [20, [995, 945, 896], [100, 50]], [10, [995, 896, 796, 696, 597], [199, 100]],
  ])('visits upstream\'s %i timesteps behind the lambda clip', (count, first, last) => {
    const { timesteps } = createDpmSolverMultistep(show1, count);
    expect(timesteps.length).toBe(count);
    expect(Array.from(timesteps).slice(0, first.length)).toEqual(first);
    expect(Array.from(timesteps).slice(-last.length)).toEqual(last);
  });

  it('visits the latent stage\'s timesteps and starts where the strength says', () => {
    const { timesteps } = createDpmSolverMultistep(latent, 50);
    expect([...timesteps.slice(0, 3), ...timesteps.slice(-2)]).toEqual([999, 979, 959, 40, 20]);
    for (const [strength, first, steps] of [[0.8, 799, 40], [0.9, 899, 45], [0.7, 699, 35], [0.6, 599, 30], [0.5, 500, 25], [1, 999, 50]] as const) {
      const start = startIndexForStrength(50, strength);
      expect([timesteps[start], 50 - start]).toEqual([first, steps]);
    }
    expect(startIndexForStrength(50, 0)).toBe(50);
  });

  it('spreads timesteps in the other two ways', () => {
    expect([...createDpmSolverMultistep({ ...latent, timestep_spacing: 'trailing' }, 4).timesteps]).toEqual([999, 749, 499, 249]);
    expect([...createDpmSolverMultistep({ ...latent, timestep_spacing: 'leading', steps_offset: 1 }, 4).timesteps]).toEqual([801, 601, 401, 201]);
  });

  // Scalar runs of the reference: model output = 0.3 x, start 1, no threshold.
  it('repeats the reference trajectories', () => {
    const base = walk(createDpmSolverMultistep(show1, 75), (x) => 0.3 * x);
    for (const [i, value] of [3.27459082, 5.04388443, 6.44218466, 7.71507362].entries()) expectClose(base[i], value);
    expectClose(base.at(-1), 34.21966479);
    expectClose(walk(createDpmSolverMultistep(show1, 20), (x) => 0.3 * x).at(-1), 45.68563703);
    expectClose(walk(createDpmSolverMultistep({ ...show1, prediction_type: 'v_prediction' }, 125), (x) => 0.3 * x).at(-1), 0.62693479);
    expectClose(walk(createDpmSolverMultistep(latent, 50), (x) => 0.3 * x, startIndexForStrength(50, 0.8)).at(-1), 2.60092824);
  });

  it('solves the Gaussian case: order 2 is nearer than order 1, and both variants converge', () => {
    // For data of standard deviation 0.5 the exact noise prediction is linear and the exact end is known.
    const abar = createAlphasCumprod({ numTrainTimesteps: 1000, betaStart: 0.00085, betaEnd: 0.012, betaSchedule: 'scaled_linear' });
    const spread = (t: number): number => Math.sqrt(0.25 * abar[t]! + (1 - abar[t]!));
    const error = (extra: object, count: number): number => {
      const scheduler = createDpmSolverMultistep({ ...latent, lower_order_final: false, ...extra }, count);
      // Compared half way: the last step of evenly spaced times is too long for the order to show.
      const middle = walk(scheduler, (x, t) => (Math.sqrt(1 - abar[t]!) * x) / spread(t) ** 2)[count / 2 - 1]!;
      return Math.abs(middle - spread(scheduler.timesteps[count / 2]!) / spread(scheduler.timesteps[0]!));
    };
    for (const solver_type of ['midpoint', 'heun']) {
      expect(error({ solver_type }, 40)).toBeLessThan(error({ solver_order: 1 }, 40) / 4);
      expect(error({ solver_type }, 80)).toBeLessThan(error({ solver_type }, 40) / 2);
    }
  });

  it('drops to first order at the end only below 15 steps', () => {
    const lastTwo = (count: number, lower_order_final: boolean): number => walk(createDpmSolverMultistep({ ...show1, lower_order_final }, count), (x) => 0.3 * x).at(-1)!;
    expect(lastTwo(14, true)).not.toBe(lastTwo(14, false));
    expect(lastTwo(15, true)).toBe(lastTwo(15, false));
  });

  it('lands on the denoised estimate when told to end without noise', () => {
    const scheduler = createDpmSolverMultistep({ ...show1, final_sigmas_type: 'zero' }, 10);
    const result = scheduler.step(one(0.2), 9, one(0.5), { state: { denoised: [Float32Array.of(0.1)] } });
    expect(result.prevSample.data).toEqual(result.denoised.data);
  });

  it('resumes from its plain state bit for bit', () => {
    const scheduler = createDpmSolverMultistep({ ...show1, thresholding: true, sample_max_value: 1.5, dynamic_thresholding_ratio: 0.95 }, 8);
    const noise = createNoise(5);
    const shape = [1, 3, 2, 4, 4];
    const outputs = Array.from({ length: 8 }, (_, i) => ({ data: noise.fork(`output${i}`).normal(96), shape }));
    let sample: Tensor = { data: noise.fork('start').normal(96), shape };
    let state = INITIAL_STATE;
    let saved = '';
    for (let i = 0; i < 8; i += 1) {
      if (i === 4) saved = JSON.stringify({ sample: [...sample.data], denoised: state.denoised.map((d) => [...d]) });
      ({ prevSample: sample, state } = scheduler.step(outputs[i]!, i, sample, { state }));
    }
    const loaded = JSON.parse(saved) as { sample: number[]; denoised: number[][] };
    let again: Tensor = { data: Float32Array.from(loaded.sample), shape };
    let againState = { denoised: loaded.denoised.map((d) => Float32Array.from(d)) };
    const fresh = createDpmSolverMultistep({ ...show1, thresholding: true, sample_max_value: 1.5, dynamic_thresholding_ratio: 0.95 }, 8);
    for (let i = 4; i < 8; i += 1) {
      const result = fresh.step(outputs[i]!, i, again, { state: againState });
      again = result.prevSample;
      againState = { denoised: [...result.state.denoised] as Float32Array<ArrayBuffer>[] };
    }
    expect(again.data).toEqual(sample.data);
  });
});

describe('dynamic thresholding', () => {
  const line = Float32Array.from({ length: 12 }, (_, i) => -3 + (6 * i) / 11);
  const expected = [-1, -1, -1, -0.909091, -0.545455, -0.181818, 0.181818, 0.545455, 0.909091, 1, 1, 1];

  it('repeats the reference frame', () => {
    const x0 = { data: line.slice(), shape: [1, 3, 1, 2, 2] };
    thresholdPerFrame(x0, { dynamicThresholdingRatio: 0.95, sampleMaxValue: 1.5 });
    for (const [i, value] of expected.entries()) expect(x0.data[i]).toBeCloseTo(value, 5);
  });

  it('treats each frame alone', () => {
    // Frame 0 holds the line, frame 1 the same at a tenth: that one is below 1 everywhere and stays.
    const data = new Float32Array(24);
    for (let channel = 0; channel < 3; channel += 1) {
      for (let i = 0; i < 4; i += 1) {
        data[channel * 8 + i] = line[channel * 4 + i]!;
        data[channel * 8 + 4 + i] = line[channel * 4 + i]! / 10;
      }
    }
    const before = data.slice();
    thresholdPerFrame({ data, shape: [1, 3, 2, 2, 2] }, { dynamicThresholdingRatio: 0.95, sampleMaxValue: 1.5 });
    for (let channel = 0; channel < 3; channel += 1) {
      for (let i = 0; i < 4; i += 1) {
        expect(data[channel * 8 + i]).toBeCloseTo(expected[channel * 4 + i]!, 5);
        expect(data[channel * 8 + 4 + i]).toBe(before[channel * 8 + 4 + i]);
      }
    }
  });

  it('interpolates the quantile and is a plain clip at maximum 1', () => {
    const values = Float32Array.of(0, 1.1, 1.2, 1.3, 1.4);
    const x0 = { data: values.slice(), shape: [1, 1, 1, 1, 5] };
    thresholdPerFrame(x0, { dynamicThresholdingRatio: 0.9, sampleMaxValue: 5 });
    for (const [i, value] of values.entries()) expect(x0.data[i]).toBeCloseTo(Math.min(value, 1.36) / 1.36, 6);
    const clipped = { data: line.slice(), shape: [1, 3, 1, 2, 2] };
    thresholdPerFrame(clipped, { dynamicThresholdingRatio: 0.95, sampleMaxValue: 1 });
    expect([...clipped.data]).toEqual([...line].map((value) => Math.min(Math.max(value, -1), 1)));
  });
});

describe('DDPM and DDIM', () => {
  const plain = { ...cosine, clip_sample: false };
  const shape = [1, 3, 1, 2, 2];
  const draw = (name: string): Tensor => ({ data: createNoise(9).fork(name).normal(12), shape });

  it.each([['epsilon'], ['v_prediction'], ['sample']])('agree where they must: DDIM with eta 1 is ancestral sampling (%s)', (prediction_type) => {
    const ddpm = createDdpm({ ...plain, prediction_type }, 10);
    const ddim = createDdim({ ...plain, prediction_type, eta: 1 }, 10);
    expect([...ddpm.timesteps]).toEqual([900, 800, 700, 600, 500, 400, 300, 200, 100, 0]);
    for (const index of [0, 5, 9]) {
      const [a, b] = [ddpm, ddim].map((scheduler) => scheduler.step(draw('output'), index, draw('sample'), { noise: draw('noise') }).prevSample.data);
      for (let i = 0; i < 12; i += 1) expect(Math.abs(a![i]! - b![i]!)).toBeLessThan(1e-5 * (1 + Math.abs(a![i]!)));
    }
  });

  it('reads a learned variance as a place between its bounds', () => {
    const learned = createDdpm({ ...plain, variance_type: 'learned_range' }, 10);
    const fixed = createDdpm(plain, 10);
    const [sample, noise, output] = [draw('sample'), draw('noise'), draw('output')];
    const withVariance = (value: number): Tensor => ({ data: Float32Array.from([...output.data, ...Array.from({ length: 12 }, () => value)]), shape: [1, 6, 1, 2, 2] });
    const still = fixed.step(output, 3, sample, { noise: { data: new Float32Array(12), shape } }).prevSample.data;
    const small = fixed.step(output, 3, sample, { noise }).prevSample.data;
    const lowest = learned.step(withVariance(-1), 3, sample, { noise }).prevSample.data;
    for (let i = 0; i < 12; i += 1) expect(lowest[i]).toBeCloseTo(small[i]!, 6);
    const abar = createAlphasCumprod({ numTrainTimesteps: 1000, betaStart: 0, betaEnd: 0, betaSchedule: 'squaredcos_cap_v2' });
    const largest = learned.step(withVariance(1), 3, sample, { noise }).prevSample.data;
    const deviation = Math.sqrt(1 - abar[600]! / abar[500]!);
    for (let i = 0; i < 12; i += 1) expect(largest[i]! - still[i]!).toBeCloseTo(deviation * noise.data[i]!, 5);
  });

  it('recovers the clean sample from its own noise in one step', () => {
    const [clean, noise] = [draw('clean'), draw('noise')];
    const ddim = createDdim(plain, 10);
    const noised = ddim.addNoise(clean, noise, ddim.timesteps[4]!);
    const { denoised, prevSample } = ddim.step(noise, 4, noised);
    const expected = ddim.addNoise(clean, noise, ddim.timesteps[5]!);
    for (let i = 0; i < 12; i += 1) {
      expect(denoised.data[i]).toBeCloseTo(clean.data[i]!, 5);
      expect(prevSample.data[i]).toBeCloseTo(expected.data[i]!, 5);
    }
  });

  it.each([['epsilon'], ['v_prediction'], ['sample']])('inverts its own steps exactly (%s)', (prediction_type) => {
    const ddim = createDdim({ ...plain, prediction_type, set_alpha_to_one: false }, 10);
    for (const index of [9, 4, 0]) {
      const prev = draw(`prev${index}`);
      const output = draw(`output${index}`);
      const back = ddim.step(output, index, ddim.invertStep(output, index, prev)).prevSample;
      for (let i = 0; i < 12; i += 1) expect(Math.abs(back.data[i]! - prev.data[i]!)).toBeLessThan(1e-4);
    }
  });

  it('clips the denoised sample only where configured', () => {
    const large = { data: Float32Array.from({ length: 12 }, () => 3), shape };
    const zero = { data: new Float32Array(12), shape };
    expect(createDdim(cosine, 10).step(zero, 9, large).denoised.data[0]).toBe(1);
    expect(createDdim(plain, 10).step(zero, 9, large).denoised.data[0]).toBeGreaterThan(2.9);
  });

  it('asks for the noise that it needs', () => {
    expect(() => createDdpm(plain, 10).step(draw('a'), 0, draw('b'))).toThrow(/needs noise/);
    expect(createDdpm(plain, 10).step(draw('a'), 9, draw('b')).prevSample.shape).toEqual(shape);
  });
});

describe('configurations', () => {
  it('reads a diffusers file with Python infinities', () => {
    const json = parsePythonJson('{"_class_name": "DPMSolverMultistepScheduler", "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012, "lambda_min_clipped": -Infinity, "note": "-Infinity \\" NaN", "thresholding": false, "trained_betas": null, "_diffusers_version": "0.19.3"}');
    expect((json as { note: string }).note).toBe('-Infinity " NaN');
    expect(Array.from(fromDiffusers(json, 50).timesteps).slice(0, 2)).toEqual([999, 979]);
  });

  it.each([
    [{ _class_name: 'EulerDiscreteScheduler' }, 10, /no scheduler "EulerDiscreteScheduler".*correct _class_name/],
    [{ _class_name: 'constructor' }, 10, /no scheduler/],
    [{ ...show1, solver_order: 3 }, 10, /solverOrder/],
    [{ ...show1, algorithm_type: 'sde-dpmsolver++' }, 10, /algorithmType/],
    [{ ...show1, use_karras_sigmas: true }, 10, /useKarrasSigmas/],
    [{ ...show1, beta_schedule: 'sigmoid' }, 10, /betaSchedule/],
    [show1, 0, /0 inference steps are not between 1 and 1000/],
    [show1, 2.5, /2\.5 inference steps/],
  ])('refuses %j with %d steps', (json, steps, message) => {
    try {
      fromDiffusers(json, steps);
    } catch (error) {
      expect(StudioError.is(error, 'SCHEDULER_CONFIG_INVALID')).toBe(true);
      expect((error as Error).message).toMatch(message);
      return;
    }
    throw new Error('was accepted');
  });
});
