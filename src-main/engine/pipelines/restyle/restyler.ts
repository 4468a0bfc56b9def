import { assert, StudioError } from '../../../../src-shared/errors/studio-error.ts';
import type { TileCount } from '../../../../src-shared/recipe/tile-count.ts';
import { createNoise } from '../../random/noise.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { readModelSchedule } from '../../training/model-schedule.ts';
import { mixTexts } from '../frame-text.ts';
import { isGuided } from '../guidance.ts';
import type { Pack } from '../open-pack.ts';
import { encodePrompts } from '../prompt-encoder.ts';
import type { PromptCache } from '../prompt-encoder.ts';
import { latentSize, loadUnet, loadVae, pixelMultiple, readUnetConfig, requireVae } from '../stage-sessions.ts';
import type { PromptEmbeds } from '../unet-run.ts';
import { fromVideoFrames, toVideoFrames } from '../video-tensor.ts';
import type { VideoFrames } from '../video-tensor.ts';
import { resizeFrames } from '../resize.ts';
import { AnchorKeeper, anchorChannel } from './anchor-states.ts';
import type { AnchorStates } from './anchor-states.ts';
import { drawnShare, frameNoise, restyleTimesteps } from './restyle-levels.ts';
import { textShares } from './restyle-request.ts';
import type { RestyleSettings } from './restyle-request.ts';
import { finishedSize, modelSize, restoreSize } from './restyle-size.ts';
import type { Size } from './restyle-size.ts';
import { RestyleWave } from './restyle-wave.ts';
import { restyleWindow } from './restyle-window.ts';
import { SteadyFrames } from './steady-frames.ts';
import type { ShownFrame } from './steady-frames.ts';

const STAGE = 'superResolution2';
/** Above so many pixels a frame, detail finer than the model's own is not brought back: the sources that wait would take too much memory. */
const MAX_DETAIL_PIXELS = 1920 * 1088;

export interface RestylerOptions {
  /** Size of the footage. */
  readonly source: Size;
  /** Share of the trained pixels to work on: 1, less for thumbnails. */
  readonly share?: number;
  /** Frames of a window; 1 for previews. The pack's when left out. */
  readonly window?: number;
  /** True when frames have words of their own. */
  readonly perFrameText: boolean;
  readonly threads: number;
  readonly promptCache: PromptCache;
  /** Frames are encoded and decoded in so many tiles, which take most of the memory; they are drawn whole, as they must agree with the first one. */
  readonly tiles?: TileCount;
}

/** Where a run begins: a clip's first frame, or ahead of where an earlier run ended. */
export interface RestyleBeginning {
  /** Number of the first frame that will be pushed, a multiple of the stride. */
  readonly firstFrame: number;
  /** What an earlier run told of the clip's first frame. */
  readonly anchor: AnchorStates | null;
  /** The last frame that an earlier run finished, not before `firstFrame`, as it was at the model's size: later ones follow on from it. */
  readonly shown: ShownFrame | null;
}

/** Frames that are finished. */
export interface RestyledFrames {
  readonly frames: VideoFrames;
  /** The same at the model's size: what a later run goes on from. Empty where nothing was drawn. */
  readonly shown: VideoFrames;
}

/** The latent stage with its sessions loaded for footage of one size. */
export interface Restyler {
  /** Begins a clip, or goes on with one. */
  begin(settings: RestyleSettings, from?: RestyleBeginning): Promise<RestyleStream>;
  release(): Promise<void>;
}

/** What a push yields behind each unit of work. */
export interface RestyleProgress {
  readonly phase: 'denoising' | 'decoding';
}

/** A clip on its way through the model. */
export interface RestyleStream {
  /** Number of the frame that the next push begins with, and of the one that comes out next. */
  readonly nextFrame: number;
  readonly nextFinished: number;
  /** What later parts need of the first one; null until it is known. */
  anchor(): AnchorStates | null;
  /** Takes the clip's next frames, of its own size; returns those that are finished. With `last` nothing follows, and all come out. */
  push(frames: VideoFrames, last: boolean, signal?: AbortSignal): AsyncGenerator<RestyleProgress, RestyledFrames>;
}

