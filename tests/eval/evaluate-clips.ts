import { basename } from 'node:path';
import type { Pack } from '../../src-main/engine/pipelines/open-pack.ts';
import { loadVae } from '../../src-main/engine/pipelines/stage-sessions.ts';
import { createStageRunner } from '../../src-main/engine/pipelines/stage-runner.ts';
import { openUpscaler } from '../../src-main/engine/pipelines/upscaler.ts';
import { tileStarts } from '../../src-main/engine/pipelines/upscale-window.ts';
import { fromVideoFrames, sliceFrames, toVideoFrames, type VideoFrames } from '../../src-main/engine/pipelines/video-tensor.ts';
import { upscaleShape } from '../../src-main/jobs/upscale-plan.ts';
import { clipWindows, finishWindow } from '../../src-main/jobs/upscale-windows.ts';
import type { Media } from '../../src-main/media/media.ts';
import { FFMPEG_GLOBAL, inputGuards } from '../../src-main/media/command-line.ts';
import { run } from '../../src-main/media/run.ts';
import { areaReduce, decodeAll, flickerRatio, lanczos, meanPsnr, psnr, seamRatio } from './footage.ts';

const FACTOR = 4;
const SMALL = { width: 144, height: 80 };
const OVERLAP = 8;

/** What a pack does to real footage; dB are mean PSNR over frames. */
export interface ClipScores {
  readonly clip: string;
  readonly frames: number;
  readonly upscaling: {
    readonly modelDb: number;
    readonly lanczosDb: number;
    readonly gainDb: number;
    /** How much the error jumps at borders of tiles and windows, against elsewhere; Lanczos' own beside it. */
    readonly seamRatio: number;
    readonly lanczosSeamRatio: number;
    readonly flickerRatio: number;
    readonly lanczosFlickerRatio: number;
    readonly secondsPerFrame: number;
  };
  readonly autoencoder: { readonly db: number; /** Largest mean difference of a channel, 0 to 255. */ readonly colourShift: number };
  /** Frames that were left out, guessed again, at the stage's own small size. */
  readonly interpolation: { readonly modelDb: number; readonly blendDb: number; readonly minterpolateDb: number } | null;
}

async function upscaling(pack: Pack, truth: VideoFrames, threads: number): Promise<ClipScores['upscaling']> {
  const small = areaReduce(truth, FACTOR);
  const shape = upscaleShape({ ...SMALL, frames: truth.count }, pack.index.sizes);
  const upscaler = await openUpscaler(pack, { threads, promptCache: new Map() });
  const parts: Uint8Array[] = [];
  const beganAt = performance.now();
  try {
    const decoded = async function* () {
      const bytes = SMALL.width * SMALL.height * 3;
      for (let frame = 0; frame < small.count; frame += 1) yield small.data.subarray(frame * bytes, (frame + 1) * bytes);
    };
    let left: readonly Uint8Array[] = [];
    for await (const window of clipWindows(decoded(), SMALL, shape, 0)) {
      const steps = upscaler.run({ frames: window.frames, firstFrame: window.index * shape.stride, factor: FACTOR, numInferenceSteps: 1, seed: 1 });
      let next = await steps.next();
      while (next.done !== true) next = await steps.next();
      const finished = finishWindow(window, next.value, left, shape.stride);
      parts.push(...finished.frames);
      left = finished.left;
    }
  } finally {
    await upscaler.release();
  }
  const secondsPerFrame = (performance.now() - beganAt) / 1000 / truth.count;
  const made = { ...truth, data: Buffer.concat(parts) };
  const plain = lanczos(small, FACTOR);
  const { width } = pack.stageSize('interpolation');
  const borders = new Set(tileStarts(SMALL.width, width, OVERLAP).slice(1).map((start) => start * FACTOR));
  const crossing = (frame: number): boolean => frame % shape.stride <= 1;
  const [modelDb, lanczosDb] = [meanPsnr(made, truth), meanPsnr(plain, truth)];
  return {
    modelDb, lanczosDb, gainDb: modelDb - lanczosDb, seamRatio: seamRatio(made, truth, borders), lanczosSeamRatio: seamRatio(plain, truth, borders),
    flickerRatio: flickerRatio(made, truth, crossing), lanczosFlickerRatio: flickerRatio(plain, truth, crossing), secondsPerFrame,
  };
}

