import { describe, expect, it } from 'vitest';
import { drawnShare, restyleTimesteps } from '../../../../src-main/engine/pipelines/restyle/restyle-levels.ts';

const STRENGTHS = Array.from({ length: 101 }, (_, percent) => percent / 100);

describe('the strength of a look', () => {
  it('shows more of it with every step of the slider, without jumps, and exactly what was drawn at 0.6', () => {
    const shares = STRENGTHS.map(drawnShare);
    expect([shares[0], shares[60], shares[100]]).toEqual([0, 1, expect.closeTo(1.3, 9)]);
    const steps = shares.slice(1).map((share, index) => share - shares[index]!);
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(Math.max(...steps)).toBeLessThan(0.02);
  });
  it('never begins at less noise than a weaker one', () => {
    const first = STRENGTHS.map((strength) => restyleTimesteps(strength, 2, 40)[0] ?? 0);
    expect(first).toEqual([...first].sort((a, b) => a - b));
    expect([first[0], first.at(-1)]).toEqual([0, 40]);
  });
});
