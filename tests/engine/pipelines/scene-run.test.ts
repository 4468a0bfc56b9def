import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScenePart } from '../../../src-shared/build/scene-part.ts';
import type { StageSettings } from '../../../src-shared/recipe/recipe.ts';
import type { StageName } from '../../../src-shared/recipe/stage-name.ts';
import { mixTexts, textRows } from '../../../src-main/engine/pipelines/frame-text.ts';
import { openPack } from '../../../src-main/engine/pipelines/open-pack.ts';
import { decodeStageCheckpoint, encodeStageCheckpoint } from '../../../src-main/engine/pipelines/stage-checkpoint.ts';
import { createStageRunner } from '../../../src-main/engine/pipelines/stage-runner.ts';
import type { StageRunner } from '../../../src-main/engine/pipelines/stage-runner.ts';
import { sliceFrames } from '../../../src-main/engine/pipelines/video-tensor.ts';
import { windowedUnet } from '../../../src-main/engine/pipelines/windowed-unet.ts';
import { createNoise } from '../../../src-main/engine/random/noise.ts';
import { noiseSlot, rescheduledNoise } from '../../../src-main/engine/random/rescheduled-noise.ts';
import type { Tensor } from '../../../src-main/engine/tensor/tensor.ts';
import { writeRunnablePack } from '../process/make-runnable-pack.ts';

const TEXTS = [{ prompt: 'a red fish', negativePrompt: '' }, { prompt: 'a blue bird', negativePrompt: 'fish' }];
const partOf = (frames: number, more: Partial<ScenePart> = {}): ScenePart => ({ frames, texts: TEXTS, mix: [[1, 0]], knownFrames: [], noise: [{ seed: 7, from: 0, count: frames }], ...more });
const fade = (frames: number) => Array.from({ length: frames }, (_, frame) => [1 - frame / (frames - 1), frame / (frames - 1)]);
const clip = (frames: number, height: number, width: number, seed = 3): Tensor => ({ data: createNoise(seed).fork('clip').normal(3 * frames * height * width).map((x) => Math.tanh(x)), shape: [1, 3, frames, height, width] });

const STEPS: Record<StageName, number> = { keyframes: 3, interpolation: 2, superResolution1: 2, superResolution2: 5 };
const settingsOf = (stage: StageName): StageSettings => ({ stage, numInferenceSteps: STEPS[stage], guidanceScale: 3, ...(stage === 'superResolution2' ? { strength: 0.6 } : {}) });

let folder: string;
const runners = new Map<string, StageRunner>();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'motif-scene-run-'));
  writeRunnablePack(folder);
});
afterAll(async () => {
  for (const runner of runners.values()) await runner.release();
  rmSync(folder, { recursive: true, force: true });
});

async function run(stage: StageName, part: ScenePart, input: Tensor | null, known: Tensor | null = null, seed = 7, checkpoints?: Uint8Array[], from?: Uint8Array, perFrameText = part.mix.length > 1, looks: Tensor | null = null): Promise<Tensor> {
  const key = `${stage}/${perFrameText}`;
  if (!runners.has(key)) runners.set(key, await createStageRunner(openPack(folder), stage, { guided: true, threads: 1, promptCache: new Map(), scene: { perFrameText } }));
  const steps = await runners.get(key)!.run({ prompt: '', negativePrompt: '', seed, settings: settingsOf(stage), input, resume: from ? decodeStageCheckpoint(stage, from) : null, scene: { part, known, looks } });
  for (;;) {
    const next = await steps.next();
    if (next.done) return next.value;
    if (next.value.checkpoint) checkpoints?.push(encodeStageCheckpoint(stage, next.value.checkpoint));
  }
}

const difference = (a: Tensor, b: Tensor): number => a.data.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b.data[i]!)), 0);

/** Each stage with an input, known frames at both ends and words that fade: what a seam asks of it. */
const SEAMS = [
  ['keyframes', 7, null, 8, 16], ['interpolation', 13, clip(4, 8, 16), 8, 16], ['superResolution1', 9, clip(9, 8, 16), 16, 32], ['superResolution2', 11, clip(11, 16, 32), 32, 64],
] as const;

