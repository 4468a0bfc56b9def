import { describe, expect, it } from 'vitest';
import { beginScrub, fitNumber, readNumber, showNumber } from '../../../src-renderer/components/scrub-number.ts';

const scale = { min: 0, max: 100, step: 1, decimals: 1, unit: '%' };
const plain = { shiftKey: false, altKey: false, ctrlKey: false, metaKey: false };

describe('numbers in fields', () => {
  it.each([['12', 12], [' 12.5 % ', 12.5], ['12,5', 12.5], ['1/4', 0.25], ['-3', -3], ['\u22123', -3], ['+3', 3], ['.5', 0.5], ['5.', 5], ['', null], ['abc', null], ['1/0', null], ['1 2', null]] as const)('reads %j', (text, expected) => {
    expect(readNumber(text, '%')).toBe(expected);
  });

  it('shows no tail of zeros and keeps to the scale', () => {
    expect([showNumber(12.5, 1), showNumber(100, 1), showNumber(0.1 + 0.2, 3)]).toEqual(['12.5', '100', '0.3']);
    expect([fitNumber(12.345, scale), fitNumber(-1, scale), fitNumber(1e9, scale)]).toEqual([12.3, 0, 100]);
  });

  it('adds up a drag under the keys held on each part of the way, without a jump', () => {
    const scrub = beginScrub(50, scale);
    expect(scrub.move(40, plain)).toBe(60);
    expect(scrub.move(40, { ...plain, ctrlKey: true })).toBe(61);
    expect(scrub.move(40, { ...plain, altKey: true })).toBe(62);
    expect(scrub.move(-40, { ...plain, metaKey: true })).toBe(61);
    expect(scrub.move(-8, { ...plain, shiftKey: true })).toBe(41);
    expect(scrub.move(-4000, plain)).toBe(0);
    // Back from the end at once: what was pulled beyond it is forgotten.
    expect(scrub.move(4, plain)).toBe(1);
  });
});
