import { resizeFrames } from '../engine/pipelines/resize.ts';
import type { Size } from '../engine/pipelines/restyle/restyle-size.ts';

/** From here on a pixel counts as clear: codecs round what is whole down a little. */
const WHOLE = 250;

/** Whether any pixel of an RGBA frame lets something through. */
export function isClear(rgba: Uint8Array): boolean {
  for (let i = 3; i < rgba.length; i += 4) if (rgba[i]! < WHOLE) return true;
  return false;
}

/** An RGBA frame as colour `[height, width, 3]` and opacity `[height, width]`. */
export interface SplitFrame {
  readonly colour: Uint8Array;
  readonly opacity: Uint8Array;
}

/**
 * Parts colour from opacity. With `fill`, what shows through is filled with the mean colour of what does not: black there would bleed into
 * the edges of whatever is drawn from it.
 */
export function splitFrame(rgba: Uint8Array, fill: boolean): SplitFrame {
  const area = rgba.length / 4;
  const [colour, opacity] = [new Uint8Array(area * 3), new Uint8Array(area)];
  const [sums, mean] = [[0, 0, 0], [0, 0, 0]];
  let weight = 0;
  for (let i = 0; i < area; i += 1) {
    const alpha = rgba[4 * i + 3]!;
    opacity[i] = alpha;
    weight += alpha;
    for (let c = 0; c < 3; c += 1) sums[c]! += alpha * rgba[4 * i + c]!;
  }
  for (let c = 0; c < 3; c += 1) mean[c] = weight === 0 ? 0 : sums[c]! / weight;
  for (let i = 0; i < area; i += 1) {
    const share = fill ? opacity[i]! / 255 : 1;
    for (let c = 0; c < 3; c += 1) colour[3 * i + c] = Math.round(share * rgba[4 * i + c]! + (1 - share) * mean[c]!);
  }
  return { colour, opacity };
}

/** Puts colour and opacity together, each pixel's own; the opacity is brought to the colours' size. */
export function joinFrame(colour: Uint8Array, { width, height }: Size, opacity: Uint8Array, from: Size): Uint8Array {
  const out = new Uint8Array(width * height * 4);
  const own = from.width === width && from.height === height ? opacity : resizePlane(opacity, from, { width, height });
  for (let i = 0; i < width * height; i += 1) {
    out.set(colour.subarray(3 * i, 3 * i + 3), 4 * i);
    out[4 * i + 3] = own[i]!;
  }
  return out;
}

/** The frame as it looks on black: what previews show. */
export function overBlack(rgba: Uint8Array): Uint8Array {
  const out = new Uint8Array((rgba.length / 4) * 3);
  for (let i = 0; i < rgba.length / 4; i += 1) for (let c = 0; c < 3; c += 1) out[3 * i + c] = Math.round((rgba[4 * i + c]! * rgba[4 * i + 3]!) / 255);
  return out;
}

function resizePlane(plane: Uint8Array, from: Size, { width, height }: Size): Uint8Array {
  const grey = new Uint8Array(plane.length * 3);
  for (let i = 0; i < plane.length; i += 1) grey.fill(plane[i]!, 3 * i, 3 * i + 3);
  return resizeFrames({ count: 1, ...from, data: grey }, width, height).data.filter((_, i) => i % 3 === 0);
}
