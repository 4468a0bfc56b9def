import type { FramesMessage } from '../../src-main/engine/process/protocol.ts';

const GAP = 2;

/** Clips below each other, their frames side by side, each pixel `scale` times as large: RGB24. */
export function clipSheet(clips: readonly FramesMessage[], scale = 2): { width: number; height: number; data: Uint8Array } {
  const { count, width: w, height: h } = clips[0]!;
  const [columnWidth, rowHeight] = [w * scale + GAP, h * scale + GAP];
  const [width, height] = [columnWidth * count - GAP, rowHeight * clips.length - GAP];
  const data = new Uint8Array(width * height * 3).fill(255);
  for (const [row, clip] of clips.entries()) {
    for (let frame = 0; frame < clip.count; frame += 1) {
      for (let y = 0; y < h * scale; y += 1) {
        for (let x = 0; x < w * scale; x += 1) {
          const from = ((frame * h + Math.floor(y / scale)) * w + Math.floor(x / scale)) * 3;
          data.set(clip.data.subarray(from, from + 3), ((row * rowHeight + y) * width + frame * columnWidth + x) * 3);
        }
      }
    }
  }
  return { width, height, data };
}
