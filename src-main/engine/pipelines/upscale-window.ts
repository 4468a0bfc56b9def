import type { Noise } from '../random/noise.ts';
import { zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { denoise, startPosition } from './denoise.ts';
import { enlargePart } from './enlarge.ts';
import type { Enlargement, Place } from './enlarge.ts';
import type { StageContext } from './stage-step.ts';
import type { VideoFrames } from './video-tensor.ts';

/** How a window of real footage is enlarged. */
export interface UpscaleWindowSettings {
  /** Enlargement of each side by the model: 4. */
  readonly scale: number;
  /** Size of one tile in pixels of the input: what the model was trained on. */
  readonly tile: { readonly width: number; readonly height: number };
  /** Input pixels that neighbouring tiles share. */
  readonly overlap: number;
  /** Train timestep to which the condition is noised, and the class label that says so. */
  readonly noiseLevel: number;
  /** How the condition was enlarged when the model was trained. */
  readonly enlargement: Enlargement;
  /** Number of the window's first frame in its clip: frames of overlapping windows are drawn from the same noise. */
  readonly firstFrame: number;
  readonly noiseCondition: (sample: Tensor, noise: Tensor, timestep: number) => Tensor;
}

/** Input pixels that neighbouring tiles share: about what the model sees to each side, less for tiny tiles. */
export const tileOverlap = (tile: UpscaleWindowSettings['tile']): number => Math.min(8, Math.floor(Math.min(tile.width, tile.height) / 4));

/** Tiles begin on this grid of input pixels: a network that halves its picture three times sees the given pixels where it saw them in training. */
const GRID = 4;

/** Starts of tiles that cover `length`, about evenly spread, at least `overlap` shared; the last may reach a little beyond. One tile when it is at least as long. */
export function tileStarts(length: number, tile: number, overlap: number): readonly number[] {
  if (length <= tile) return [0];
  const last = Math.ceil((length - tile) / GRID);
  const step = Math.max(1, Math.floor((tile - overlap) / GRID));
  const count = Math.ceil(last / step) + 1;
  return Array.from({ length: count }, (_, index) => GRID * Math.round((index * last) / (count - 1)));
}

/** Number of tiles of a frame: the units of work of a window. */
export function tileCount(frame: { readonly width: number; readonly height: number }, { tile, overlap }: Pick<UpscaleWindowSettings, 'tile' | 'overlap'>): number {
  return tileStarts(frame.width, tile.width, overlap).length * tileStarts(frame.height, tile.height, overlap).length;
}

/**
 * Noise of a tile as part of one field over the whole frame, drawn in squares of `CELL` pixels: tiles and windows that overlap
 * start from the same values there, so that they agree. [1, 3, count, place.height, place.width].
 */
const CELL = 64;
function noiseOf(noise: Noise, firstFrame: number, count: number, place: Place): Tensor {
  const out = zeros([1, 3, count, place.height, place.width]);
  for (let frame = 0; frame < count; frame += 1) {
    const stream = noise.fork(`frame${firstFrame + frame}`);
    for (let cellY = Math.floor(place.y / CELL); cellY * CELL < place.y + place.height; cellY += 1) {
      for (let cellX = Math.floor(place.x / CELL); cellX * CELL < place.x + place.width; cellX += 1) {
        const values = stream.fork(`${cellX},${cellY}`).normal(3 * CELL * CELL);
        const [fromX, toX] = [Math.max(place.x, cellX * CELL), Math.min(place.x + place.width, (cellX + 1) * CELL)];
        const [fromY, toY] = [Math.max(place.y, cellY * CELL), Math.min(place.y + place.height, (cellY + 1) * CELL)];
        for (let channel = 0; channel < 3; channel += 1) {
          for (let y = fromY; y < toY; y += 1) {
            const from = (channel * CELL + y - cellY * CELL) * CELL - cellX * CELL;
            out.data.set(values.subarray(from + fromX, from + toX), ((channel * count + frame) * place.height + y - place.y) * place.width + fromX - place.x);
          }
        }
      }
    }
  }
  return out;
}

/** Share of a new tile or window at `position` of an overlap of `length`: rises evenly and is symmetric, so that both sides count the same. */
export const blendShare = (position: number, length: number): number => (position >= length ? 1 : (position + 0.5) / length);

/**
 * Writes a tile over what earlier tiles left: in the parts it shares with them it comes in gradually, so that no edge shows.
 * `tile` is [1, 3, frames, h, w] in about [-1, 1]; `shared` are the output pixels it shares with the tiles left of it and above.
 */
function blendTile(target: { data: Uint8Array; width: number; height: number }, tile: Tensor, place: Place, shared: { readonly left: number; readonly top: number }): void {
  const count = tile.shape[2]!;
  const [height, width] = [Math.min(place.height, target.height - place.y), Math.min(place.width, target.width - place.x)];
  for (let frame = 0; frame < count; frame += 1) {
    for (let y = 0; y < height; y += 1) {
      const rowShare = blendShare(y, shared.top);
      for (let x = 0; x < width; x += 1) {
        const share = rowShare * blendShare(x, shared.left);
        const to = ((frame * target.height + place.y + y) * target.width + place.x + x) * 3;
        for (let channel = 0; channel < 3; channel += 1) {
          const value = Math.min(Math.max(tile.data[((channel * count + frame) * place.height + y) * place.width + x]! * 127.5 + 127.5, 0), 255);
          target.data[to + channel] = Math.round(value * share + target.data[to + channel]! * (1 - share));
        }
      }
    }
  }
}

/**
 * Enlarges one window of frames of any size by the pixel super-resolution (Show-1, section 3.4), tile by tile. Every tile is
 * conditioned on its noised enlargement alone: no frame is drawn from an earlier drawn one, so that errors cannot grow along a
 * long clip. With one step from pure noise the result is the conditional mean. Yields the number of finished tiles; returns
 * 8-bit frames [count, height * scale, width * scale, 3]. Memory: the output bytes and one tile.
 */
export async function* upscaleWindow(context: StageContext, frames: VideoFrames, settings: UpscaleWindowSettings): AsyncGenerator<number, VideoFrames> {
  const { scale, tile, overlap, noiseLevel, enlargement, firstFrame } = settings;
  const { count } = frames;
  const [width, height] = [frames.width * scale, frames.height * scale];
  const output = { data: new Uint8Array(count * width * height * 3), width, height };
  const [xs, ys] = [tileStarts(frames.width, tile.width, overlap), tileStarts(frames.height, tile.height, overlap)];
  let finished = 0;
  for (const [row, y] of ys.entries()) {
    for (const [column, x] of xs.entries()) {
      const place = { x: x * scale, y: y * scale, width: tile.width * scale, height: tile.height * scale };
      const condition = settings.noiseCondition(enlargePart(frames, scale, place, enlargement), noiseOf(context.noise.fork('condition'), firstFrame, count, place), noiseLevel);
      const begin = startPosition(noiseOf(context.noise.fork('sample'), firstFrame, count, place));
      const steps = denoise({ ...context, condition, classLabel: noiseLevel, noise: context.noise.fork(`steps${firstFrame},${row},${column}`) }, begin);
      // The estimate of the last step, not the sample behind it: that still holds a trace of the noise it began from.
      let estimate = condition;
      for (let next = await steps.next(); next.done !== true; next = await steps.next()) estimate = next.value.denoised;
      const shared = { left: column === 0 ? 0 : (xs[column - 1]! + tile.width - x) * scale, top: row === 0 ? 0 : (ys[row - 1]! + tile.height - y) * scale };
      blendTile(output, estimate, place, shared);
      finished += 1;
      yield finished;
    }
  }
  return { count, ...output };
}
