import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { TILE_COUNTS, tileGrid } from '../../../src-shared/recipe/tile-count.ts';
import type { TileCount } from '../../../src-shared/recipe/tile-count.ts';
import { encodeVideo } from '../../../src-main/engine/pipelines/super-resolution-2.ts';
import { decodeLatents } from '../../../src-main/engine/pipelines/decode-latents.ts';
import { openPack } from '../../../src-main/engine/pipelines/open-pack.ts';
import { planMemory } from '../../../src-main/engine/pipelines/plan-memory.ts';
import { decodeStageCheckpoint, encodeStageCheckpoint } from '../../../src-main/engine/pipelines/stage-checkpoint.ts';
import { createStageRunner } from '../../../src-main/engine/pipelines/stage-runner.ts';
import { loadVae } from '../../../src-main/engine/pipelines/stage-sessions.ts';
import { tiledUnet, tiledVae } from '../../../src-main/engine/pipelines/tiled-models.ts';
import { addTile, axisWeights, cutTile, layOutTiles, tileSize, tilesOf } from '../../../src-main/engine/pipelines/tiles.ts';
import { upscaleTile } from '../../../src-main/engine/pipelines/upscaler.ts';
import type { UnetInputs, UnetRun } from '../../../src-main/engine/pipelines/unet-run.ts';
import { fromVideoFrames } from '../../../src-main/engine/pipelines/video-tensor.ts';
import { createNoise } from '../../../src-main/engine/random/noise.ts';
import { zeros } from '../../../src-main/engine/tensor/tensor.ts';
import type { Tensor } from '../../../src-main/engine/tensor/tensor.ts';
import { writeRunnablePack } from '../process/make-runnable-pack.ts';
import { wavyFrames } from './wavy-frames.ts';

const MINI = join(import.meta.dirname, '../../../models/motif-mini');

const randomVideo = (shape: readonly number[], seed = 3): Tensor => ({ data: createNoise(seed).fork('video').normal(shape.reduce((a, b) => a * b, 1)), shape });
const largestDifference = (a: Tensor, b: Tensor): number => a.data.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b.data[i]!)), 0);
const decibels = (a: Tensor, b: Tensor): number => 10 * Math.log10(4 / (a.data.reduce((sum, value, i) => sum + (value - b.data[i]!) ** 2, 0) / a.data.length));
const inputsOf = (sample: Tensor): UnetInputs => ({ sample, timestep: 1, promptEmbeds: zeros([1, 1, 1]), classLabel: null });

/** A blur that sees `radius` positions to every side, zeros beyond the border as convolutions have them. */
function blur(video: Tensor, radius: number): Tensor {
  const [height, width] = video.shape.slice(-2) as [number, number];
  const out = zeros(video.shape);
  for (let plane = 0; plane < video.data.length; plane += height * width) {
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        let sum = 0;
        for (let dy = -radius; dy <= radius; dy += 1) {
          for (let dx = -radius; dx <= radius; dx += 1) if (y + dy >= 0 && y + dy < height && x + dx >= 0 && x + dx < width) sum += video.data[plane + (y + dy) * width + x + dx]! * (1 + dx + 2 * dy);
        }
        out.data[plane + y * width + x] = sum / (2 * radius + 1) ** 2;
      }
    }
  }
  return out;
}

