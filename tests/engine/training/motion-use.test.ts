import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngineServer } from '../../../src-main/engine/process/engine-server.ts';
import type { EngineEvent, MotionMessage } from '../../../src-main/engine/process/protocol.ts';
import { createDdim } from '../../../src-main/engine/schedulers/ddim.ts';
import { invert } from '../../../src-main/engine/training/ddim-inversion.ts';
import { decodeMotionFile, encodeMotionFile } from '../../../src-main/engine/training/motion-file.ts';
import { learningRequest, learnWhole, makeTinyPack } from './learn-on-tiny-pack.ts';

let packDir: string;
let fullBytes: Uint8Array;
let lowRankBytes: Uint8Array;
let runs = 0;

beforeAll(async () => {
  packDir = makeTinyPack();
  fullBytes = await learnWhole(packDir, learningRequest({ steps: 10, learningRate: 2e-2 }));
  lowRankBytes = await learnWhole(packDir, learningRequest({ steps: 10, learningRate: 5e-2, rank: 2, loss: 'mse' }));
}, 240_000);
afterAll(() => rmSync(packDir, { recursive: true }));

const full = (strength: number, noiseMix = 0): MotionMessage => ({ sha256: 'f'.repeat(64), bytes: fullBytes, strength, noiseMix });
const lowRank = (strength: number): MotionMessage => ({ sha256: '1'.repeat(64), bytes: lowRankBytes, strength, noiseMix: 0 });

/** An engine in this process, and what it makes of key frames with these motions. */
function startEngine() {
  const waiting = new Map<string, (event: EngineEvent) => void>();
  const server = createEngineServer((event) => {
    if (event.type === 'done' || event.type === 'failed') waiting.get(event.runId)?.(event);
  });
  const run = (motions: readonly MotionMessage[] | undefined): Promise<EngineEvent> => new Promise((resolve) => {
    const runId = `run-${(runs += 1)}`;
    waiting.set(runId, resolve);
    server.handle({
      type: 'runStage', runId, packDir, stage: 'keyframes', prompt: 'a red fish', negativePrompt: '', seed: 7, settings: { stage: 'keyframes', numInferenceSteps: 3, guidanceScale: 3 },
      input: null, checkpoint: null, threads: 1, ...(motions === undefined ? {} : { motions }),
    });
  });
  const frames = async (motions?: readonly MotionMessage[]): Promise<Float32Array> => {
    const event = await run(motions);
    if (event.type !== 'done') throw new Error(JSON.stringify(event));
    return event.tensor.data;
  };
  return { run, frames, close: () => server.close() };
}

describe('motions in key frames', () => {
  it('leave the model as it was at strength 0, and change it with their strength', async () => {
    const engine = startEngine();
    const base = await engine.frames();
    expect(await engine.frames([full(0)])).toEqual(base);
    const [half, whole] = [await engine.frames([full(0.5)]), await engine.frames([full(1)])];
    const distance = (clip: Float32Array): number => Math.hypot(...clip.map((value, index) => value - base[index]!));
    expect(distance(half)).toBeGreaterThan(0);
    expect(distance(whole)).toBeGreaterThan(distance(half));
    // The session that takes its weights anew with each call goes back to the model as well.
    expect(await engine.frames([full(0)])).toEqual(base);
    await engine.close();
  }, 240_000);

  it('mix in any order, and repeat bit for bit', async () => {
    const engine = startEngine();
    const mixed = await engine.frames([full(1), lowRank(0.7)]);
    expect(await engine.frames([full(1), lowRank(0.7)])).toEqual(mixed);
    expect(mixed).not.toEqual(await engine.frames([full(1)]));
    expect(mixed).not.toEqual(await engine.frames([lowRank(0.7)]));
    await engine.close();
  }, 240_000);

  it('may bring the noise of their clip', async () => {
    const engine = startEngine();
    expect(await engine.frames([full(1, 0.5)])).not.toEqual(await engine.frames([full(1)]));
    // All of a motion goes with its strength, its noise too.
    expect(await engine.frames([full(0, 1)])).toEqual(await engine.frames());
    await engine.close();
  }, 240_000);

  it('are refused by name when the model has other weights, and when they are damaged', async () => {
    const engine = startEngine();
    const motion = decodeMotionFile(fullBytes, 'motion');
    const [first] = motion.changes.keys();
    const foreign = encodeMotionFile({ ...motion, changes: new Map([[first!, { shape: [2, 2], change: { kind: 'full', values: new Float32Array(4) } }]]) });
    expect(await engine.run([{ ...full(1), sha256: '2'.repeat(64), bytes: foreign }])).toMatchObject({ error: { code: 'MODEL_INCOMPATIBLE', message: expect.stringMatching(/"square" changes .* \[2, 2\], which this model does not have/) } });
    expect(await engine.run([{ ...full(1), sha256: '3'.repeat(64), bytes: fullBytes.subarray(0, 2000) }])).toMatchObject({ error: { code: 'WEIGHTS_INVALID' } });
    await engine.close();
  }, 240_000);
});

describe('DDIM inversion', () => {
  it('finds the noise from which the model makes the clip again', async () => {
    // A smooth model: predicts v from a slow function of the sample.
    const unet = async ({ sample }: { sample: { data: Float32Array; shape: readonly number[] } }) => ({ data: sample.data.map((value) => 0.4 * Math.tanh(value) - 0.1), shape: sample.shape });
    const clip = { data: Float32Array.from({ length: 48 }, (_, index) => Math.sin(index * 0.7)), shape: [1, 3, 1, 4, 4] };
    const schedulerJson = { beta_schedule: 'squaredcos_cap_v2', prediction_type: 'v_prediction' };
    const steps = invert({ unet, schedulerJson, promptEmbeds: { data: new Float32Array(1), shape: [1, 1, 1] } }, clip);
    let noise: { data: Float32Array; shape: readonly number[] } = clip;
    for (;;) {
      const next = await steps.next();
      noise = next.done ? { ...clip, data: next.value.data } : noise;
      if (next.done) break;
    }
    const ddim = createDdim({ ...schedulerJson, clip_sample: false, timestep_spacing: 'trailing' }, 25);
    let sample: { data: Float32Array; shape: readonly number[] } = noise;
    for (let index = 0; index < 25; index += 1) sample = ddim.step(await unet({ sample }), index, sample).prevSample;
    for (const [index, value] of clip.data.entries()) expect(sample.data[index]).toBeCloseTo(value, 2);
  });
});
