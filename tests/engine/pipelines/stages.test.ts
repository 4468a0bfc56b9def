import { describe, expect, it } from 'vitest';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { createNoise } from '../../../src-main/engine/random/noise.ts';
import { createDdim } from '../../../src-main/engine/schedulers/ddim.ts';
import { createDdpm } from '../../../src-main/engine/schedulers/ddpm.ts';
import { createDpmSolverMultistep } from '../../../src-main/engine/schedulers/dpm-solver-multistep.ts';
import { interpolation, segmentCondition, SHOW1_INTERPOLATION } from '../../../src-main/engine/pipelines/interpolation.ts';
import { keyframes } from '../../../src-main/engine/pipelines/keyframes.ts';
import { decodeStageCheckpoint, encodeStageCheckpoint } from '../../../src-main/engine/pipelines/stage-checkpoint.ts';
import type { StageCheckpoint, StageContext, StageRun, StageStep } from '../../../src-main/engine/pipelines/stage-step.ts';
import { resizeFrames } from '../../../src-main/engine/pipelines/resize.ts';
import { SHOW1_SUPER_RESOLUTION_1, superResolution1, windowStarts } from '../../../src-main/engine/pipelines/super-resolution-1.ts';
import { superResolution2 } from '../../../src-main/engine/pipelines/super-resolution-2.ts';
import type { FrameVae } from '../../../src-main/engine/pipelines/super-resolution-2.ts';
import type { UnetInputs, UnetRun } from '../../../src-main/engine/pipelines/unet-run.ts';
import { fromVideoFrames, sliceFrames, toVideoFrames } from '../../../src-main/engine/pipelines/video-tensor.ts';
import { windowedUnet } from '../../../src-main/engine/pipelines/windowed-unet.ts';
import type { Tensor } from '../../../src-main/engine/tensor/tensor.ts';

const show1 = { beta_schedule: 'squaredcos_cap_v2', lambda_min_clipped: -5.1, thresholding: true, sample_max_value: 1.5, dynamic_thresholding_ratio: 0.95 };
const embed = (value: number): Tensor => ({ data: new Float32Array(4).fill(value), shape: [1, 2, 2] });

/**
 * A small pure model with the interface of a unet: every output value depends on its own input, on the frame before, on the
 * condition, on time, text and noise level, and there are twice the channels, as in Show-1.
 */
function createUnet(outChannels = 3, learnedVariance = true): { run: UnetRun; calls: UnetInputs[] } {
  const calls: UnetInputs[] = [];
  const run: UnetRun = (inputs) => {
    calls.push(inputs);
    const [batch, channels, frames, height, width] = inputs.sample.shape as [number, number, number, number, number];
    const area = height * width;
    const outputs = outChannels * (learnedVariance ? 2 : 1);
    const data = new Float32Array(batch * outputs * frames * area);
    for (let b = 0; b < batch; b += 1) {
      const text = inputs.promptEmbeds.data[b * 4]!;
      for (let c = 0; c < outputs; c += 1) {
        for (let i = 0; i < frames * area; i += 1) {
          const at = (b * channels + (c % outChannels)) * frames * area + i;
          const condition = channels > outChannels ? inputs.sample.data[(b * channels + outChannels + (c % 3)) * frames * area + i]! : 0;
          const before = i >= area ? inputs.sample.data[at - area]! : 0;
          data[(b * outputs + c) * frames * area + i] = 0.6 * inputs.sample.data[at]! + 0.1 * before - 0.2 * condition + 0.05 * text + inputs.timestep / 5000 + (inputs.classLabel ?? 0) / 5000;
        }
      }
    }
    return Promise.resolve({ data, shape: [batch, outputs, frames, height, width] });
  };
  return { run, calls };
}

function contextOf(overrides: Partial<StageContext> = {}): StageContext {
  return {
    unet: createUnet().run, scheduler: createDpmSolverMultistep(show1, 5), promptEmbeds: { positive: embed(1), negative: embed(-1) },
    guidanceScale: 3, noise: createNoise(7).fork('stage'), ...overrides,
  };
}

