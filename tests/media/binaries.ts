import { createMedia, type Media } from '../../src-main/media/media.ts';
import { findFfmpeg, type FfmpegBinaries } from '../../src-main/media/find-ffmpeg.ts';

/** Every ffmpeg of this machine the studio could come to use: that of PATH where it is new enough, and the built-in one. */
export async function availableBinaries(): Promise<{ label: string; binaries: FfmpegBinaries; media: Media }[]> {
  const found: { label: string; binaries: FfmpegBinaries; media: Media }[] = [];
  for (const searchPath of [process.env['PATH'] ?? '', '']) {
    const binaries = await findFfmpeg({ searchPath });
    if (found.some((other) => other.binaries.ffmpeg === binaries.ffmpeg)) continue;
    found.push({ label: `${binaries.source} ffmpeg ${binaries.version}`, binaries, media: createMedia({ searchPath }) });
  }
  return found;
}

/** RGB24 frames of smooth colour ramps that move: `[frames, height, width, 3]`. */
export function rampFrames(width: number, height: number, frames: number): Uint8Array {
  const bytes = new Uint8Array(frames * height * width * 3);
  let position = 0;
  for (let frame = 0; frame < frames; frame += 1) {
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        bytes[position++] = Math.round((255 * x) / (width - 1));
        bytes[position++] = Math.round((255 * y) / (height - 1));
        bytes[position++] = Math.round((255 * frame) / Math.max(1, frames - 1));
      }
    }
  }
  return bytes;
}

/** Frames of one flat grey level each, so that every decoded frame tells its number. */
export function levelFrames(width: number, height: number, frames: number, step: number): Uint8Array {
  const bytes = new Uint8Array(frames * height * width * 3);
  for (let frame = 0; frame < frames; frame += 1) bytes.fill(16 + frame * step, frame * height * width * 3, (frame + 1) * height * width * 3);
  return bytes;
}

/** All frames of an iteration. */
export async function collect(frames: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const frame of frames) all.push(frame);
  return all;
}