describe('noise of long clips', () => {
  it('uses one window of noise again in other orders, each frame alone', () => {
    const noise = createNoise(5);
    const slots = Array.from({ length: 40 }, (_, frame) => noiseSlot(noise, frame, 8));
    expect(slots.slice(0, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (let block = 0; block < 5; block += 1) {
      expect(slots.slice(block * 8, block * 8 + 4).toSorted()).toEqual([0, 1, 2, 3]);
      expect(slots.slice(block * 8 + 4, block * 8 + 8).toSorted()).toEqual([4, 5, 6, 7]);
    }
    expect(new Set([1, 2, 3, 4].map((block) => slots.slice(block * 8, block * 8 + 8).join())).size).toBeGreaterThan(2);
    const whole = rescheduledNoise(noise, 0, 20, 8, 3, 6);
    const later = rescheduledNoise(noise, 9, 4, 8, 3, 6);
    expect(sliceFrames({ data: whole, shape: [1, 3, 20, 2, 3] }, 9, 4).data).toEqual(later);
  });
});

describe('text per frame', () => {
  const [a, b] = [{ data: Float32Array.of(1, 2), shape: [1, 1, 2] }, { data: Float32Array.of(3, 8), shape: [1, 1, 2] }];
  it('mixes states by weight and takes a text alone as it is', () => {
    expect(mixTexts([a, b], [[1, 0], [0.5, 0.5], [0, 1]])).toEqual({ data: Float32Array.of(1, 2, 2, 5, 3, 8), shape: [3, 1, 2] });
    expect(textRows(mixTexts([a, b], [[1, 0], [0, 1]]), 1, 3)).toEqual({ data: Float32Array.of(3, 8, 3, 8, 3, 8), shape: [3, 1, 2] });
    expect(textRows(a, 5, 9)).toBe(a);
  });

  it('follows the frames into windows', async () => {
    const seen: number[][] = [];
    const unet = windowedUnet(({ sample, promptEmbeds }) => {
      seen.push([...promptEmbeds.data]);
      return Promise.resolve(sample);
    }, 4, 2, true);
    await unet({ sample: { data: new Float32Array(2 * 6), shape: [2, 1, 6, 1, 1] }, promptEmbeds: { data: Float32Array.from({ length: 12 }, (_, i) => i), shape: [12, 1, 1] }, timestep: 0, classLabel: null });
    expect(seen).toEqual([[0, 1, 2, 3, 6, 7, 8, 9], [2, 3, 4, 5, 8, 9, 10, 11]]);
  });

  it('gives the very bits of one text when every frame has it', async () => {
    const rows = Array.from({ length: 7 }, () => [1, 0]);
    const [plain, spread] = [await run('keyframes', partOf(7), null), await run('keyframes', partOf(7, { mix: rows }), null)];
    expect(spread.data).toEqual(plain.data);
    expect((await run('keyframes', partOf(7, { mix: fade(7) }), null)).data).not.toEqual(plain.data);
  });
});

it('holds a start image for the share of the steps that its strength says, without a jump', async () => {
  const picture = clip(1, 8, 16, 9);
  const first = async (strength: number): Promise<Tensor> => sliceFrames(await run('keyframes', partOf(5, { knownFrames: [0], ...(strength < 1 && { knownStrengths: [strength] }) }), null, picture), 0, 1);
  const distances = [];
  for (const strength of [0.01, 0.34, 0.67, 0.99, 1]) distances.push((await first(strength)).data.reduce((sum, value, i) => sum + Math.abs(value - picture.data[i]!), 0) / picture.data.length);
  for (const [index, distance] of distances.entries()) if (index > 0) expect(distance).toBeLessThan(distances[index - 1]!);
  expect(distances.at(-1)).toBe(0);
  // A little more strength changes a little.
  expect(difference(await first(0.5), await first(0.51))).toBeLessThan(difference(await first(0.5), await first(0.9)) / 2);
});

describe.each(SEAMS)('%s in a scene', (stage, frames, input, height, width) => {
  const known = clip(2, height, width, 9);
  const seam = partOf(frames, { mix: fade(frames), knownFrames: stage === 'interpolation' ? [] : [0, frames - 1], noise: [{ seed: 7, from: 5, count: 3 }, { seed: 8, from: 0, count: frames - 3 }] });
  const given = stage === 'interpolation' ? null : known;

  it('makes exactly the frames asked for, keeps the known ones, and lets them reach the others', async () => {
    const output = await run(stage, seam, input, given);
    expect(output.shape).toEqual([1, 3, frames, height, width]);
    expect(output.data.every(Number.isFinite)).toBe(true);
    if (given === null) return;
    expect(difference(sliceFrames(output, 0, 1), sliceFrames(known, 0, 1))).toBe(0);
    expect(difference(sliceFrames(output, frames - 1, 1), sliceFrames(known, 1, 1))).toBe(0);
    const other = await run(stage, seam, input, clip(2, height, width, 10));
    expect(difference(sliceFrames(output, 1, 1), sliceFrames(other, 1, 1))).toBeGreaterThan(0);
  });

  it('is the same on its own, after other work, and from every checkpoint', async () => {
    const saved: Uint8Array[] = [];
    const whole = await run(stage, seam, input, given, 7, saved);
    expect(saved.length).toBeGreaterThan(1);
    await run(stage, { ...seam, mix: fade(frames).toReversed() }, input, given, 8);
    for (const bytes of saved) expect((await run(stage, seam, input, given, 7, undefined, bytes)).data).toEqual(whole.data);
  });
});

it('serves parts shorter than a window', async () => {
  expect((await run('keyframes', partOf(1), null)).shape).toEqual([1, 3, 1, 8, 16]);
  expect((await run('interpolation', partOf(1), clip(1, 8, 16))).shape).toEqual([1, 3, 1, 8, 16]);
  expect((await run('superResolution1', partOf(2), clip(2, 8, 16))).shape).toEqual([1, 3, 2, 16, 32]);
  expect((await run('superResolution2', partOf(2), clip(2, 16, 32))).shape).toEqual([1, 3, 2, 32, 64]);
});

it('refuses known frames that do not fit', async () => {
  await expect(run('keyframes', partOf(4, { knownFrames: [4] }), null, clip(1, 8, 16))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(run('keyframes', partOf(4, { knownFrames: [0] }), null, clip(1, 4, 4))).rejects.toThrow(/expected \[1, 3, 1, 8, 16\]/);
});

describe('pictures that lead the look of key frames', () => {
  const flat = (value: number): Tensor => ({ data: new Float32Array(3 * 8 * 16).fill(value), shape: [1, 3, 1, 8, 16] });
  const mean = (video: Tensor, frame: number): number => sliceFrames(video, frame, 1).data.reduce((sum, value) => sum + value, 0) / (3 * 8 * 16);
  const led = (looks: ScenePart['looks'], pictures: Tensor | null, saved?: Uint8Array[], from?: Uint8Array) => run('keyframes', partOf(8, looks === undefined ? {} : { looks }), null, null, 7, saved, from, false, pictures);

  it('reach the frames they are for, more with more strength, and go on from a checkpoint', async () => {
    const plain = await led(undefined, null);
    const all = (strength: number) => [{ from: 0, count: 8, strength }];
    const [bright, dark, weak] = [await led(all(1), flat(0.9)), await led(all(1), flat(-0.9)), await led(all(0.34), flat(0.9))];
    expect(mean(bright, 3)).toBeGreaterThan(mean(dark, 3));
    expect(difference(bright, plain)).toBeGreaterThan(difference(weak, plain));
    expect(difference(weak, plain)).toBeGreaterThan(0);
    expect((await led(all(0), flat(0.9))).data).toEqual(plain.data);
    const saved: Uint8Array[] = [];
    await led(all(1), flat(0.9), saved);
    for (const bytes of saved) expect((await led(all(1), flat(0.9), undefined, bytes)).data).toEqual(bright.data);
    const two: Tensor = { data: Float32Array.from({ length: 3 * 2 * 8 * 16 }, (_, i) => (Math.floor(i / (8 * 16)) % 2 === 0 ? 0.9 : -0.9)), shape: [1, 3, 2, 8, 16] };
    const halves = await led([{ from: 0, count: 4, strength: 1 }, { from: 4, count: 4, strength: 1 }], two);
    expect(mean(halves, 0) - mean(halves, 7)).toBeGreaterThan(mean(plain, 0) - mean(plain, 7));
  });

  it('are refused where they do not fit', async () => {
    await expect(led([{ from: 6, count: 4, strength: 1 }], flat(0))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(led([{ from: 0, count: 8, strength: 1 }], null)).rejects.toThrow(/expected \[1, 3, 1, 8, 16\]/);
  });
});