async function finish(run: StageRun): Promise<{ output: Tensor; steps: StageStep[]; saved: (Uint8Array | null)[] }> {
  const steps: StageStep[] = [];
  const saved: (Uint8Array | null)[] = [];
  for (;;) {
    const next = await run.next();
    if (next.done) return { output: next.value, steps, saved };
    steps.push(next.value);
    saved.push(next.value.checkpoint ? encodeStageCheckpoint('keyframes', next.value.checkpoint) : null);
  }
}

/** Runs a stage whole, then again from each of its checkpoints: every continuation must end in the very same values. */
async function expectResumable(start: (resume: StageCheckpoint | null) => StageRun): Promise<void> {
  const whole = await finish(start(null));
  for (const [i, bytes] of whole.saved.entries()) {
    if (!bytes) continue;
    const resumed = await finish(start(decodeStageCheckpoint('keyframes', bytes)));
    expect(resumed.output.data).toEqual(whole.output.data);
    expect(resumed.steps.map(({ step }) => step)).toEqual(whole.steps.slice(i + 1).map(({ step }) => step));
  }
}

const small = { frames: 4, height: 4, width: 6 };
const clip = (frames: number, height = 2, width = 3): Tensor => ({ data: createNoise(3).fork('clip').normal(3 * frames * height * width).map((x) => Math.tanh(x)), shape: [1, 3, frames, height, width] });

describe('keyframes', () => {
  it('counts steps, shows the estimate, and gives the same frames for the same seed only', async () => {
    const { output, steps } = await finish(keyframes(contextOf(), small));
    expect(output.shape).toEqual([1, 3, 4, 4, 6]);
    expect(steps.map(({ step, total, phase }) => [step, total, phase])).toEqual([1, 2, 3, 4, 5].map((step) => [step, 5, 'denoising']));
    expect(steps[0]!.preview!.shape).toEqual(output.shape);
    expect((await finish(keyframes(contextOf(), small))).output.data).toEqual(output.data);
    expect((await finish(keyframes(contextOf({ noise: createNoise(8).fork('stage') }), small))).output.data).not.toEqual(output.data);
  });

  it('guides with [negative, positive] and skips the second pass where guidance is off', async () => {
    const guided = createUnet();
    await finish(keyframes(contextOf({ unet: guided.run }), small));
    expect(guided.calls[0]!.sample.shape).toEqual([2, 3, 4, 4, 6]);
    expect([...guided.calls[0]!.promptEmbeds.data]).toEqual([-1, -1, -1, -1, 1, 1, 1, 1]);
    for (const guidanceScale of [1, null, 0]) {
      const plain = createUnet();
      await finish(keyframes(contextOf({ unet: plain.run, guidanceScale }), small));
      expect(plain.calls[0]!.sample.shape[0]).toBe(1);
      expect([...plain.calls[0]!.promptEmbeds.data]).toEqual([1, 1, 1, 1]);
    }
    // The model is linear in its text, so guidance at scale s acts like the text -1 + 2 s.
    const scaled = await finish(keyframes(contextOf(), small));
    const moved = await finish(keyframes(contextOf({ promptEmbeds: { positive: embed(5), negative: null } }), small));
    for (const [i, value] of moved.output.data.entries()) expect(scaled.output.data[i]).toBeCloseTo(value, 4);
  });

  it.each([
    ['DPM-Solver++', () => createDpmSolverMultistep(show1, 5)],
    ['DDPM', () => createDdpm({ beta_schedule: 'squaredcos_cap_v2' }, 5)],
    ['DDPM with learned variance', () => createDdpm({ beta_schedule: 'squaredcos_cap_v2', variance_type: 'learned_range' }, 5)],
    ['DDIM', () => createDdim({ beta_schedule: 'squaredcos_cap_v2', eta: 0.5 }, 5)],
  ])('resumes bit for bit from every checkpoint with %s', async (_name, scheduler) => {
    await expectResumable((resume) => keyframes(contextOf({ scheduler: scheduler() }), small, resume));
  });

  it('stops between steps with the signal\'s reason', async () => {
    const controller = new AbortController();
    const unet = createUnet();
    const run = keyframes(contextOf({ unet: unet.run, signal: controller.signal }), small);
    await run.next();
    controller.abort(new StudioError('PAUSED', 'paused'));
    await expect(run.next()).rejects.toMatchObject({ code: 'PAUSED' });
    expect(unet.calls.length).toBe(1);
  });

  it('names the step that stopped being numbers, and a model of other channels', async () => {
    const broken: UnetRun = (inputs) => Promise.resolve({ data: new Float32Array(2 * 72 * 4).fill(NaN), shape: [2, 3, 4, 4, 6].map((d, i) => (i === 0 ? inputs.sample.shape[0]! : d)) });
    await expect(finish(keyframes(contextOf({ unet: broken }), small))).rejects.toMatchObject({ code: 'NON_FINITE' });
    await expect(finish(keyframes(contextOf({ unet: createUnet(4, false).run }), small))).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
  });
});

