import { brightnessAt, flowBetween, halved, lumaOf, valueAt, type Flow, type Luma } from '../../flow/optical-flow.ts';
import type { VideoFrames } from '../video-tensor.ts';

/** Difference of a colour channel, of 255, at which a pixel is only half believed to come from where the flow says. */
const DOUBT = 24;
/** Distance in pixels by which the way there and back may miss before a pixel is only half believed. */
const MISSED = 2;
/** The most that is taken over from the frame before: a picture that is only carried along smears. */
const MOST_CARRIED = 0.9;
/** A difference of the source's own below this, of 255, is rounding. */
const LEAST_CHANGE = 0.5;

/** A frame as it came out, with the number it has in the clip. */
export interface ShownFrame {
  readonly number: number;
  readonly frame: VideoFrames;
}

/** A frame of the source. */
interface Seen {
  readonly source: VideoFrames;
  readonly luma: Luma;
}

/** And what was made of it. */
interface Shown extends Seen {
  readonly shown: VideoFrames;
}

/**
 * Lets drawn frames change no more than their source does. Each frame is mixed with the one before, carried along the source's optical flow
 * where that explains the source itself (Ruder et al. 2016, section 4; blind temporal consistency, Bonneel et al. 2015); how much of it follows
 * from the frame: as much as makes the error of the whole drawn picture along the flow that of the source, and none where it is that already.
 *
 * A frame depends on all before it. `from` is the last one of an earlier run, to go on behind: frames up to it come out as they are.
 */
export class SteadyFrames {
  #before: Shown | null = null;
  #from: ShownFrame | null;

  constructor(from: ShownFrame | null) {
    this.#from = from;
  }

  /** The next frame as drawn and its source, both of one size; returns what is shown. */
  next(number: number, drawn: VideoFrames, source: VideoFrames): VideoFrames {
    if (this.#from !== null && number < this.#from.number) return drawn;
    const [seen, before] = [{ source, luma: lumaOf(source, 0) }, this.#before];
    const shown = this.#from?.number === number ? this.#from.frame : before === null ? drawn : carried(drawn, seen, before);
    this.#from = null;
    this.#before = { ...seen, shown };
    return shown;
  }
}

/** Mixes a drawn frame with the one shown before it, moved along the flow of the source. */
function carried(drawn: VideoFrames, { source, luma }: Seen, before: Shown): VideoFrames {
  const { width, height } = drawn;
  const back = flowBetween(before.luma, luma);
  // What has come into view has no place in the frame before: from the place that the flow names, the way forth leads elsewhere.
  // At half size: motion is smooth, and a quarter of the work.
  const forth = doubled(flowBetween(halved(luma), halved(before.luma)), width, height);
  const [area, drawnLuma] = [width * height, lumaOf(drawn, 0)];
  const moved = new Float32Array(area * 3);
  const trust = new Float32Array(area);
  const [ways, origin] = [[{ width, height, data: forth.x }, { width, height, data: forth.y }] as const, new Float32Array(3)];
  let [own, made, movable, count] = [0, 0, 0, 0];
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) {
    const i = y * width + x;
    const [fromX, fromY] = [x + back.x[i]!, y + back.y[i]!];
    if (fromX < 0 || fromY < 0 || fromX > width - 1 || fromY > height - 1) continue;
    sampleColour(before.source, fromX, fromY, origin, 0);
    let difference = 0;
    for (let channel = 0; channel < 3; channel += 1) difference = Math.max(difference, Math.abs(source.data[i * 3 + channel]! - origin[channel]!));
    const miss = Math.hypot(back.x[i]! + valueAt(ways[0], fromX, fromY), back.y[i]! + valueAt(ways[1], fromX, fromY));
    const allowed = MISSED + 0.05 * Math.hypot(back.x[i]!, back.y[i]!);
    trust[i] = 1 / (1 + (difference / DOUBT) ** 4) / (1 + (miss / allowed) ** 4);
    sampleColour(before.shown, fromX, fromY, moved, i * 3);
    const error = Math.abs(drawnLuma.data[i]! - brightnessAt(moved, i * 3));
    own += Math.abs(luma.data[i]! - brightnessAt(origin, 0));
    made += error;
    movable += trust[i]! * error;
    count += 1;
  }
  // What cannot be believed keeps its error, so the rest takes over more.
  const share = movable === 0 ? 0 : Math.min(Math.max((made - Math.max(own, LEAST_CHANGE * count)) / movable, 0), MOST_CARRIED);
  if (share === 0) return drawn;
  const data = new Uint8Array(area * 3);
  for (let i = 0; i < area; i += 1) {
    const weight = share * trust[i]!;
    for (let channel = i * 3; channel < i * 3 + 3; channel += 1) data[channel] = Math.round(drawn.data[channel]! + weight * (moved[channel]! - drawn.data[channel]!));
  }
  return { ...drawn, data };
}

/** A flow of half the size, for every pixel of the whole one. */
function doubled(flow: Flow, width: number, height: number): Flow {
  const half = { width: Math.max(1, width >> 1), height: Math.max(1, height >> 1) };
  const [x, y] = [new Float32Array(width * height), new Float32Array(width * height)];
  const [fieldX, fieldY] = [{ ...half, data: flow.x }, { ...half, data: flow.y }];
  for (let row = 0; row < height; row += 1) for (let column = 0; column < width; column += 1) {
    const [u, v] = [column / 2 - 0.25, row / 2 - 0.25];
    x[row * width + column] = 2 * valueAt(fieldX, u, v);
    y[row * width + column] = 2 * valueAt(fieldY, u, v);
  }
  return { x, y };
}

/** Writes the bilinear colour between pixels to `out` at `at`. */
function sampleColour({ width, height, data }: VideoFrames, x: number, y: number, out: Float32Array, at: number): void {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [x1, y1] = [Math.min(x0 + 1, width - 1), Math.min(y0 + 1, height - 1)];
  const [fx, fy] = [x - x0, y - y0];
  for (let channel = 0; channel < 3; channel += 1) {
    const value = (column: number, row: number) => data[(row * width + column) * 3 + channel]!;
    out[at + channel] = (value(x0, y0) * (1 - fx) + value(x1, y0) * fx) * (1 - fy) + (value(x0, y1) * (1 - fx) + value(x1, y1) * fx) * fy;
  }
}
