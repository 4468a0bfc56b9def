import { assert, float32Array, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointKeeper } from '../../src-main/jobs/checkpoint-keeper.ts';
import { RemainingTime } from '../../src-main/jobs/remaining-time.ts';
import { expectedStageMs, recordStageTime } from '../../src-main/jobs/stage-times.ts';
import { tensorFromBytes, tensorToBytes, tensorToRgb } from '../../src-main/jobs/tensor-bytes.ts';
import { openAppStore } from '../../src-main/store/app-store.ts';
import { tinyRecipe } from './fixtures/queue-bench.ts';

describe('remaining time', () => {
  it('says nothing before two steps and while a later stage is unknown, then counts down to zero and not below', () => {
    let now = 0;
    const remaining = new RemainingTime(() => now);
    remaining.beginPart();
    remaining.step(100, 9, 500);
    expect(remaining.remainingMs()).toBeNull();
    remaining.step(100, 8, null);
    expect(remaining.remainingMs()).toBeNull();
    remaining.step(100, 8, 500);
    expect(remaining.remainingMs()).toBe(1_300);
    now = 300;
    expect(remaining.remainingMs()).toBe(1_000);
    now = 5_000;
    expect(remaining.remainingMs()).toBe(0);
    remaining.beginPart();
    expect(remaining.remainingMs()).toBeNull();
  });

  it('moves slowly when one step was slow', () => {
    let now = 0;
    const remaining = new RemainingTime(() => now);
    for (let left = 20; left > 10; left -= 1) remaining.step(100, left, 0);
    const before = remaining.remainingMs()!;
    now += 100;
    remaining.step(2_000, 10, 0);
    expect(Math.abs(remaining.remainingMs()! - (before - 100))).toBeLessThan(0.3 * before);
  });

  it('knows a stage once it was measured, in proportion to its steps', () => {
    const app = openAppStore(':memory:');
    const recipe = tinyRecipe('a');
    const [keyframes, interpolation] = recipe.stages;
    expect(expectedStageMs(app.stepTimes, recipe, keyframes!)).toBeNull();
    recordStageTime(app.stepTimes, recipe, keyframes!, { unitsMs: 600, wallMs: 1_000 });
    expect(expectedStageMs(app.stepTimes, recipe, keyframes!)).toBe(1_000);
    expect(expectedStageMs(app.stepTimes, recipe, { ...keyframes!, numInferenceSteps: 12 })).toBe(1_600);
    expect(expectedStageMs(app.stepTimes, recipe, interpolation!)).toBeNull();
    app.close();
  });
});

describe('checkpoints', () => {
  it('stores every one while that is cheap, and at most two percent of the time when it is not', () => {
    let now = 0;
    const stored: number[] = [];
    const keeper = new CheckpointKeeper(({ step }) => {
      stored.push(step);
      now += 4;
    }, () => now);
    for (let step = 1; step <= 20; step += 1) {
      now += 400;
      keeper.offer({ step, bytes: new Uint8Array(1) });
    }
    expect(stored).toHaveLength(20);
    stored.length = 0;
    const beganAt = now;
    for (let step = 1; step <= 1_000; step += 1) {
      now += 2;
      keeper.offer({ step, bytes: new Uint8Array(1) });
    }
    expect((stored.length * 4) / (now - beganAt)).toBeLessThan(0.022);
    keeper.flush();
    expect(stored.at(-1)).toBe(1_000);
  });
});

describe('stored tensors', () => {
  it('come back bit for bit', () => {
    assert(property(float32Array({ minLength: 12, maxLength: 12 }), (data) => {
      const tensor = { shape: [1, 3, 1, 2, 2], data };
      expect(Buffer.compare(tensorToBytes(tensorFromBytes(tensorToBytes(tensor), tensor.shape)), tensorToBytes(tensor))).toBe(0);
    }));
  });

  it('become 8-bit frames: channels last, rounded and clamped', () => {
    const data = Float32Array.from([-1, 1, 0, -2, 2, 0.5, -0.5, 1]);
    const rgb = tensorToRgb({ shape: [1, 3, 2, 1, 1], data: data.subarray(0, 6) });
    expect([...rgb]).toEqual([0, 128, 255, 255, 0, 191]);
    assert(property(integer({ min: 0, max: 255 }), (value) => tensorToRgb({ shape: [1, 3, 1, 1, 1], data: new Float32Array(3).fill(value / 127.5 - 1) })[0] === value));
  });
});