/** Loads a pack's latent super-resolution for restyling (Show-1's expert stage, engine.md section 6; SDEdit, Meng et al. 2022). */
export async function openRestyler(pack: Pack, options: RestylerOptions): Promise<Restyler> {
  const { source, share = 1, perFrameText, threads, promptCache, tiles = 1 } = options;
  const folder = pack.stageFolder(STAGE);
  const vae = requireVae(pack, STAGE);
  const trained = pack.stageSize(STAGE);
  const config = readUnetConfig(pack, STAGE);
  const own = restyleWindow(pack.index.sizes);
  const window = options.window ?? own.window;
  const stride = options.window === undefined ? own.stride : window;
  const size = modelSize(source, { width: trained.width * Math.sqrt(share), height: trained.height * Math.sqrt(share) }, pixelMultiple(vae, config));
  const latent = latentSize(vae, size.width, size.height);
  const shape = { channels: config.in_channels, ...latent };
  const tokens = pack.index.promptTokens;
  let keeper: AnchorKeeper | null = null;
  const current = (): AnchorKeeper => {
    assert(keeper !== null, 'a clip has begun');
    return keeper;
  };
  // Without an arena: a window's activations are most of the memory, and it is kept within two gigabytes beside the studio's.
  const unet = await loadUnet(folder, config, { batch: 1, frames: window, ...latent, tokens }, threads, { perFrameText, anchorFrame: true }, undefined, { side: anchorChannel(current), arena: false });
  const sizes = new Map(unet.inputs.filter(({ name }) => name.startsWith('anchor_in:')).map(({ name, shape: dims }) => [name.slice('anchor_in:'.length), dims.reduce((a, b) => a * b, 1)]));
  // Encoding and decoding alternate along the clip: both halves stay loaded.
  const [encoder, decoder] = [loadVae(vae, size.width, size.height, threads, false, tiles), loadVae(vae, size.width, size.height, threads, false, tiles)];

  return {
    async begin(settings, from = { firstFrame: 0, anchor: null, shown: null }) {
      const timesteps = restyleTimesteps(settings.strength, settings.numInferenceSteps, settings.noisiestTimestep);
      if (timesteps.length === 0) return unchanged(from.firstFrame);
      const guided = isGuided(settings.guidanceScale);
      const encoded = (texts: readonly string[]) => encodePrompts(pack.text(STAGE), texts, tokens, promptCache, threads);
      const positive = await encoded(settings.texts);
      const negative = guided ? (await encoded([settings.negativePrompt]))[0]! : null;
      keeper = new AnchorKeeper(sizes, timesteps.length, from.anchor);
      return openStream({ settings, positive, negative, timesteps, from });
    },
    async release() {
      await unet.release();
      await encoder.release();
      await decoder.release();
    },
  };

  function openStream(request: {
    readonly settings: RestyleSettings; readonly positive: readonly Tensor[]; readonly negative: Tensor | null; readonly timesteps: Float64Array;
    readonly from: RestyleBeginning;
  }): RestyleStream {
    const { settings, positive, negative, timesteps, from } = request;
    const scheduler = pack.scheduler(STAGE, timesteps.length, timesteps);
    const schedule = readModelSchedule(pack.schedulerJson(STAGE));
    const noise = createNoise(settings.seed).fork('restyle');
    const keeping = current();
    const embeds = (start: number, count: number): PromptEmbeds => {
      const rows = perFrameText ? Array.from({ length: count }, (_, index) => textShares(settings, start + index)) : [[1]];
      return { positive: mixTexts(positive, rows), negative: negative === null ? null : mixTexts([negative], rows.map(() => [1])) };
    };
    const wave = new RestyleWave({
      window, stride, shape, scheduler, unet: unet.model, guidanceScale: settings.guidanceScale, structure: settings.structure, noise: noise.fork('steps'), promptEmbeds: embeds,
      levels: (timestep) => ({ alpha: Math.sqrt(schedule.alphasCumprod[timestep]!), sigma: Math.sqrt(1 - schedule.alphasCumprod[timestep]!) }),
      onPass: ({ step, window: index }) => keeping.enter(step, index === 0),
    }, from.firstFrame);
    const first = noise.fork('sample');
    const detail = source.width * source.height > MAX_DETAIL_PIXELS ? 0 : 1 - settings.strength;
    const drawn = drawnShare(settings.strength);
    const steady = new SteadyFrames(from.shown);
    const waiting = new Map<number, { readonly frame: VideoFrames; readonly reduced: VideoFrames; readonly latents: Float32Array }>();
    let [nextFrame, nextFinished] = [from.firstFrame, from.firstFrame];
    let lastLatents: Float32Array | null = null;

    const enter = (latents: Float32Array, frame: number): void => {
      const tensor = (data: Float32Array): Tensor => ({ data, shape: [1, shape.channels, 1, shape.height, shape.width] });
      wave.push(scheduler.addNoise(tensor(latents), tensor(frameNoise(first, frame, latents.length)), timesteps[0]!).data, latents);
    };

    return {
      get nextFrame() { return nextFrame; },
      get nextFinished() { return nextFinished; },
      anchor: () => keeping.states(),
      async *push(frames, last, signal) {
        checkSize(frames, source);
        assert(keeper === keeping, 'one clip at a time');
        const [finished, steadied]: [VideoFrames[], VideoFrames[]] = [[], []];
        const collect = async function* (): AsyncGenerator<RestyleProgress> {
          for (const { frame, latents } of wave.take()) {
            const original = waiting.get(frame);
            waiting.delete(frame);
            // Behind the clip's end stand copies of its last frame, which nobody wants to see.
            if (original === undefined) continue;
            signal?.throwIfAborted();
            const mixed = drawn === 1 ? latents : latents.map((value, i) => original.latents[i]! + drawn * (value - original.latents[i]!));
            const shown = steady.next(frame, await decodeFrame(mixed), original.reduced);
            steadied.push(shown);
            finished.push(restoreSize(shown, original.frame, detail));
            nextFinished = frame + 1;
            yield { phase: 'decoding' };
          }
        };
        for (let index = 0; index < frames.count; index += 1) {
          signal?.throwIfAborted();
          const frame = frameAt(frames, index);
          const reduced = resizeFrames(frame, size.width, size.height);
          lastLatents = await encodeFrame(reduced);
          waiting.set(nextFrame, { frame, reduced, latents: lastLatents });
          enter(lastLatents, nextFrame);
          nextFrame += 1;
          while (await wave.advance(signal)) {
            yield { phase: 'denoising' };
            yield* collect();
          }
        }
        if (last) {
          assert(lastLatents !== null, 'a clip has a frame');
          for (let missing = wave.missing(), frame = nextFrame; missing > 0; missing -= 1, frame += 1) enter(lastLatents, frame);
          wave.end();
          for (;;) {
            yield* collect();
            if (!(await wave.advance(signal))) break;
            yield { phase: 'denoising' };
          }
        }
        return { frames: joinFrames(finished, finishedSize(source)), shown: joinFrames(steadied, size) };
      },
    };
  }

  async function encodeFrame(frame: VideoFrames): Promise<Float32Array> {
    const pixels = fromVideoFrames(frame);
    // The mean, not a sample of it: drawn anew for each frame it would flicker.
    const { mean } = await encoder.model.encode({ data: pixels.data, shape: [1, 3, size.height, size.width] });
    return mean.data.map((value) => value * encoder.model.scalingFactor);
  }

  async function decodeFrame(latents: Float32Array): Promise<VideoFrames> {
    const scaled = latents.map((value) => value / decoder.model.scalingFactor);
    const { data } = await decoder.model.decode({ data: scaled, shape: [1, shape.channels, shape.height, shape.width] });
    return toVideoFrames({ data, shape: [1, 3, 1, size.height, size.width] });
  }

  /** Strength 0: the source as it is, without the autoencoder's losses. */
  function unchanged(firstFrame: number): RestyleStream {
    let next = firstFrame;
    return {
      get nextFrame() { return next; },
      get nextFinished() { return next; },
      anchor: () => null,
      async *push(frames) {
        checkSize(frames, source);
        const finished: VideoFrames[] = [];
        for (let index = 0; index < frames.count; index += 1) {
          const { width, height } = finishedSize(source);
          finished.push(resizeFrames(frameAt(frames, index), width, height));
          next += 1;
          yield { phase: 'decoding' };
        }
        return { frames: joinFrames(finished, finishedSize(source)), shown: joinFrames([], size) };
      },
    };
  }
}

function checkSize(frames: VideoFrames, source: Size): void {
  if (frames.width === source.width && frames.height === source.height) return;
  throw new StudioError('INVALID_INPUT', `A clip of ${source.width}x${source.height} went on with frames of ${frames.width}x${frames.height}. Decode all frames at one size.`);
}

const frameAt = ({ width, height, data }: VideoFrames, index: number): VideoFrames => ({ count: 1, width, height, data: data.slice(index * width * height * 3, (index + 1) * width * height * 3) });

function joinFrames(frames: readonly VideoFrames[], size: Size): VideoFrames {
  const bytes = size.width * size.height * 3;
  const data = new Uint8Array(frames.length * bytes);
  for (const [index, frame] of frames.entries()) data.set(frame.data, index * bytes);
  return { count: frames.length, ...size, data };
}
