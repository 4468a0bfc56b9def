import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { turnPicture, type Turn } from '../../../src-renderer/compositor/turn-picture.ts';
import { chromaSide, type PlanarPicture } from '../../../src-shared/compose/planar/planar-picture.ts';

/** A picture of which every sample says where it was. */
function numbered(width: number, height: number): PlanarPicture {
  const chroma = chromaSide(width) * chromaSide(height);
  const counted = (length: number, from: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (from + index * 7) & 255);
  return { width, height, y: counted(width * height, 0), u: counted(chroma, 31), v: counted(chroma, 97), a: counted(width * height, 5) };
}

const turnOf = fc.record({ degrees: fc.constantFrom<Turn['degrees']>(0, 90, 180, 270), isMirrored: fc.boolean() });
const side = fc.integer({ min: 1, max: 9 });

describe('frames that are turned in their file', () => {
  it('turns clockwise, and mirrors what was turned', () => {
    const picture: PlanarPicture = { width: 3, height: 2, y: Uint8Array.of(1, 2, 3, 4, 5, 6), u: Uint8Array.of(7, 8), v: Uint8Array.of(9, 10), a: null };
    const quarter = turnPicture(picture, { degrees: 90, isMirrored: false });
    expect([quarter.width, quarter.height, [...quarter.y], [...quarter.u]]).toEqual([2, 3, [4, 1, 5, 2, 6, 3], [7, 8]]);
    expect([...turnPicture(picture, { degrees: 180, isMirrored: false }).y]).toEqual([6, 5, 4, 3, 2, 1]);
    expect([...turnPicture(picture, { degrees: 270, isMirrored: false }).y]).toEqual([3, 6, 2, 5, 1, 4]);
    expect([...turnPicture(picture, { degrees: 90, isMirrored: true }).y]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  it('comes back by turning on, whatever its size', () => {
    fc.assert(fc.property(side, side, turnOf, (width, height, { degrees, isMirrored }) => {
      const picture = numbered(width, height);
      const turned = turnPicture(picture, { degrees, isMirrored });
      const unmirrored = turnPicture(turned, { degrees: 0, isMirrored });
      const back = turnPicture(unmirrored, { degrees: ((360 - degrees) % 360) as Turn['degrees'], isMirrored: false });
      expect(back).toEqual(picture);
    }));
  });
});
