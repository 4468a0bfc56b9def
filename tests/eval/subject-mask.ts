import type { VideoFrames } from '../../src-main/engine/pipelines/video-tensor.ts';

/** Soft cover of the subject, [frames][height * width] in [0, 1]. */
export type Masks = readonly Float32Array[];

/** How far from the densest place the subject may reach, in pixels of 64x40. */
const REACH = 14;
const VOTE = 4;

/**
 * Where frames differ from the background that the prompt asked for. Of several places the one where most differs within 9x9
 * pixels counts, with what lies near it.
 */
export function subjectMasks({ count, width, height, data }: VideoFrames, background: Uint8Array): Masks {
  return Array.from({ length: count }, (_, frame) => {
    const mask = new Float32Array(width * height);
    for (let i = 0; i < mask.length; i += 1) {
      let difference = 0;
      for (let c = 0; c < 3; c += 1) difference = Math.max(difference, Math.abs(data[(frame * mask.length + i) * 3 + c]! - background[i * 3 + c]!) / 127.5);
      mask[i] = Math.min(Math.max((difference - 0.25) / 0.3, 0), 1);
    }
    let [best, bestX, bestY] = [-1, 0, 0];
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        let [sum, n] = [0, 0];
        for (let v = Math.max(0, y - VOTE); v <= Math.min(height - 1, y + VOTE); v += 1) for (let u = Math.max(0, x - VOTE); u <= Math.min(width - 1, x + VOTE); u += 1) {
          sum += mask[v * width + u]!;
          n += 1;
        }
        if (sum / n > best) [best, bestX, bestY] = [sum / n, x, y];
      }
    }
    for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) if (Math.abs(x - bestX) >= REACH || Math.abs(y - bestY) >= REACH) mask[y * width + x] = 0;
    return mask;
  });
}

/** Centre and area in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly area: number;
}

/** Centre of mass of a cover. */
export function placeOf(mask: Float32Array, width: number): Place {
  let [area, sumX, sumY] = [0, 0, 0];
  for (let i = 0; i < mask.length; i += 1) {
    area += mask[i]!;
    sumX += mask[i]! * (i % width);
    sumY += mask[i]! * Math.floor(i / width);
  }
  const whole = Math.max(area, 1e-3);
  return { x: sumX / whole, y: sumY / whole, area: whole };
}
