import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { assert, StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { SceneText } from '../../../src-shared/build/scene-part.ts';
import type { Emphasis } from '../../../src-shared/recipe/emphasis.ts';
import type { StageSettings } from '../../../src-shared/recipe/recipe.ts';
import type { StageName } from '../../../src-shared/recipe/stage-name.ts';
import type { TileCount } from '../../../src-shared/recipe/tile-count.ts';
import { createNoise } from '../random/noise.ts';
import { fromDiffusers } from '../schedulers/from-diffusers.ts';
import type { Scheduler } from '../schedulers/scheduler.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { openMotionMix } from '../training/motion-mix.ts';
import type { UsedMotion } from '../training/motion-mix.ts';
import { isGuided } from './guidance.ts';
import { interpolation } from './interpolation.ts';
import { denoiseWhole } from './denoise.ts';
import { keyframes } from './keyframes.ts';
import type { KeyframesSettings } from './keyframes.ts';
import { decodeDiskCheckpoint, keyframesOnDisk } from './keyframes-on-disk.ts';
import type { DiskRun } from './keyframes-on-disk.ts';
import { readConfig } from './open-pack.ts';
import type { Pack } from './open-pack.ts';
import { mixTexts } from './frame-text.ts';
import { encodePrompts } from './prompt-encoder.ts';
import type { PromptCache } from './prompt-encoder.ts';
import { firstFrameModel } from './first-frame.ts';
import { latentKeyframes } from './latent-keyframes.ts';
import { runScenePart, SCENE_LATENT_WINDOW, SCENE_OVERLAP } from './scene-run.ts';
import type { SceneRequest } from './scene-run.ts';
import { pairsGuidance, weightBytesOf } from './memory-habits.ts';
import { latentSize, loadTiledUnet, loadUnet, loadVae, readUnetConfig } from './stage-sessions.ts';
import type { Loaded } from './stage-sessions.ts';
import type { StageCheckpoint, StageContext, StageRun } from './stage-step.ts';
import { superResolution1 } from './super-resolution-1.ts';
import { superResolution2 } from './super-resolution-2.ts';
import type { FrameVae } from './super-resolution-2.ts';
import type { UnetRun } from './unet-run.ts';
import { windowedUnet } from './windowed-unet.ts';

/** What one run of a stage is asked to do. */
export interface StageRequest {
  readonly prompt: string;
  readonly negativePrompt: string;
  /** How much the prompt counts; as it is when left out. */
  readonly emphasis?: Emphasis | undefined;
  readonly seed: number;
  readonly settings: StageSettings;
  /** Output of the stage before, [1, 3, frames, height, width]; null for keyframes. */
  readonly input: Tensor | null;
  readonly resume: StageCheckpoint | null;
  /** A part of a longer scene instead of a clip; its texts take the place of the prompts. */
  readonly scene?: SceneRequest | undefined;
  readonly signal?: AbortSignal;
  /** Learned motions, for a runner that was made for them. */
  readonly motions?: readonly UsedMotion[];
}

/** A stage with its sessions loaded: runs again and again without loading anew. */
export interface StageRunner {
  run(request: StageRequest): Promise<StageRun>;
  /** Key frames of a part of a scene, kept in `folder` instead of in memory; the same values. `resume` is the bytes of an earlier checkpoint. */
  runOnDisk(request: Omit<StageRequest, 'resume'> & { readonly scene: SceneRequest }, folder: string, resume: Uint8Array | null): Promise<DiskRun>;
  release(): Promise<void>;
}

export interface StageRunnerOptions {
  /** True when runs use guidance: both prompts are then run together where that fits. */
  readonly guided: boolean;
  readonly threads: number;
  readonly promptCache: PromptCache;
  /** For parts of scenes: windows that never grow with the clip; `perFrameText` where frames have words of their own. */
  readonly scene?: { readonly perFrameText: boolean } | undefined;
  /** True when runs use motions: the temporal weights are then inputs of the session, so that motions change without loading anew. */
  readonly motions?: boolean;
  /** In how many tiles frames are worked on, where whole ones do not fit into memory; key frames are only decoded so. */
  readonly tiles?: TileCount;
}

const STRENGTH = 0.8;

/** Steps of the rough clip from which a motion's noise takes its colours. */
const GLIMPSE_STEPS = 4;

/** The stage whose output a stage takes. */
const PREVIOUS: Readonly<Record<StageName, StageName | null>> = { keyframes: null, interpolation: 'keyframes', superResolution1: 'interpolation', superResolution2: 'superResolution1' };

function requireInput(pack: Pack, stage: StageName, input: Tensor | null): Tensor {
  const previous = PREVIOUS[stage]!;
  const { width, height } = pack.stageSize(previous);
  if (!input || input.shape.length !== 5 || input.shape[0] !== 1 || input.shape[1] !== 3 || input.shape[3] !== height || input.shape[4] !== width) {
    const got = input ? `[${input.shape.join(', ')}]` : 'nothing';
    throw new StudioError('INVALID_INPUT', `${stage} needs the output of ${previous}, [1, 3, frames, ${height}, ${width}], and got ${got}. Run ${previous} of the same pack first.`, { details: { stage, got } });
  }
  return input;
}

/** How many times superResolution1 of a pack enlarges each side. */
export function enlargement(pack: Pack): number {
  const [small, large] = [pack.stageSize('interpolation'), pack.stageSize('superResolution1')];
  const scale = large.width / small.width;
  if (!Number.isInteger(scale) || scale * small.height !== large.height) {
    throw new StudioError('MODEL_INCOMPATIBLE', `superResolution1 cannot turn ${small.width}x${small.height} into ${large.width}x${large.height}: the factor must be whole and the same on both sides. Correct "sizes" in model_index.json.`);
  }
  return scale;
}

/** The schedule that superResolution1's condition is noised with: a file of its own, or the stage's. */
export function noisingScheduler(pack: Pack, stage: StageName, scheduler: Scheduler): Scheduler {
  const path = join(pack.stageFolder(stage), 'image_noising_scheduler', 'scheduler_config.json');
  return existsSync(path) ? fromDiffusers(readConfig(path), 1) : scheduler;
}

/** What the words of a run are told by: all but its pixels. */
type SpokenRequest = Pick<StageRequest, 'prompt' | 'negativePrompt' | 'emphasis' | 'settings'> & { readonly scene?: { readonly part: Pick<SceneRequest['part'], 'texts' | 'mix'> } | undefined };

/** The texts of a run and how frames mix them; one row serves all frames. */
function spokenBy({ prompt, negativePrompt, emphasis, scene }: Omit<SpokenRequest, 'settings'>): { readonly texts: readonly SceneText[]; readonly mix: readonly (readonly number[])[] } {
  if (scene) return scene.part;
  const own = { prompt, negativePrompt };
  return emphasis === undefined ? { texts: [own], mix: [[1]] } : { texts: [own, { prompt: emphasis.against, negativePrompt }], mix: [[emphasis.strength, 1 - emphasis.strength]] };
}

/** The words of a run, with guidance the negative ones behind the positive. */
export function promptsOf({ settings, ...request }: SpokenRequest): readonly string[] {
  const { texts } = spokenBy(request);
  return [...texts.map((text) => text.prompt), ...(isGuided(settings.guidanceScale) ? texts.map((text) => text.negativePrompt || (settings.negativePrompt ?? '')) : [])];
}

/** The size that a stage's unet works on: its window, in latents for superResolution2. Tiles are cut from it. */
export function unetSize(pack: Pack, stage: StageName, inScene: boolean): { frames: number; height: number; width: number } {
  const { frames, window, width, height } = pack.stageSize(stage);
  const vae = pack.vaeFolder(stage);
  const inner = vae === null ? { width, height } : latentSize(vae, width, height);
  const whole = inScene && stage === 'superResolution2' ? Math.min(frames, SCENE_LATENT_WINDOW) : frames;
  return { frames: window ?? whole, ...inner };
}

/** Whether a stage's unet may see a tile at a time: it enlarges what is there. What is first drawn in tiles would be a picture in each. */
export const drawsInTiles = (stage: StageName): boolean => stage === 'superResolution1' || stage === 'superResolution2';

/** Loads the models of one stage of a pack. */
export async function createStageRunner(pack: Pack, stage: StageName, options: StageRunnerOptions): Promise<StageRunner> {
  const { guided, threads, promptCache, scene: inScene, tiles = 1 } = options;
  const folder = pack.stageFolder(stage);
  const vaeFolder = pack.vaeFolder(stage);
  const config = readUnetConfig(pack, stage);
  const size = unetSize(pack, stage, inScene !== undefined);
  const paired = guided && pairsGuidance(size, weightBytesOf(join(folder, 'unet')));
  const mix = options.motions === true ? openMotionMix(folder) : null;
  const shape = { batch: paired ? 2 : 1, ...size, tokens: pack.index.promptTokens };
  const hooks = { perFrameText: inScene?.perFrameText === true };
  const unet = drawsInTiles(stage) ? await loadTiledUnet(folder, config, shape, tiles, vaeFolder !== null, threads, hooks) : await loadUnet(folder, config, shape, threads, hooks, mix ?? undefined);
  const { width, height } = pack.stageSize(stage);
  let vae: Loaded<FrameVae> | null = null;
  try {
    if (vaeFolder !== null) vae = loadVae(vaeFolder, width, height, threads, true, tiles);
  } catch (error) {
    await unet.release();
    throw error;
  }

  /** What a request's run is given. */
  const prepare = async ({ prompt, negativePrompt, emphasis, seed, settings, scene, signal, motions = [] }: Omit<StageRequest, 'input' | 'resume'>) => {
    mix?.use(motions);
    const { texts, mix: weights } = spokenBy({ prompt, negativePrompt, emphasis, scene });
    const states = await encodePrompts(pack.text(stage), promptsOf({ prompt, negativePrompt, emphasis, settings, scene }), pack.index.promptTokens, promptCache, threads);
    const count = texts.length;
    const positive = mixTexts(states.slice(0, count), weights);
    const negative = states.length > count ? mixTexts(states.slice(count), weights) : null;
    const context: StageContext = {
      unet: inScene ? sceneUnet(stage, unet.model, size.frames) : unetFor(pack, stage, unet.model), scheduler: pack.scheduler(stage, settings.numInferenceSteps),
      promptEmbeds: { positive, negative }, guidanceScale: settings.guidanceScale,
      noise: createNoise(seed).fork(stage), signal,
    };
    const firstNoise: KeyframesSettings['firstNoise'] = mix === null ? undefined : (fresh, shape) => mix.firstNoise(fresh, shape, () => denoiseWhole({ ...context, scheduler: pack.scheduler(stage, GLIMPSE_STEPS) }, { data: fresh, shape }));
    return { context, firstNoise, noiseFrames: Math.max(size.frames, mix === null ? 0 : mix.noiseFrames()) };
  };

  return {
    async runOnDisk(request, folder, resume) {
      assert(stage === 'keyframes' && inScene !== undefined && vae === null, 'only key frames of scenes are kept on the disk');
      const { context, firstNoise, noiseFrames } = await prepare(request);
      const settings = { folder, request: request.scene, size: { frames: size.frames, width, height }, overlapFrames: sceneOverlap(stage, size.frames), firstNoise, noiseFrames };
      return keyframesOnDisk({ ...context, unet: unet.model }, settings, resume === null ? null : decodeDiskCheckpoint(folder, resume));
    },
    async run(request) {
      const { settings, input, resume, scene } = request;
      const { context, firstNoise, noiseFrames } = await prepare(request);
      const { conditioning } = pack.index;
      const between = { framesPerSegment: size.frames, condition: settings.betweenKeyFrames ?? conditioning.betweenKeyFrames, keyFrames: conditioning.keyFrames };
      if (scene) {
        const inputVideo = stage === 'keyframes' ? null : requireInput(pack, stage, input);
        return runScenePart(stage, context, scene, inputVideo, {
          size: { frames: size.frames, width, height }, interpolation: between, vae: vae?.model ?? null, firstNoise, noiseFrames, strength: settings.strength ?? STRENGTH,
          superResolution1: stage === 'superResolution1' ? { scale: enlargement(pack), windowFrames: size.frames, noiseLevel: conditioning.noiseLevel, enlargement: conditioning.enlargement } : null,
          noiseCondition: noisingScheduler(pack, stage, context.scheduler).addNoise,
        }, resume);
      }
      switch (stage) {
        case 'keyframes': return vae !== null ? latentKeyframes(context, { ...size, channels: config.in_channels, firstNoise }, { width, height }, vae.model, resume) : keyframes(context, { ...size, firstNoise }, resume);
        case 'interpolation': {
          const video = requireInput(pack, stage, input);
          return interpolation(context, video, between, resume);
        }
        case 'superResolution1': {
          const video = requireInput(pack, stage, input);
          const { addNoise } = noisingScheduler(pack, stage, context.scheduler);
          const firstFrame = firstFrameModel(pack.firstFrameFolder, context, { scale: enlargement(pack), width, height, tokens: pack.index.promptTokens, threads, tiles });
          return superResolution1(context, video, { scale: enlargement(pack), windowFrames: size.frames, noiseLevel: settings.noiseLevel ?? conditioning.noiseLevel, enlargement: conditioning.enlargement, firstFrame: conditioning.firstFrame }, { noiseCondition: addNoise, ...firstFrame }, resume);
        }
        case 'superResolution2': {
          const video = requireInput(pack, stage, input);
          return superResolution2(context, video, { width, height, strength: settings.strength ?? STRENGTH }, vae!.model, resume);
        }
      }
    },
    async release() {
      await unet.release();
      await vae?.release();
    },
  };
}

/** Inside scenes, keyframes and latents run in overlapping, tapered windows; the other stages divide their work themselves. */
function sceneUnet(stage: StageName, unet: UnetRun, windowFrames: number): UnetRun {
  if (stage !== 'keyframes' && stage !== 'superResolution2') return unet;
  return windowedUnet(unet, windowFrames, sceneOverlap(stage, windowFrames), true);
}

const sceneOverlap = (stage: keyof typeof SCENE_OVERLAP, windowFrames: number): number => Math.round(windowFrames * SCENE_OVERLAP[stage]);

/** superResolution2 sees the whole clip; a pack whose unet has a window gets overlapping ones, averaged. */
function unetFor(pack: Pack, stage: StageName, unet: UnetRun): UnetRun {
  const { window, stride } = pack.stageSize(stage);
  return stage === 'superResolution2' && window !== undefined ? windowedUnet(unet, window, window - (stride ?? window)) : unet;
}
