import { describe, expect, it } from 'vitest';
import { resizeFrames } from '../../../src-main/engine/pipelines/resize.ts';
import { fromVideoFrames, sliceFrames, toVideoFrames, writeFrames } from '../../../src-main/engine/pipelines/video-tensor.ts';

describe('resizing', () => {
  // Pillow 13: Image.fromarray(a).resize((9, 6), BICUBIC), a[y][x][c] = (37 x + 91 y + 53 c) % 256 of 4 x 5.
  const golden = [
    0, 44, 97, 3, 56, 108, 27, 80, 132, 47, 100, 160, 68, 121, 191, 89, 141, 213, 109, 163, 232, 133, 198, 255, 145, 216, 255, 36, 86, 156, 46, 104, 172, 70, 137, 197,
    97, 160, 153, 127, 180, 97, 148, 209, 111, 168, 210, 138, 192, 147, 162, 204, 110, 173, 106, 162, 178, 119, 162, 199, 144, 164, 225, 148, 179, 131, 149, 202, 15, 169, 238, 23,
    190, 226, 57, 214, 94, 82, 226, 20, 96, 179, 251, 45, 199, 177, 58, 225, 45, 82, 132, 32, 86, 16, 69, 88, 24, 92, 106, 57, 107, 130, 81, 109, 164, 93, 109, 181,
    97, 161, 67, 114, 124, 79, 139, 61, 103, 95, 61, 130, 38, 91, 160, 52, 112, 190, 79, 134, 190, 103, 167, 127, 115, 185, 91, 3, 55, 126, 15, 73, 138, 38, 108, 162,
    66, 130, 182, 97, 150, 203, 119, 171, 242, 138, 191, 224, 162, 215, 71, 174, 227, 0,
  ];

  it('enlarges bicubically as the reference image library does', () => {
    const data = new Uint8Array(4 * 5 * 3);
    for (let y = 0; y < 4; y += 1) for (let x = 0; x < 5; x += 1) for (let c = 0; c < 3; c += 1) data[(y * 5 + x) * 3 + c] = (37 * x + 91 * y + 53 * c) % 256;
    const out = resizeFrames({ count: 1, width: 5, height: 4, data }, 9, 6);
    expect([out.width, out.height]).toEqual([9, 6]);
    expect([...out.data]).toEqual(golden);
  });

  it('averages areas when it shrinks, also by fractions', () => {
    const grey = (values: number[], width: number) => ({ count: 1, width, height: 1, data: Uint8Array.from(values.flatMap((v) => [v, v, v])) });
    expect([...resizeFrames(grey([0, 100, 200, 50], 4), 2, 1).data]).toEqual([50, 50, 50, 125, 125, 125]);
    // Three pixels onto two: the middle one is shared by halves.
    expect([...resizeFrames(grey([90, 30, 240], 3), 2, 1).data]).toEqual([70, 70, 70, 170, 170, 170]);
  });
});

describe('video tensors', () => {
  const video = { data: Float32Array.from({ length: 3 * 4 * 2 * 2 }, (_, i) => i / 24 - 1), shape: [1, 3, 4, 2, 2] };

  it('slices and writes frames of every channel', () => {
    const part = sliceFrames(video, 1, 2);
    expect(part.shape).toEqual([1, 3, 2, 2, 2]);
    expect(part.data.slice(8, 12)).toEqual(video.data.slice(20, 24));
    const copy = { data: new Float32Array(48), shape: video.shape };
    writeFrames(copy, 1, part);
    expect(sliceFrames(copy, 1, 2).data).toEqual(part.data);
    expect(copy.data.slice(0, 4)).toEqual(new Float32Array(4));
  });

  it('converts to bytes by truncation, clamped, and back', () => {
    const pixels = { data: Float32Array.of(-1, -5, 0, 1, 7, 0.999, 0.5, -0.5, 0, 0, 0, 0), shape: [1, 3, 1, 2, 2] };
    const frames = toVideoFrames(pixels);
    expect([...frames.data]).toEqual([0, 255, 127, 0, 254, 127, 127, 191, 127, 255, 63, 127]);
    expect(toVideoFrames(fromVideoFrames(frames)).data.every((byte, i) => Math.abs(byte - frames.data[i]!) <= 1)).toBe(true);
  });
});