async function autoencoder(pack: Pack, truth: VideoFrames, threads: number): Promise<ClipScores['autoencoder']> {
  const { model, release } = loadVae(pack.vaeFolder('superResolution2')!, truth.width, truth.height, threads);
  const count = Math.min(truth.count, 4);
  const bytes = truth.width * truth.height * 3;
  try {
    const means: { data: Float32Array; shape: readonly number[] }[] = [];
    const video = fromVideoFrames(truth);
    for (let frame = 0; frame < count; frame += 1) {
      const { mean } = await model.encode({ data: sliceFrames(video, frame, 1).data, shape: [1, 3, truth.height, truth.width] });
      means.push(mean);
    }
    let sum = 0;
    const shift = [0, 0, 0];
    for (const [frame, latents] of means.entries()) {
      const pixels = await model.decode(latents);
      const made = toVideoFrames({ data: pixels.data, shape: [1, 3, 1, truth.height, truth.width] }).data;
      const own = truth.data.subarray(frame * bytes, (frame + 1) * bytes);
      sum += psnr(made, own);
      for (let i = 0; i < bytes; i += 1) shift[i % 3]! += (made[i]! - own[i]!) / (bytes / 3) / count;
    }
    return { db: sum / count, colourShift: Math.max(...shift.map(Math.abs)) };
  } finally {
    await release();
  }
}

/** Motion-compensated interpolation by ffmpeg (`minterpolate`, mci) of every `stride`-th frame. */
async function minterpolate(media: Media, kept: VideoFrames, stride: number): Promise<VideoFrames> {
  const { ffmpeg } = await media.version();
  const bytes = kept.width * kept.height * 3;
  const input = async function* () {
    for (let frame = 0; frame < kept.count; frame += 1) yield kept.data.subarray(frame * bytes, (frame + 1) * bytes);
    // The filter holds back its last frames: repeating the end lets them out.
    for (let extra = 0; extra < 3; extra += 1) yield kept.data.subarray((kept.count - 1) * bytes);
  };
  const out = await run(ffmpeg, [
    ...FFMPEG_GLOBAL, ...inputGuards('rawvideo'), '-pix_fmt', 'rgb24', '-video_size', `${kept.width}x${kept.height}`, '-framerate', '6', '-i', 'pipe:0',
    '-vf', `minterpolate=fps=${6 * stride}:mi_mode=mci`, '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1',
  ], { stdin: input(), purpose: 'interpolate frames for comparison' });
  return { ...kept, count: Math.floor(out.length / bytes), data: out };
}

async function interpolation(pack: Pack, media: Media, path: string, threads: number): Promise<ClipScores['interpolation']> {
  const { width, height, frames: all, window = all } = pack.stageSize('interpolation');
  const stride = window - 1;
  const decoded = await decodeAll(media, path, { width, height }, all);
  const segments = Math.floor((decoded.count - 1) / stride);
  const keys = pack.stageSize('keyframes').frames;
  if (segments + 1 < keys) return null;
  const bytes = width * height * 3;
  const truth = { ...decoded, count: segments * stride + 1, data: decoded.data.subarray(0, (segments * stride + 1) * bytes) };
  const kept = { ...truth, count: segments + 1, data: Buffer.concat(Array.from({ length: segments + 1 }, (_, key) => truth.data.subarray(key * stride * bytes, (key * stride + 1) * bytes))) };
  const settings = pack.index.presets.standard.find(({ stage }) => stage === 'interpolation')!;
  const runner = await createStageRunner(pack, 'interpolation', { guided: false, threads, promptCache: new Map() });
  let made: VideoFrames;
  try {
    const steps = await runner.run({ prompt: '', negativePrompt: '', seed: 1, settings, input: fromVideoFrames(kept), resume: null });
    let next = await steps.next();
    while (next.done !== true) next = await steps.next();
    made = toVideoFrames(next.value);
  } finally {
    await runner.release();
  }
  const reference = await minterpolate(media, kept, stride);
  const [sums, count] = [{ model: 0, blend: 0, reference: 0 }, { n: 0 }];
  for (let frame = 0; frame < Math.min(truth.count, reference.count); frame += 1) {
    if (frame % stride === 0) continue;
    const own = truth.data.subarray(frame * bytes, (frame + 1) * bytes);
    const [before, after] = [frame - (frame % stride), frame - (frame % stride) + stride].map((at) => truth.data.subarray(at * bytes, (at + 1) * bytes));
    const share = (frame % stride) / stride;
    sums.model += psnr(made.data.subarray(frame * bytes, (frame + 1) * bytes), own);
    sums.blend += psnr(own.map((_, i) => Math.round(before![i]! * (1 - share) + after![i]! * share)), own);
    sums.reference += psnr(reference.data.subarray(frame * bytes, (frame + 1) * bytes), own);
    count.n += 1;
  }
  return { modelDb: sums.model / count.n, blendDb: sums.blend / count.n, minterpolateDb: sums.reference / count.n };
}

/** Measures the stages that serve real footage on one clip. */
export async function evaluateClip(pack: Pack, media: Media, path: string, { frames, threads }: { readonly frames: number; readonly threads: number }): Promise<ClipScores> {
  const truth = await decodeAll(media, path, { width: SMALL.width * FACTOR, height: SMALL.height * FACTOR }, frames);
  return {
    clip: basename(path), frames: truth.count, upscaling: await upscaling(pack, truth, threads), autoencoder: await autoencoder(pack, truth, threads),
    interpolation: await interpolation(pack, media, path, threads),
  };
}
