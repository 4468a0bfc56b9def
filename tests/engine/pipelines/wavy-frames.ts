import type { VideoFrames } from '../../../src-main/engine/pipelines/video-tensor.ts';

/** Smooth waves across the picture, another phase in each channel; all frames are alike. */
export function wavyFrames(count: number, width: number, height: number): VideoFrames {
  const data = new Uint8Array(count * width * height * 3);
  for (let i = 0; i < data.length; i += 1) {
    const pixel = Math.floor(i / 3) % (width * height);
    data[i] = Math.round(127 + 60 * Math.sin((pixel % width) / 5 + (i % 3)) + 50 * Math.cos(Math.floor(pixel / width) / 4));
  }
  return { count, width, height, data };
}