describe('tiles', () => {
  it('halve the longer side', () => {
    expect(TILE_COUNTS.map((count) => tileGrid(count, { width: 576, height: 320 }))).toEqual([{ columns: 1, rows: 1 }, { columns: 2, rows: 1 }, { columns: 2, rows: 2 }, { columns: 4, rows: 2 }, { columns: 4, rows: 4 }]);
    expect(tileGrid(2, { width: 320, height: 576 })).toEqual({ columns: 1, rows: 2 });
  });

  it('cover every frame of every size with weights that sum to one, at any fineness', () => {
    for (const total of [1, 2, 3, 5, 7, 9, 10, 16, 23, 37, 40, 72, 90]) {
      for (const unit of [1, 4, 8]) {
        for (const count of TILE_COUNTS) {
          for (const overlap of [8, 32]) {
            const { x } = layOutTiles({ width: total * unit, height: unit }, count, { unit, overlap });
            for (const scale of [1, 2, 8]) {
              const sums = new Float64Array(x.total * scale);
              for (const [index, weights] of axisWeights(x, scale).entries()) for (const [at, weight] of weights.entries()) sums[x.starts[index]! * scale + at]! += weight;
              expect(sums.every((sum) => Math.abs(sum - 1) < 1e-6), `${total} x ${unit} in ${count}`).toBe(true);
            }
            expect(x.starts.every((start) => start % unit === 0) && x.length % unit === 0 && x.starts.at(-1)! + x.length === x.total).toBe(true);
          }
        }
      }
    }
  });

  it('put cut frames together again as they were', () => {
    const video = randomVideo([1, 2, 3, 40, 72]);
    for (const count of TILE_COUNTS) {
      const layout = layOutTiles({ width: 72, height: 40 }, count, { unit: 8, overlap: 8 });
      const out = zeros(video.shape);
      for (const place of tilesOf(layout)) addTile(out, cutTile(video, layout, place), layout, place);
      expect(largestDifference(out, video)).toBeLessThan(1e-6);
      if (count > 1) expect(tileSize(layout).width * tileSize(layout).height).toBeLessThan(72 * 40);
    }
  });

  it('make no difference to convolutions that see no further than a quarter of the overlap', async () => {
    const unet: UnetRun = ({ sample }) => Promise.resolve(blur(sample, 2));
    const video = randomVideo([2, 2, 2, 40, 72]);
    const whole = blur(video, 2);
    for (const count of [2, 4, 8] as const) {
      const layout = layOutTiles({ width: 72, height: 40 }, count, { unit: 4, overlap: 8 });
      expect(largestDifference(await tiledUnet(unet, layout)(inputsOf(video)), whole), `${count} tiles`).toBeLessThan(1e-5);
    }
    // Seen further, the cut would show; the outer quarter hides the worst of it.
    const layout = layOutTiles({ width: 72, height: 40 }, 4, { unit: 4, overlap: 8 });
    expect(largestDifference(await tiledUnet(({ sample }) => Promise.resolve(blur(sample, 6)), layout)(inputsOf(video)), blur(video, 6))).toBeGreaterThan(1e-3);
  });

  it('serve both halves of an autoencoder, whose sides differ in size', async () => {
    const grow = (image: Tensor, by: number): Tensor => {
      const [height, width] = image.shape.slice(-2) as [number, number];
      const out = zeros([...image.shape.slice(0, -2), height * by, width * by]);
      for (let i = 0; i < out.data.length; i += 1) {
        const [row, x] = [Math.floor(i / (width * by)), i % (width * by)];
        out.data[i] = image.data[Math.floor(row / by) * width + Math.floor(x / by)]!;
      }
      return out;
    };
    const shrink = (image: Tensor, by: number): Tensor => {
      const [height, width] = image.shape.slice(-2) as [number, number];
      const out = zeros([...image.shape.slice(0, -2), height / by, width / by]);
      for (let i = 0; i < out.data.length; i += 1) out.data[i] = image.data[Math.floor(i / (width / by)) * by * width + (i % (width / by)) * by]!;
      return out;
    };
    const plain = {
      scalingFactor: 1,
      encode: (pixels: Tensor) => Promise.resolve({ mean: blur(shrink(pixels, 4), 1), logVariance: shrink(pixels, 4) }),
      decode: (latents: Tensor) => Promise.resolve(grow(blur(latents, 1), 4)),
    };
    const tiled = tiledVae(plain, layOutTiles({ width: 24, height: 16 }, 4, { unit: 1, overlap: 8 }), 4);
    const [pixels, latents] = [randomVideo([1, 3, 64, 96]), randomVideo([1, 4, 16, 24])];
    expect(largestDifference((await tiled.encode(pixels)).mean, (await plain.encode(pixels)).mean)).toBeLessThan(1e-5);
    expect(largestDifference((await tiled.encode(pixels)).logVariance, (await plain.encode(pixels)).logVariance)).toBeLessThan(1e-5);
    expect(largestDifference(await tiled.decode(latents), await plain.decode(latents))).toBeLessThan(1e-5);
  });

  it('give the upscaler tiles that its network divides', () => {
    const levels = { block_out_channels: [32, 32, 64, 64] };
    expect(TILE_COUNTS.map((count) => upscaleTile({ width: 256, height: 160 }, 4, levels, count))).toEqual([
      { width: 64, height: 40 }, { width: 32, height: 40 }, { width: 32, height: 20 }, { width: 16, height: 20 }, { width: 16, height: 10 },
    ]);
  });
});

