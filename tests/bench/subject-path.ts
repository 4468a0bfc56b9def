import type { TensorMessage } from '../../src-main/engine/process/protocol.ts';

/** What the subject of a stretch of key frames does: one of the directions, `still`, or `none` where nothing was found. */
export type Direction = 'right' | 'left' | 'up' | 'down' | 'up-right' | 'up-left' | 'down-left' | 'down-right' | 'still' | 'none';

const COMPASS = ['right', 'up-right', 'up', 'up-left', 'left', 'down-left', 'down', 'down-right'] as const;
/** Neighbourhood whose mean decides where the subject is, and how far around that place its pixels may lie. */
const VOTE_RADIUS = 4;
const NEAR = 14;
const MIN_AREA = 15;
const MIN_PACE = 0.8;

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Picture without the subject: the median over time of every pixel and channel, [3, height, width]. */
export function stillPicture({ data, shape }: TensorMessage): Float32Array {
  const [, , frames = 0, height = 0, width = 0] = shape;
  const area = height * width;
  return Float32Array.from({ length: 3 * area }, (_, at) => {
    const [channel, pixel] = [Math.floor(at / area), at % area];
    return median(Array.from({ length: frames }, (__, frame) => data[(channel * frames + frame) * area + pixel]!));
  });
}

/** Softly, what differs from `still`, around the densest place: the same rule as in the training's own evaluation. */
function subjectMask({ data, shape }: TensorMessage, frame: number, still: Float32Array): Float32Array {
  const [, , frames = 0, height = 0, width = 0] = shape;
  const area = height * width;
  const mask = Float32Array.from({ length: area }, (_, pixel) => {
    const difference = Math.max(...[0, 1, 2].map((channel) => Math.abs(data[(channel * frames + frame) * area + pixel]! - still[channel * area + pixel]!)));
    return Math.min(1, Math.max(0, (difference - 0.25) / 0.3));
  });
  let peak = { at: 0, mean: -1 };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let [sum, count] = [0, 0];
      for (let dy = Math.max(0, y - VOTE_RADIUS); dy <= Math.min(height - 1, y + VOTE_RADIUS); dy += 1) {
        for (let dx = Math.max(0, x - VOTE_RADIUS); dx <= Math.min(width - 1, x + VOTE_RADIUS); dx += 1) {
          sum += mask[dy * width + dx]!;
          count += 1;
        }
      }
      if (sum / count > peak.mean) peak = { at: y * width + x, mean: sum / count };
    }
  }
  const [px, py] = [peak.at % width, Math.floor(peak.at / width)];
  return mask.map((value, pixel) => (Math.abs((pixel % width) - px) < NEAR && Math.abs(Math.floor(pixel / width) - py) < NEAR ? value : 0));
}

/** Direction of travel in frames `from` to `end`, by the slope of the subject's centre over time. */
export function readDirection(video: TensorMessage, from: number, end: number, still: Float32Array): Direction {
  const width = video.shape[4]!;
  const places: { t: number; x: number; y: number }[] = [];
  for (let frame = from; frame < end; frame += 1) {
    const mask = subjectMask(video, frame, still);
    let [area, x, y] = [0, 0, 0];
    for (const [pixel, value] of mask.entries()) {
      area += value;
      x += value * (pixel % width);
      y += value * Math.floor(pixel / width);
    }
    if (area > MIN_AREA) places.push({ t: frame, x: x / area, y: y / area });
  }
  if (places.length < 4) return 'none';
  const mean = (of: (place: (typeof places)[number]) => number): number => places.reduce((sum, place) => sum + of(place), 0) / places.length;
  const middle = mean(({ t }) => t);
  const slope = (of: (place: (typeof places)[number]) => number): number => mean((place) => (place.t - middle) * (of(place) - mean(of))) / mean(({ t }) => (t - middle) ** 2);
  const [dx, dy] = [slope(({ x }) => x), slope(({ y }) => y)];
  if (Math.hypot(dx, dy) < MIN_PACE) return 'still';
  // Diagonals of the motion world rise by 0.46 for 0.84: stretched to 45 degrees before rounding.
  const turn = Math.round(Math.atan2(-dy / 0.46, dx / 0.84) / (Math.PI / 4));
  return COMPASS[((turn % 8) + 8) % 8]!;
}
