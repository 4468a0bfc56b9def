import { unreadable } from './sniff-container.ts';

/** What is accepted from outside, checked before anything is decoded. */
export const LIMITS = {
  /** Longest side of a frame, in pixels. */
  side: 16_384,
  /** Pixels of one frame: 8K UHD with room. */
  framePixels: 8192 * 8192,
  /** Frames of a clip: two hours at 60 per second. */
  frames: 432_000,
  /** Pixels of a whole clip: one hour of 4K at 60 frames per second. */
  clipPixels: 3840 * 2160 * 216_000,
} as const;

/** Refuses a clip whose decoding would take more than a desktop has; `file` is named in the message. */
export function checkLimits(file: string, width: number, height: number, frames: number): void {
  if (width > LIMITS.side || height > LIMITS.side || width * height > LIMITS.framePixels) {
    throw unreadable(file, `is too large: ${width}x${height} pixels`, 'Scale it down to 8192x8192 or less first.');
  }
  if (frames > LIMITS.frames || width * height * frames > LIMITS.clipPixels) {
    throw unreadable(file, `is too long: ${frames} frames of ${width}x${height} pixels`, 'Cut out the part that you need first.');
  }
}
