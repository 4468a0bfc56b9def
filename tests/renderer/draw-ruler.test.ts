import { describe, expect, it } from 'vitest';
import { drawRuler } from '../../src-renderer/features/timeline/draw-ruler.ts';
import { rulerStep } from '../../src-renderer/features/timeline/ruler-step.ts';

const RATE = { num: 8, den: 1 };
const COLORS = { minor: 'minor', major: 'major', words: 'words' };

/** What is drawn, in CSS pixels. */
function drawn(ratio: number, pixelsPerFrame: number, from: number, to: number) {
  const ticks: { x: number; width: number; color: string }[] = [];
  const words: { text: string; x: number }[] = [];
  const context = {
    fillStyle: '', font: '', setTransform: () => undefined, clearRect: () => undefined,
    fillRect(x: number, _y: number, width: number) { ticks.push({ x, width, color: this.fillStyle }); },
    fillText(text: string, x: number) { words.push({ text, x }); },
  };
  drawRuler(context as unknown as CanvasRenderingContext2D, ratio, { frameRate: RATE, pixelsPerFrame, from, to }, COLORS);
  return { ticks, words };
}

describe('the drawing of the ruler', () => {
  it('puts a tick on every step and a time on every long one', () => {
    const { ticks, words } = drawn(1, 12, 0, 16);
    expect(rulerStep(12, RATE)).toEqual({ major: 8, minor: 1 });
    expect(ticks.filter(({ color }) => color === 'minor').map(({ x }) => x / 12)).toEqual([1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15]);
    expect(ticks.filter(({ color }) => color === 'major').map(({ x }) => x / 12)).toEqual([0, 8, 16]);
    expect(words.map(({ text }) => text)).toEqual(['0:00.00', '0:01.00', '0:02.00']);
  });

  it.each([1, 1.25, 1.5, 2])('begins and ends every tick on a pixel of the screen, at %s pixels per CSS pixel', (ratio) => {
    for (const { x, width } of drawn(ratio, 3.7, 5.3, 900).ticks) {
      expect(Math.abs(x * ratio - Math.round(x * ratio))).toBeLessThan(1e-6);
      expect(width * ratio).toBe(Math.floor(ratio));
    }
  });

  it('counts from the first frame that is drawn, and keeps a time that only reaches into it', () => {
    const { ticks, words } = drawn(1, 12, 10, 30);
    expect(ticks[0]).toMatchObject({ x: 0, color: 'minor' });
    expect(words[0]).toEqual({ text: '0:01.00', x: -24 + 7 });
  });
});
