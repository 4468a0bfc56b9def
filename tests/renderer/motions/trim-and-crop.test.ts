import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cropShape, dragCorner, moveCrop, scaleCrop, wholeCrop, type Corner } from '../../../src-renderer/features/motions/crop.ts';
import { moveEdge, slideSpan, startSpan } from '../../../src-renderer/features/motions/trim.ts';

const limits = { duration: 12, frame: 0.125 };

describe('trimming a clip', () => {
  it('begins with the whole of a short clip and the middle of a long one', () => {
    expect(startSpan({ duration: 5, frame: 0.125 }, 3.5)).toEqual({ from: 0, to: 5 });
    expect(startSpan(limits, 3.5)).toEqual({ from: 4.25, to: 7.75 });
  });

  it('moves an edge frame by frame and never past the other', () => {
    const span = { from: 2, to: 4 };
    expect(moveEdge(span, 'from', 2.6, limits)).toEqual({ from: 2.625, to: 4 });
    expect(moveEdge(span, 'from', 9, limits)).toEqual({ from: 3.875, to: 4 });
    expect(moveEdge(span, 'to', 1, limits)).toEqual({ from: 2, to: 2.125 });
    expect(moveEdge(span, 'to', 99, limits)).toEqual({ from: 2, to: 12 });
  });

  it('keeps its length when it slides, up to both ends', () => {
    expect(slideSpan({ from: 2, to: 4 }, -3, limits)).toEqual({ from: 0, to: 2 });
    expect(slideSpan({ from: 2, to: 4 }, 30, limits)).toEqual({ from: 10, to: 12 });
    expect(slideSpan({ from: 2, to: 4 }, 5, limits)).toEqual({ from: 5, to: 7 });
  });
});

describe('cropping a clip', () => {
  const model = { width: 64, height: 40 };
  const share = fc.double({ min: -0.5, max: 1.5, noNaN: true });
  const picture = fc.record({ width: fc.integer({ min: 100, max: 4000 }), height: fc.integer({ min: 100, max: 4000 }) });
  const corner = fc.constantFrom<Corner>('topLeft', 'topRight', 'bottomLeft', 'bottomRight');

  it('takes the largest middle part of the shape of the model', () => {
    expect(wholeCrop(cropShape({ width: 640, height: 400 }, model))).toEqual({ x: 0, y: 0, width: 1, height: 1 });
    expect(wholeCrop(cropShape({ width: 1280, height: 400 }, model))).toEqual({ x: 0.25, y: 0, width: 0.5, height: 1 });
  });

  it('stays inside the picture and in shape, whatever is done to it', () => {
    fc.assert(
      fc.property(picture, corner, share, share, share, (size, which, x, y, width) => {
        const shape = cropShape(size, model);
        const crops = [moveCrop(scaleCrop(wholeCrop(shape), 0.5, shape), x, y), scaleCrop(wholeCrop(shape), width, shape), dragCorner(scaleCrop(wholeCrop(shape), 0.6, shape), which, x, y, shape)];
        for (const crop of crops) {
          expect(crop.x).toBeGreaterThanOrEqual(-1e-9);
          expect(crop.y).toBeGreaterThanOrEqual(-1e-9);
          expect(crop.x + crop.width).toBeLessThanOrEqual(1 + 1e-9);
          expect(crop.y + crop.height).toBeLessThanOrEqual(1 + 1e-9);
          expect((crop.width * size.width) / (crop.height * size.height)).toBeCloseTo(1.6, 6);
        }
      }),
    );
  });

  it('leaves the corner across where it is', () => {
    const crop = { x: 0.2, y: 0.2, width: 0.5, height: 0.5 };
    const smaller = dragCorner(crop, 'topLeft', 0.4, 0.4, 1);
    expect(smaller.x + smaller.width).toBeCloseTo(0.7);
    expect(smaller.y + smaller.height).toBeCloseTo(0.7);
    expect(smaller.width).toBeCloseTo(0.3);
  });
});
