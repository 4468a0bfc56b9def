import { describe, expect, it } from 'vitest';
import { linePath, lossScale } from '../../../src-renderer/components/loss-scale.ts';
import { formatClipTime, formatLoss } from '../../../src-renderer/i18n/formats.ts';

const box = { left: 10, top: 5, width: 100, height: 50 };

describe('the plane of a loss curve', () => {
  it('spans all steps and all losses, with room above and below', () => {
    const scale = lossScale([{ step: 1, loss: 1, heldOut: null }, { step: 50, loss: 0.5, heldOut: 0.4 }], 100, box);
    expect(scale.x(0)).toBe(10);
    expect(scale.x(100)).toBe(110);
    expect(scale.low).toBeLessThan(0.4);
    expect(scale.high).toBeGreaterThan(1);
    expect(scale.digits).toBe(3);
    expect(scale.y(scale.high)).toBe(5);
    expect(scale.y(scale.low)).toBe(55);
  });

  it('does not let one wild step flatten the others, nor leave the box for it', () => {
    const points = Array.from({ length: 200 }, (_, index) => ({ step: index + 1, loss: index === 100 ? 500 : 1 + (index % 10) / 10, heldOut: null }));
    const scale = lossScale(points, 200, box);
    expect(scale.high).toBeLessThan(2.5);
    expect(scale.y(500)).toBe(5);
  });

  it('has a plane without points, with one, and with equal losses', () => {
    for (const points of [[], [{ step: 1, loss: 0.3, heldOut: null }], [{ step: 1, loss: 0, heldOut: 0 }]]) {
      const scale = lossScale(points, 10, box);
      expect(scale.high).toBeGreaterThan(scale.low);
      expect(Number.isFinite(scale.y(0.3))).toBe(true);
    }
    expect(linePath([[1, 2], [3.25, 4]])).toBe('M1.0 2.0 L3.3 4.0');
  });

  it('writes losses and places in a clip shortly', () => {
    expect([formatLoss(1.2345), formatLoss(0.03124), formatLoss(0.00001234), formatLoss(0)]).toEqual(['1.23', '0.0312', '1.2e-5', '0']);
    expect([formatClipTime(0), formatClipTime(3.44), formatClipTime(59.96), formatClipTime(-1)]).toEqual(['0:00.0', '0:03.4', '1:00.0', '0:00.0']);
  });
});