describe('interpolation', () => {
  it('blends the condition linearly and marks the key frames', () => {
    const condition = segmentCondition({ data: Float32Array.of(0, 4, 8, 0, 4, 8, 0, 4, 8), shape: [1, 3, 3, 1, 1] }, 1, SHOW1_INTERPOLATION);
    expect(condition.shape).toEqual([1, 4, 5, 1, 1]);
    expect([...condition.data]).toEqual([4, 5, 6, 7, 8, 4, 5, 6, 7, 8, 4, 5, 6, 7, 8, 1, 0, 0, 0, 1]);
    const masked = segmentCondition({ data: Float32Array.of(2, 4, 2, 4, 2, 4), shape: [1, 3, 2, 1, 1] }, 0, { ...SHOW1_INTERPOLATION, condition: 'masked' });
    expect(masked.data.slice(0, 5)).toEqual(Float32Array.of(2, 0, 0, 0, 4));
  });

  it('makes 29 frames of 8 from one shared noise, and a later segment wins', async () => {
    const unet = createUnet();
    const { output, steps } = await finish(interpolation(contextOf({ unet: unet.run }), clip(8), SHOW1_INTERPOLATION));
    expect(output.shape).toEqual([1, 3, 29, 2, 3]);
    expect([steps.length, steps.at(-1)!.step, steps[0]!.total]).toEqual([35, 35, 35]);
    expect(steps[3]!.preview!.shape).toEqual(output.shape);
    const firsts = unet.calls.filter((_, i) => i % 5 === 0).map((call) => call.sample);
    expect(firsts[0]!.shape).toEqual([2, 7, 5, 2, 3]);
    for (const first of firsts) expect(first.data.slice(0, 90)).toEqual(firsts[0]!.data.slice(0, 90));
    // Segment 1 alone, from the same noise, is what stands at frames 4 to 7 (frame 8 belongs to segment 2).
    const alone = await finish(interpolation(contextOf(), sliceFrames(clip(8), 1, 2), SHOW1_INTERPOLATION));
    expect(sliceFrames(output, 4, 4).data).toEqual(sliceFrames(alone.output, 0, 4).data);
  });

  it('can leave key frames as they are', async () => {
    const { output } = await finish(interpolation(contextOf(), clip(3), { ...SHOW1_INTERPOLATION, keyFrames: 'keep' }));
    for (const key of [0, 1, 2]) expect(sliceFrames(output, key * 4, 1).data).toEqual(sliceFrames(clip(3), key, 1).data);
    expect(sliceFrames(output, 1, 1).data).not.toEqual(sliceFrames(clip(3), 0, 1).data);
  });

  it('resumes bit for bit inside and between segments', async () => {
    await expectResumable((resume) => interpolation(contextOf({ scheduler: createDpmSolverMultistep(show1, 2) }), clip(4), SHOW1_INTERPOLATION, resume));
    await expect(finish(interpolation(contextOf(), clip(1), SHOW1_INTERPOLATION))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('superResolution1', () => {
  const settings = { ...SHOW1_SUPER_RESOLUTION_1, scale: 2 };
  const scheduler = createDpmSolverMultistep({ ...show1, prediction_type: 'v_prediction', sample_max_value: 1 }, 2);
  const models = { noiseCondition: scheduler.addNoise };

  it('covers 29 frames in windows of 8 that share one frame', () => {
    expect(windowStarts(29, 8)).toEqual([0, 7, 14, 21]);
    expect(windowStarts(8, 8)).toEqual([0]);
    expect(windowStarts(12, 8)).toEqual([0, 4]);
    expect(() => windowStarts(5, 8)).toThrow(/5 frames, one window needs 8/);
  });

  it('conditions each window on the clean frame before it, at the noise level', async () => {
    const unet = createUnet();
    const { output, steps } = await finish(superResolution1(contextOf({ unet: unet.run, scheduler }), clip(29), settings, models));
    expect(output.shape).toEqual([1, 3, 29, 4, 6]);
    expect([steps.length, steps[0]!.total]).toEqual([8, 8]);
    expect(unet.calls.every((call) => call.classLabel === 250)).toBe(true);
    const conditionOf = (call: UnetInputs): Tensor => ({ data: call.sample.data.slice(3 * 8 * 24, 6 * 8 * 24), shape: [1, 3, 8, 4, 6] });
    for (const window of [1, 2, 3]) {
      const condition = conditionOf(unet.calls[window * 2]!);
      // The shared frame was overwritten since; the first frame of a window is what the window before had put there.
      const before = await finish(superResolution1(contextOf({ scheduler }), sliceFrames(clip(29), 0, window * 7 + 1), settings, models));
      expect(sliceFrames(condition, 0, 1).data).toEqual(sliceFrames(before.output, window * 7, 1).data);
    }
    // Without an image model, frame 0 of the clip is conditioned on its noised enlargement: neither clean nor unrelated.
    const first = sliceFrames(conditionOf(unet.calls[0]!), 0, 1).data;
    const given = createUnet();
    const clean = { data: new Float32Array(72).fill(0.25), shape: [1, 3, 1, 4, 6] };
    await finish(superResolution1(contextOf({ unet: given.run, scheduler }), clip(8), settings, { ...models, firstFrame: () => Promise.resolve(clean) }));
    expect(sliceFrames(conditionOf(given.calls[0]!), 0, 1).data).toEqual(clean.data);
    expect(first).not.toEqual(clean.data);
  });

  it('resumes bit for bit inside and between windows', async () => {
    await expectResumable((resume) => superResolution1(contextOf({ scheduler }), clip(15), settings, models, resume));
  });
});

describe('superResolution2', () => {
  /** An autoencoder with an exact inverse: means of 2x2 blocks per channel plus a constant fourth channel, no variance. */
  const vae: FrameVae = {
    scalingFactor: 0.5,
    encode: (pixels) => {
      const [height, width] = [pixels.shape[2]! / 2, pixels.shape[3]! / 2];
      const data = new Float32Array(4 * height * width);
      for (let c = 0; c < 3; c += 1) for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) data[(c * height + y) * width + x] = pixels.data[(c * height * 2 + y * 2) * width * 2 + x * 2]!;
      const shape = [1, 4, height, width];
      return Promise.resolve({ mean: { data, shape }, logVariance: { data: new Float32Array(data.length).fill(-40), shape } });
    },
    decode: (latents) => {
      const [height, width] = [latents.shape[2]!, latents.shape[3]!];
      const data = new Float32Array(3 * height * width * 4);
      for (let c = 0; c < 3; c += 1) for (let y = 0; y < height * 2; y += 1) for (let x = 0; x < width * 2; x += 1) data[(c * height * 2 + y) * width * 2 + x] = latents.data[(c * height + (y >> 1)) * width + (x >> 1)]!;
      return Promise.resolve({ data, shape: [1, 3, height * 2, width * 2] });
    },
  };
  const scheduler = createDpmSolverMultistep({ beta_schedule: 'scaled_linear', beta_start: 0.00085, beta_end: 0.012 }, 50);
  const settings = { width: 12, height: 8, strength: 0.8 };
  const context = (overrides: Partial<StageContext> = {}): StageContext => contextOf({ scheduler, unet: createUnet(4, false).run, ...overrides });

  it('starts at the strength\'s timestep and decodes frame by frame', async () => {
    const unet = createUnet(4, false);
    const { output, steps } = await finish(superResolution2(context({ unet: unet.run }), clip(3), settings, vae));
    expect(output.shape).toEqual([1, 3, 3, 8, 12]);
    expect(unet.calls.map((call) => call.timestep).slice(0, 2)).toEqual([799, 779]);
    expect(unet.calls.length).toBe(40);
    expect(unet.calls[0]!.sample.shape).toEqual([2, 4, 3, 4, 6]);
    expect(steps.map(({ phase }) => phase).slice(39)).toEqual(['denoising', 'decoding', 'decoding', 'decoding']);
    expect([steps.at(-1)!.step, steps[0]!.total]).toEqual([43, 43]);
  });

  it('returns the clip itself when the model finds exactly the noise', async () => {
    // The exact answer for a single known clip: noise = (x - alpha clean) / sigma.
    const clean = { data: new Float32Array(4 * 2 * 24), shape: [1, 4, 2, 4, 6] };
    for (let i = 0; i < 3 * 2 * 24; i += 1) clean.data[i] = (127 / 255 * 2 - 1) * 0.5;
    const grey = { data: new Float32Array(3 * 2 * 6), shape: [1, 3, 2, 2, 3] };
    const oracle: UnetRun = ({ sample, timestep }) => {
      const alpha = scheduler.addNoise({ data: Float32Array.of(1), shape: [1] }, { data: Float32Array.of(0), shape: [1] }, timestep).data[0]!;
      const sigma = Math.sqrt(1 - alpha * alpha);
      return Promise.resolve({ data: sample.data.map((x, i) => (x - alpha * clean.data[i]!) / sigma), shape: sample.shape });
    };
    const { output } = await finish(superResolution2(context({ unet: oracle, guidanceScale: 1 }), grey, settings, vae));
    // The last level of this schedule keeps sigma 0.0292 of noise, divided by the scaling factor.
    for (const value of output.data) expect(Math.abs(value)).toBeLessThan(0.0292 * 2 * 4.5);
  });

  it('enlarges without the unet and the autoencoder where the strength leaves no step', async () => {
    const unet = createUnet(4, false);
    const refusing: FrameVae = { scalingFactor: 1, encode: () => Promise.reject(new Error('encoded')), decode: () => Promise.reject(new Error('decoded')) };
    const { output } = await finish(superResolution2(context({ unet: unet.run }), clip(3), { ...settings, strength: 0.01 }, refusing));
    expect(output).toEqual(fromVideoFrames(resizeFrames(toVideoFrames(clip(3)), 12, 8)));
    expect(unet.calls).toHaveLength(0);
  });

  it('resumes bit for bit', async () => {
    await expectResumable((resume) => superResolution2(context({ scheduler: createDpmSolverMultistep({ beta_schedule: 'scaled_linear' }, 5) }), clip(3), settings, vae, resume));
  });

  it('averages overlapping windows for clips longer than the unet', async () => {
    const inner: UnetRun = ({ sample }) => Promise.resolve({ data: sample.data.map((x, i) => x + Math.floor(i / 4) % 4), shape: sample.shape });
    const input = { data: new Float32Array(2 * 6 * 4), shape: [2, 1, 6, 2, 2] };
    const output = await windowedUnet(inner, 4, 2)({ sample: input, timestep: 0, promptEmbeds: embed(0), classLabel: null });
    // Windows at 0 and 2 add 0 1 2 3: frames 2 and 3 are means of (2, 0) and (3, 1).
    const perFrame = [0, 1, 1, 2, 2, 3].flatMap((v) => [v, v, v, v]);
    expect([...output.data]).toEqual([...perFrame, ...perFrame]);
  });
});

describe('stage checkpoints', () => {
  it('refuses bytes of another stage and damaged ones', async () => {
    const { saved } = await finish(keyframes(contextOf(), small));
    expect(() => decodeStageCheckpoint('interpolation', saved[0]!)).toThrow(/for keyframes, not for interpolation/);
    expect(() => decodeStageCheckpoint('keyframes', saved[0]!.slice(0, 100))).toThrow(StudioError);
  });
});
