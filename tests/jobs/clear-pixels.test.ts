import { describe, expect, it } from 'vitest';
import { isClear, joinFrame, splitFrame } from '../../src-main/jobs/clear-pixels.ts';

const rgba = (...pixels: readonly (readonly [number, number, number, number])[]): Uint8Array => Uint8Array.from(pixels.flat());

describe('clear pixels', () => {
  it('colour and opacity part and come together again', () => {
    const frame = rgba([10, 20, 30, 255], [40, 50, 60, 128], [70, 80, 90, 0], [1, 2, 3, 255]);
    const { colour, opacity } = splitFrame(frame, false);
    expect([...opacity]).toEqual([255, 128, 0, 255]);
    expect(joinFrame(colour, { width: 2, height: 2 }, opacity, { width: 2, height: 2 })).toEqual(frame);
  });

  it('what shows through is filled with the mean of the rest', () => {
    const { colour } = splitFrame(rgba([100, 0, 0, 255], [0, 0, 255, 0], [200, 0, 0, 255], [0, 250, 0, 0]), true);
    expect([...colour]).toEqual([100, 0, 0, 150, 0, 0, 200, 0, 0, 150, 0, 0]);
  });

  it('opacity follows a clip that lost an odd row and column', () => {
    const opacity = Uint8Array.from([255, 255, 0, 255, 255, 0, 255, 255, 0]);
    const joined = joinFrame(new Uint8Array(12), { width: 2, height: 2 }, opacity, { width: 3, height: 3 });
    expect([joined[3]! > 200, joined[7]! < joined[3]!, joined[11]! > 200]).toEqual([true, true, true]);
  });

  it('rounding of a codec is not transparency', () => {
    expect([isClear(rgba([0, 0, 0, 255], [0, 0, 0, 251])), isClear(rgba([0, 0, 0, 255], [0, 0, 0, 240]))]).toEqual([false, true]);
  });
});
