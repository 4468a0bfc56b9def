import { describe, expect, it } from 'vitest';
import { createNoise } from '../../../src-main/engine/random/noise.ts';
import { philoxBlock } from '../../../src-main/engine/random/philox.ts';
import { createTorchNoise } from '../../../src-main/engine/random/torch-noise.ts';

function moments(values: Float32Array): { mean: number; variance: number; kurtosis: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { mean, variance, kurtosis: values.reduce((sum, x) => sum + (x - mean) ** 4, 0) / values.length / variance ** 2 };
}

describe('philox', () => {
  it.each([
    [[0, 0, 0, 0], [0, 0], ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], ['408f276d', '41c83b0e', 'a20bc7c6', '6d5451fd']],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], ['d16cfe09', '94fdcceb', '5001e420', '24126ea1']],
  ] as const)('gives the published block for counter %j', (counter, key, expected) => {
    const out = new Uint32Array(4);
    philoxBlock(counter, key, out, 0);
    expect([...out].map((word) => word.toString(16).padStart(8, '0'))).toEqual(expected);
  });
});

describe('noise', () => {
  it('never changes for a seed and a name', () => {
    expect([...createNoise(7).normal(3)]).toEqual([-0.6368748545646667, 1.143943190574646, 0.10679361969232559]);
    expect([...createNoise(7).fork('keyframes').normal(6)]).toEqual([
      -0.459568589925766, -0.8487736582756042, 0.7663158178329468, 0.8087565302848816, -0.46878954768180847, -0.8913129568099976,
    ]);
    expect([...createNoise(7).fork('keyframes').fork('step3').uniform(3)]).toEqual([0.17773073621353597, 0.5964028317193156, 0.6951794891975618]);
  });

  it('holds no position, and a longer draw only continues a shorter one', () => {
    const stream = createNoise(1).fork('a');
    const long = stream.normal(1001);
    expect(stream.normal(100)).toEqual(long.slice(0, 100));
    expect(stream.normal(99)).toEqual(long.slice(0, 99));
  });

  it('is standard normal', () => {
    const { mean, variance, kurtosis } = moments(createNoise(3).normal(400_000));
    expect(Math.abs(mean)).toBeLessThan(0.005);
    expect(Math.abs(variance - 1)).toBeLessThan(0.01);
    expect(Math.abs(kurtosis - 3)).toBeLessThan(0.05);
  });

  it('gives unrelated values to sibling streams, other seeds and other paths', () => {
    const count = 20_000;
    const streams = [createNoise(1), createNoise(2), createNoise(-1), createNoise(1).fork('a'), createNoise(1).fork('b'), createNoise(1).fork('a').fork('b'), createNoise(1).fork('a/b')];
    const drawn = streams.map((stream) => stream.normal(count));
    for (const [i, x] of drawn.entries()) {
      for (const y of drawn.slice(i + 1)) {
        const correlation = x.reduce((sum, value, k) => sum + value * y[k]!, 0) / count;
        expect(Math.abs(correlation)).toBeLessThan(0.03);
      }
    }
  });

  it('refuses a seed that is not whole', () => {
    expect(() => createNoise(0.5)).toThrow(/seed 0\.5/);
  });
});

// Values of torch 2.13 on a CPU: torch.Generator().manual_seed(345), then randn of 1x3x8x40x64, 37, 5 and 3 values.
describe('torch noise', () => {
  const expectClose = (got: ArrayLike<number>, expected: readonly number[]): void => {
    expect(got.length).toBe(expected.length);
    for (const [i, value] of expected.entries()) expect(Math.abs(got[i]! - value)).toBeLessThan(2e-6);
  };

  it('draws what torch draws, through sizes of every kind', () => {
    const noise = createTorchNoise(345);
    const video = noise.normal(3 * 8 * 40 * 64);
    expectClose(video.slice(0, 8), [-2.504518, 0.140121, -0.38451, 1.379604, 0.448468, -0.070513, -0.499456, -0.661997]);
    expectClose(video.slice(-3), [-0.583994, 0.488126, 0.188062]);
    expect(video.reduce((sum, x) => sum + x, 0)).toBeCloseTo(-187.299, 1);
    expect(video.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(61567.635, 1);
    expectClose(noise.normal(37).slice(-18), [
      0.354661, 0.449918, 0.357023, -1.107553, 1.017067, -2.131433, -0.653191, 0.05338, 1.764876,
      -1.930898, 0.572244, -0.244056, 1.102158, -2.356992, 0.828163, 0.578459, 0.995951, -0.202589,
    ]);
    expectClose(noise.normal(5), [-0.733683, 0.02625, -0.40545, -0.710031, -0.157881]);
    expectClose(noise.normal(3), [-0.666504, 0.182025, -0.146999]);
  });
});
