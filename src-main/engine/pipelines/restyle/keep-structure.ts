/** Channels, height and width of one frame of latents. */
export interface FrameShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** One pass of a box mean of `2 radius + 1` along rows or columns, edges repeated. */
function boxMean(from: Float32Array, to: Float32Array, lines: number, length: number, lineStep: number, step: number, radius: number): void {
  for (let line = 0; line < lines; line += 1) {
    const base = line * lineStep;
    const at = (place: number): number => from[base + Math.min(Math.max(place, 0), length - 1) * step]!;
    let sum = 0;
    for (let place = -radius; place <= radius; place += 1) sum += at(place);
    for (let place = 0; place < length; place += 1) {
      to[base + place * step] = sum / (2 * radius + 1);
      sum += at(place + radius + 1) - at(place - radius);
    }
  }
}

/** Outlines of a frame of latents: what is left of it without its local mean, about a fortieth of its height wide. */
export function outlinesOf(latents: Float32Array, { channels, height, width }: FrameShape): Float32Array {
  const radius = Math.max(1, Math.round(height / 40));
  const out = new Float32Array(latents.length);
  const area = height * width;
  const [rows, both] = [new Float32Array(area), new Float32Array(area)];
  for (let channel = 0; channel < channels; channel += 1) {
    const plane = latents.subarray(channel * area, (channel + 1) * area);
    boxMean(plane, rows, height, width, width, 1, radius);
    boxMean(rows, both, width, height, 1, width, radius);
    for (let i = 0; i < area; i += 1) out[channel * area + i] = plane[i]! - both[i]!;
  }
  return out;
}

/**
 * Pulls the estimate of the clean frame towards the outlines of the source by `pull` in [0, 1]; colours and tones stay the estimate's.
 * The counterpart of ILVR (Choi et al. 2021, equation 8), which keeps the low frequencies: a style changes those, and the outlines
 * are what must stay.
 */
export function keepOutlines(denoised: Float32Array, source: Float32Array, shape: FrameShape, pull: number): Float32Array {
  const own = outlinesOf(denoised, shape);
  return denoised.map((value, i) => value + pull * (source[i]! - own[i]!));
}
