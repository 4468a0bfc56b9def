/** Motions that the default pack's training never shows, and clips of them, drawn by code. */

/** A path over time t in [0, 1]: x and y from 0 (left, top) to 1 within the part of the frame that the subject's centre may use. */
export interface OffTrainingMotion {
  readonly name: string;
  at(t: number): readonly [x: number, y: number];
}

const TURN = 2 * Math.PI;
const wave = (turns: number, t: number, phase = 0): number => 0.5 + 0.5 * Math.sin(TURN * (turns * t + phase));
/** Walks along corner points at an even pace. */
const corners = (...points: readonly (readonly [number, number])[]) => (t: number): readonly [number, number] => {
  const place = Math.min(t, 1 - 1e-9) * (points.length - 1);
  const [from, to] = [points[Math.floor(place)]!, points[Math.floor(place) + 1]!];
  const share = place - Math.floor(place);
  return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
};

export const OFF_TRAINING_MOTIONS: readonly OffTrainingMotion[] = [
  { name: 'figure-eight', at: (t) => [wave(1, t), wave(2, t)] },
  { name: 'standing figure-eight', at: (t) => [wave(2, t), wave(1, t)] },
  { name: 's-curve', at: (t) => [wave(1, t, 0.25), t] },
  { name: 'lying s-curve', at: (t) => [t, wave(1, t, 0.25)] },
  { name: 'square path', at: corners([0, 0], [1, 0], [1, 1], [0, 1], [0, 0]) },
  { name: 'square path the other way', at: corners([0, 0], [0, 1], [1, 1], [1, 0], [0, 0]) },
  { name: 'decelerating fall and rebound', at: (t) => [0.3 + 0.4 * t, t < 0.5 ? 1 - (1 - 2 * t) ** 2 : 1 - 0.6 * (1 - (2 - 2 * t) ** 2)] },
  { name: 'fall and three rebounds', at: (t) => [t, 1 - Math.abs(Math.cos(1.5 * TURN * t)) * (1 - 0.6 * t)] },
  { name: 'two-stage zigzag', at: corners([0, 0.2], [0.4, 0.9], [0.5, 0.1], [1, 0.8]) },
  { name: 'dash and creep', at: (t) => [t < 0.3 ? t / 0.3 * 0.8 : 0.8 + (t - 0.3) / 0.7 * 0.2, 0.5 + 0.3 * t] },
  { name: 'there and back', at: (t) => [t < 0.5 ? 2 * t : 2 - 2 * t, 0.5] },
  { name: 'up and back twice', at: (t) => [0.5, 1 - Math.abs(Math.sin(TURN * t))] },
  { name: 'triangle path', at: corners([0, 1], [0.5, 0], [1, 1], [0, 1]) },
  { name: 'hook', at: corners([0, 0], [1, 0], [1, 0.8], [0.6, 0.8]) },
  { name: 'staircase', at: corners([0, 1], [0.33, 1], [0.33, 0.5], [0.66, 0.5], [0.66, 0], [1, 0]) },
  { name: 'parabola', at: (t) => [t, 1 - 4 * t * (1 - t)] },
  { name: 'upside-down parabola', at: (t) => [1 - t, 4 * t * (1 - t)] },
  { name: 'accelerating climb', at: (t) => [0.2 + 0.6 * t, 1 - t ** 3] },
  { name: 'half circle and straight', at: (t) => (t < 0.6 ? [0.35 + 0.35 * Math.cos(TURN * (0.5 + t / 1.2)), 0.5 + 0.5 * Math.sin(TURN * (0.5 + t / 1.2))] : [0.7 + 0.3 * ((t - 0.6) / 0.4), 0.5]) },
  { name: 'falling leaf', at: (t) => [wave(1.5, t), t] },
];

/** Where the centre of the subject is allowed to be, in pixels of a 64 x 40 frame. */
const PLACE = { left: 13, top: 12, width: 38, height: 16 } as const;

/** Centre in pixels at each of `count` frames. */
export function pathOf({ at }: OffTrainingMotion, count: number): readonly (readonly [x: number, y: number])[] {
  return Array.from({ length: count }, (_, frame) => {
    const [x, y] = at(frame / (count - 1));
    return [PLACE.left + x * PLACE.width, PLACE.top + y * PLACE.height];
  });
}

/** A red ball on a grey ground that moves along the path: RGB24, [count, 40, 64, 3], drawn with soft edges. */
export function drawClip(motion: OffTrainingMotion, count: number): { count: number; width: number; height: number; data: Uint8Array } {
  const [width, height, radius] = [64, 40, 8.5];
  const data = new Uint8Array(count * width * height * 3);
  for (const [frame, [cx, cy]] of pathOf(motion, count).entries()) {
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(x + 0.5 - cx, y + 0.5 - cy)));
        const ground = 150 + 30 * (y / height);
        data.set([222, 32, 38].map((value) => ground + cover * (value - ground)), ((frame * height + y) * width + x) * 3);
      }
    }
  }
  return { count, width, height, data };
}

/** Colours of the target subjects, as the motion world paints them. */
export const TARGET_COLOURS = { red: [222, 32, 38], yellow: [250, 222, 40], pink: [252, 128, 184], purple: [136, 44, 190], orange: [250, 134, 20], white: [250, 250, 250] } as const;

/** Centre of what has the target's colour in each frame; null where too little has it. */
export function trackColour(frames: { count: number; width: number; height: number; data: Uint8Array }, colour: readonly number[]): (readonly [number, number] | null)[] {
  const { count, width, height, data } = frames;
  return Array.from({ length: count }, (_, frame) => {
    let [sum, sumX, sumY] = [0, 0, 0];
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const at = ((frame * height + y) * width + x) * 3;
        const distance = Math.hypot(data[at]! - colour[0]!, data[at + 1]! - colour[1]!, data[at + 2]! - colour[2]!) / 255;
        const weight = Math.min(1, Math.max(0, (0.5 - distance) / 0.2));
        sum += weight;
        sumX += weight * x;
        sumY += weight * y;
      }
    }
    return sum < 12 ? null : [sumX / sum, sumY / sum];
  });
}

/** Pearson correlation of two paths along one axis, over the frames where both are known; null when the first one stands still on it. */
export function axisCorrelation(reference: readonly (readonly [number, number])[], got: readonly (readonly [number, number] | null)[], axis: 0 | 1): number | null {
  const pairs = reference.flatMap((point, frame) => {
    const other = got[frame];
    return other === null || other === undefined ? [] : [[point[axis], other[axis]] as const];
  });
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const whole = reference.map((point) => point[axis]);
  if (Math.max(...whole) - Math.min(...whole) < 1) return null;
  if (pairs.length < reference.length / 2) return 0;
  const [a, b] = [pairs.map(([value]) => value), pairs.map(([, value]) => value)];
  const [meanA, meanB] = [mean(a), mean(b)];
  let [dot, normA, normB] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    dot += (value - meanA) * (b[index]! - meanB);
    normA += (value - meanA) ** 2;
    normB += (b[index]! - meanB) ** 2;
  }
  // A subject that hardly moves correlates with nothing, whatever its last half pixel does.
  return normB < 0.25 * b.length ? 0 : dot / Math.sqrt(normA * normB);
}