describe('the embedded autoencoder in tiles', () => {
  const [width, height] = [288, 160];
  const video = fromVideoFrames(wavyFrames(1, width, height));
  const through = async (tiles: TileCount): Promise<{ latents: Tensor; pixels: Tensor }> => {
    const { model, release } = loadVae(openPack(MINI).vaeFolder('superResolution2')!, width, height, 1, true, tiles);
    try {
      const latents = await encodeVideo(video, { width, height }, model, createNoise(1).fork('posterior'));
      const decoding = decodeLatents(latents, { width, height }, model);
      let next = await decoding.next();
      while (!next.done) next = await decoding.next();
      return { latents, pixels: next.value };
    } finally {
      await release();
    }
  };

  /** Mean change from one column to the next, over the given columns. */
  const change = (pixels: Tensor, columns: readonly number[]): number => {
    let sum = 0;
    for (const x of columns) for (let row = 0; row < 3 * height; row += 1) sum += Math.abs(pixels.data[row * width + x]! - pixels.data[row * width + x - 1]! - (video.data[row * width + x]! - video.data[row * width + x - 1]!));
    return sum / columns.length;
  };

  it('shows what it shows of whole frames, without a seam, and the same again', async () => {
    const whole = await through(1);
    for (const count of [2, 16] as const) {
      const tiled = await through(count);
      expect(decibels(tiled.pixels, whole.pixels), `${count} tiles`).toBeGreaterThan(38);
      // Whatever was cut was cut around the middle.
      const [middle, elsewhere] = [Array.from({ length: 48 }, (_, i) => width / 2 - 24 + i), Array.from({ length: 48 }, (_, i) => 20 + i)];
      expect(change(tiled.pixels, middle) / change(tiled.pixels, elsewhere)).toBeLessThan(1.1 * Math.max(1, change(whole.pixels, middle) / change(whole.pixels, elsewhere)));
    }
    expect((await through(4)).pixels.data).toEqual((await through(4)).pixels.data);
  });
});

describe.each(['superResolution1', 'superResolution2'] as const)('%s in tiles', (stage) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'motif-tiles-'));
    writeRunnablePack(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('goes on from any step with the very same values', async () => {
    const pack = openPack(folder);
    const before = pack.stageSize(stage === 'superResolution1' ? 'interpolation' : 'superResolution1');
    const { data, shape } = randomVideo([1, 3, pack.stageSize(stage).frames, before.height, before.width]);
    const input = { data: data.map(Math.tanh), shape };
    const runner = await createStageRunner(pack, stage, { guided: false, threads: 1, promptCache: new Map(), tiles: 4 });
    const run = async (checkpoints: Uint8Array[], from?: Uint8Array): Promise<Tensor> => {
      const steps = await runner.run({ prompt: 'a fish', negativePrompt: '', seed: 5, settings: { stage, numInferenceSteps: 2, guidanceScale: 1, strength: 1 }, input, resume: from ? decodeStageCheckpoint(stage, from) : null });
      for (;;) {
        const next = await steps.next();
        if (next.done) return next.value;
        if (next.value.checkpoint) checkpoints.push(encodeStageCheckpoint(stage, next.value.checkpoint));
      }
    };
    try {
      const checkpoints: Uint8Array[] = [];
      const made = await run(checkpoints);
      expect(made.data.every(Number.isFinite)).toBe(true);
      expect((await run([], checkpoints[0])).data).toEqual(made.data);
    } finally {
      await runner.release();
    }
  });
});

test.each(['superResolution1', 'superResolution2'] as const)('%s takes less memory, the smaller its tiles', (stage) => {
  const pack = openPack(MINI);
  const needs = ([1, 2, 4, 8, 16] as const).map((tiles) => Math.max(...planMemory(pack, [stage], { tiles, inScene: false }).map(({ activationBytes }) => activationBytes)));
  for (const [index, need] of needs.entries()) if (index > 0) expect(need).toBeLessThan(needs[index - 1]! * 0.8);
});
