import { tileGrid } from '../../../src-shared/recipe/tile-count.ts';
import type { TileCount } from '../../../src-shared/recipe/tile-count.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { Unet3dConfig } from '../nn/unet3d-config.ts';
import { createNoise } from '../random/noise.ts';
import { backProject } from './back-projection.ts';
import type { Pack } from './open-pack.ts';
import { encodePrompts } from './prompt-encoder.ts';
import type { PromptCache } from './prompt-encoder.ts';
import { enlargement, noisingScheduler } from './stage-runner.ts';
import { loadUnet, readUnetConfig } from './stage-sessions.ts';
import { tileCount, tileOverlap, upscaleWindow } from './upscale-window.ts';
import type { VideoFrames } from './video-tensor.ts';

/** One window of footage to be enlarged. */
export interface UpscaleRequest {
  /** As many frames as the pack's window has. */
  readonly frames: VideoFrames;
  /** Number of the first of them in the clip. */
  readonly firstFrame: number;
  /** 2 or 4. 2 is 4 reduced again by averaging. */
  readonly factor: number;
  /** 1: the conditional mean, faithful; more draw details. */
  readonly numInferenceSteps: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** A pack's super-resolution with its session loaded. */
export interface Upscaler {
  /** Yields finished units and their total; returns the enlarged frames. */
  run(request: UpscaleRequest): AsyncGenerator<{ readonly step: number; readonly total: number }, VideoFrames>;
  release(): Promise<void>;
}

/** Loads the pack's pixel super-resolution for real footage. It is asked for without words. */
export async function openUpscaler(pack: Pack, { threads, promptCache, tiles = 1 }: { readonly threads: number; readonly promptCache: PromptCache; readonly tiles?: TileCount }): Promise<Upscaler> {
  const stage = 'superResolution1';
  const folder = pack.stageFolder(stage);
  const { frames, window = frames } = pack.stageSize(stage);
  const scale = enlargement(pack);
  const config = readUnetConfig(pack, stage);
  const tile = upscaleTile(pack.stageSize(stage), scale, config, tiles);
  const [positive] = await encodePrompts(pack.text(stage), [''], pack.index.promptTokens, promptCache, threads);
  const unet = await loadUnet(folder, config, { batch: 1, frames: window, height: tile.height * scale, width: tile.width * scale, tokens: pack.index.promptTokens }, threads);
  const overlap = tileOverlap(tile);
  return {
    async *run({ frames: input, firstFrame, factor, numInferenceSteps, seed, signal }) {
      if (scale % factor !== 0) throw new StudioError('INVALID_INPUT', `This pack enlarges ${scale} times: choose a factor that divides ${scale}, not ${factor}.`, { details: { factor } });
      if (input.count !== window) throw new StudioError('INVALID_INPUT', `A window of this pack has ${window} frames, got ${input.count}.`, { details: { frames: input.count } });
      const scheduler = pack.scheduler(stage, numInferenceSteps);
      const { addNoise } = noisingScheduler(pack, stage, scheduler);
      const total = tileCount(input, { tile, overlap });
      const context = { unet: unet.model, scheduler, promptEmbeds: { positive: positive!, negative: null }, guidanceScale: null, noise: createNoise(seed).fork('upscale'), signal };
      const tiles = upscaleWindow(context, input, { scale, tile, overlap, noiseLevel: pack.index.conditioning.noiseLevel, enlargement: pack.index.conditioning.enlargement, firstFrame, noiseCondition: addNoise });
      for (;;) {
        const next = await tiles.next();
        if (next.done === true) return reduceFrames(backProject(next.value, input, scale), scale / factor);
        yield { step: next.value, total };
      }
    },
    release: () => unet.release(),
  };
}

/** Size of a tile in pixels of the input: what the model was trained on, or a part of it that its levels divide. */
export function upscaleTile({ width, height }: { readonly width: number; readonly height: number }, scale: number, { block_out_channels: levels }: Pick<Unet3dConfig, 'block_out_channels'>, tiles: TileCount): { readonly width: number; readonly height: number } {
  const { columns, rows } = tileGrid(tiles, { width, height });
  const unit = lcm(2 ** (levels.length - 1), scale);
  const side = (length: number, parts: number): number => (parts === 1 ? length / scale : Math.min(length, Math.ceil(length / parts / unit) * unit) / scale);
  return { width: side(width, columns), height: side(height, rows) };
}

function lcm(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a * b) / x;
}

/** Each pixel becomes the mean of `by` x `by`. */
function reduceFrames(frames: VideoFrames, by: number): VideoFrames {
  if (by === 1) return frames;
  const [width, height] = [frames.width / by, frames.height / by];
  const data = new Uint8Array(frames.count * width * height * 3);
  for (let row = 0; row < frames.count * height; row += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        let sum = 0;
        for (let dy = 0; dy < by; dy += 1) for (let dx = 0; dx < by; dx += 1) sum += frames.data[((row * by + dy) * frames.width + x * by + dx) * 3 + channel]!;
        data[(row * width + x) * 3 + channel] = Math.round(sum / (by * by));
      }
    }
  }
  return { count: frames.count, width, height, data };
}
