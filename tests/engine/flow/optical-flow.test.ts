import { expect, test } from 'vitest';
import { edgeCorrelation, explained, warpedError } from '../../bench/flow-error.ts';
import { flowBetween, type Luma } from '../../../src-main/engine/flow/optical-flow.ts';

/** A texture that has moved by `dx`, `dy` pixels. */
function moved(dx: number, dy: number, noise = 0): Luma {
  const [width, height] = [96, 64];
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) {
    const [u, v] = [x - dx, y - dy];
    data[y * width + x] = 128 + 40 * Math.sin(u / 5) * Math.cos(v / 4) + 30 * Math.sin((u + v) / 9) + noise * ((((x * 73 + y * 151) % 17) / 8) - 1);
  }
  return { width, height, data };
}

test('the flow finds how far a texture moved, and what flickers stays behind', () => {
  const [before, now] = [moved(0, 0), moved(3.5, -2)];
  const flow = flowBetween(before, now);
  const middle = 32 * 96 + 48;
  expect(flow.x[middle]).toBeCloseTo(-3.5, 0);
  expect(flow.y[middle]).toBeCloseTo(2, 0);
  const mask = explained(before, now, flow);
  expect(warpedError(before, now, flow, mask)).toBeLessThan(2);
  expect(warpedError(before, moved(3.5, -2, 20), flow, mask)).toBeGreaterThan(6);
  expect([edgeCorrelation(before, before), edgeCorrelation(before, now) < 0.7]).toEqual([1, true]);
});

test('the flow follows a jump of a tenth of the picture', () => {
  const [before, now] = [moved(0, 0), moved(6, 5)];
  const flow = flowBetween(before, now);
  const middle = 32 * 96 + 48;
  expect(flow.x[middle]).toBeCloseTo(-6, 0);
  expect(flow.y[middle]).toBeCloseTo(-5, 0);
});
