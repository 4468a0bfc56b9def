import { describe, expect, it } from 'vitest';
import { likelyLooks, loadLookChecker, nameLook } from './look-checker.ts';
import { lookFeatures, type Picture } from './look-features.ts';

const checker = loadLookChecker();

function painted(width: number, height: number, value: (x: number, y: number, channel: number) => number): Picture {
  const data = new Float64Array(width * height * 3);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) for (let c = 0; c < 3; c += 1) data[(y * width + x) * 3 + c] = value(x, y, c);
  return { width, height, data };
}
const clamp = (value: number): number => Math.min(Math.max(value, 0), 1);
/** Soft hills of colour with a bright disc before them. */
const scene = (x: number, y: number, c: number): number => (Math.hypot(x - 140, y - 80) < 45 ? [0.9, 0.6, 0.2][c]! : clamp(0.45 + 0.25 * Math.sin(x / 37 + c) * Math.cos(y / 29 - c) + 0.1 * Math.sin((x + 2 * y) / 11)));

describe('the checker of looks', () => {
  it('counts a frame the way it was trained', () => {
    const probe = painted(100, 72, (x, y, c) => 0.5 + 0.3 * Math.sin(0.31 * x + 0.5 * c) * Math.cos(0.23 * y) + 0.15 * Math.sin(0.9 * (x + 2 * y) + c));
    const own = lookFeatures(probe);
    expect(own.length).toBe(checker.probe.length);
    expect(Math.max(...own.map((value, i) => Math.abs(value - checker.probe[i]!)))).toBeLessThan(1e-4);
  });

  it('names looks that anyone can tell apart', () => {
    const grey = (x: number, y: number): number => 0.3 * scene(x, y, 0) + 0.59 * scene(x, y, 1) + 0.11 * scene(x, y, 2);
    expect(nameLook(checker, painted(256, 160, (x, y) => clamp((grey(x, y) - 0.5) * 1.7 + 0.42)))).toBe('noir');
    const block = (v: number): number => Math.floor(v / 4) * 4 + 2;
    expect(nameLook(checker, painted(256, 160, (x, y, c) => Math.round(scene(block(x), block(y), c) * 6) / 6))).toBe('pixel art');
    const likely = likelyLooks(checker, painted(256, 160, scene));
    expect(Object.values(likely).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    expect(likely['noir']).toBeLessThan(0.1);
  });
});
