import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { LearningSettings, LossPoint, MotionFacts } from '../../../src-shared/contract/motions.ts';
import { assert } from '../../../src-shared/errors/studio-error.ts';
import { denoiseWhole } from '../pipelines/denoise.ts';
import { readConfig } from '../pipelines/open-pack.ts';
import type { Pack } from '../pipelines/open-pack.ts';
import { encodePrompts } from '../pipelines/prompt-encoder.ts';
import type { PromptCache } from '../pipelines/prompt-encoder.ts';
import { memoryHabits, weightBytesOf } from '../pipelines/memory-habits.ts';
import { loadUnet, readUnetConfig } from '../pipelines/stage-sessions.ts';
import type { VideoFrames } from '../pipelines/video-tensor.ts';
import { createNoise } from '../random/noise.ts';
import { openSession } from '../session/engine-session.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { openWeights } from '../weights/open-weights.ts';
import { addChange } from './change.ts';
import type { WeightChange } from './change.ts';
import { INVERSION_TOTAL, invert } from './ddim-inversion.ts';
import { learningBudget } from './learning-budget.ts';
import { downName, upName } from './low-rank.ts';
import { encodeMotionFile } from './motion-file.ts';
import { openLearnedClip } from './learned-clip.ts';
import { trainMotion } from './motion-trainer.ts';
import { readModelSchedule } from './model-schedule.ts';
import { readTemporalProjections } from './temporal-projections.ts';
import type { TemporalProjection } from './temporal-projections.ts';
import { buildMotionGraph } from './motion-graph.ts';
import { decodeTrainingState, encodeTrainingState, initialState } from './training-state.ts';
import type { TrainingState } from './training-state.ts';

/** What is to be learned. */
export interface LearnMotionRequest {
  /** The clip's key frames, of the size that the keyframe UNet makes. */
  readonly frames: VideoFrames;
  readonly caption: string;
  readonly settings: LearningSettings;
  /** Steps between samples; 0 for none. */
  readonly sampleInterval: number;
  /** Most bytes of activations and gradients that may be live at once; what the model's size asks for when left out. */
  readonly memoryBudgetBytes?: number;
  /** What the file says beside what learning finds out. */
  readonly facts: Pick<MotionFacts, 'name' | 'model' | 'source'>;
}

/** One finished unit of work. */
export interface LearnStep {
  readonly phase: 'learning' | 'inverting';
  readonly step: number;
  readonly total: number;
  readonly point: LossPoint | null;
  readonly bestStep: number | null;
  /** A clip made with the motion as it is now, [1, 3, frames, height, width]; null at most steps. */
  readonly sample: Tensor | null;
}

/** A learning with its sessions loaded. */
export interface MotionLearning {
  /** Steps until the motion file is done. */
  run(signal?: AbortSignal): AsyncGenerator<LearnStep, Uint8Array>;
  /** Where it stands, valid between two steps. */
  checkpoint(): Uint8Array;
  release(): Promise<void>;
}

/** Sampler of the samples: enough to see the motion, short enough not to hold learning up. */
const SAMPLE_STEPS = 8;

/** Loads the keyframe stage of a pack for learning, and goes on from `resume`, a checkpoint of the same request. */
export async function openMotionLearning(
  pack: Pack, request: LearnMotionRequest, options: { readonly threads: number; readonly promptCache: PromptCache; readonly resume: Uint8Array | null },
): Promise<MotionLearning> {
  const { settings, frames } = request;
  const { threads, promptCache } = options;
  const folder = pack.stageFolder('keyframes');
  const config = readUnetConfig(pack, 'keyframes');
  const { clip, toPixels } = await openLearnedClip(pack, frames, threads);
  const shape = { batch: 1, frames: frames.count, height: clip.shape[3]!, width: clip.shape[4]!, tokens: pack.index.promptTokens };
  const weightsDir = join(folder, 'unet');
  const weights = openWeights(weightsDir);
  let projections: readonly TemporalProjection[];
  try {
    projections = readTemporalProjections(weights, weightsDir);
  } finally {
    weights.close();
  }
  const identity = requestIdentity(request);
  const fresh = initialState(projections, settings.rank, settings.seed);
  const state = options.resume === null ? fresh : decodeTrainingState(options.resume, fresh, identity);
  const [caption, empty] = await encodePrompts(pack.text('keyframes'), [request.caption, ''], pack.index.promptTokens, promptCache, threads);
  assert(caption !== undefined && empty !== undefined, 'both prompts are encoded');

  const trainedUnet = { folder, config, shape, projections: projections.map(({ name }) => name) };
  const step = buildMotionGraph(trainedUnet, settings, request.memoryBudgetBytes ?? learningBudget(weightBytesOf(weightsDir)));
  // An arena makes a step a fifth faster and takes twice the memory: its many buffers of many sizes fill one badly. Where memory
  // is so short that the forward pass runs in parts, it goes.
  const habits = memoryHabits(weightBytesOf(weightsDir));
  const training = await openSession(step.graph, { weightsDir, threads, ...habits, arithmetic: 'float32', arena: habits.arena === true && step.segments === 1 });
  let merged = mergedWeights(projections, state, 'values');
  const unet = await loadUnet(folder, config, shape, threads, {}, { names: trainedUnet.projections, values: () => merged }).catch(async (error: unknown) => {
    await training.release();
    throw error;
  });
  const schedulerJson = readConfig(join(folder, 'scheduler', 'scheduler_config.json'));
  const schedule = readModelSchedule(schedulerJson);
  const refresh = (which: 'values' | 'best'): void => { merged = mergedWeights(projections, state, which); };

  const sample = async (): Promise<Tensor> => {
    refresh('values');
    const scheduler = pack.scheduler('keyframes', SAMPLE_STEPS);
    const noise = createNoise(settings.seed).fork('motion').fork('sample');
    const guidanceScale = pack.index.presets.draft[0]?.guidanceScale ?? 1;
    return toPixels(await denoiseWhole({ scheduler, unet: unet.model, promptEmbeds: { positive: caption, negative: empty }, guidanceScale, noise }, { data: noise.normal(clip.data.length), shape: clip.shape }));
  };

  return {
    async *run(signal) {
      const trainer = trainMotion({ schedule, settings, clip, promptEmbeds: caption, training, unet: unet.model, refresh: () => refresh('values'), signal }, state);
      for await (const point of trainer) {
        const wantsSample = request.sampleInterval > 0 && point.step % request.sampleInterval === 0;
        yield { phase: 'learning', step: point.step, total: settings.steps, point, bestStep: state.bestStep, sample: wantsSample ? await sample() : null };
      }
      refresh('best');
      const from = state.inversion === null ? null : { ...state.inversion, total: INVERSION_TOTAL };
      const inversion = invert({ unet: unet.model, schedulerJson, promptEmbeds: empty }, clip, from);
      for (;;) {
        signal?.throwIfAborted();
        const next = await inversion.next();
        if (next.done) return motionFileOf(request, projections, state, next.value);
        const { step, total, sample: noised } = next.value;
        state.inversion = { step, sample: noised };
        yield { phase: 'inverting', step, total, point: null, bestStep: state.bestStep, sample: null };
      }
    },
    checkpoint: () => encodeTrainingState(state, identity),
    async release() {
      await training.release();
      await unet.release();
    },
  };
}

/** Names what is learned from what, so that a checkpoint of another request is not continued. */
function requestIdentity({ frames, caption, settings, facts }: LearnMotionRequest): string {
  const hash = createHash('sha256').update(JSON.stringify({ caption, settings, model: facts.model.sha256, size: [frames.count, frames.height, frames.width] }));
  return hash.update(frames.data).digest('hex');
}

/** The change that a state holds for one weight. */
function changeOf(state: TrainingState, name: string, rank: LearningSettings['rank'], which: 'values' | 'best'): WeightChange {
  const find = (wanted: string) => {
    const parameter = state.parameters.find((candidate) => candidate.name === wanted);
    assert(parameter !== undefined, `${wanted} is trained`);
    return parameter;
  };
  if (rank !== 'full') return { kind: 'lowRank', rank, up: find(upName(name))[which], down: find(downName(name))[which] };
  const { origin, [which]: values } = find(name);
  return { kind: 'full', values: values.map((value, index) => value - origin[index]!) };
}

function mergedWeights(projections: readonly TemporalProjection[], state: TrainingState, which: 'values' | 'best'): Record<string, Float32Array> {
  const isLowRank = state.parameters[0]?.name !== projections[0]?.name;
  return Object.fromEntries(projections.map(({ name, shape, values }) => {
    if (!isLowRank) return [name, state.parameters.find((parameter) => parameter.name === name)?.[which] ?? values];
    const merged = values.slice();
    const rank = state.parameters.find((parameter) => parameter.name === downName(name))?.shape[0] ?? 1;
    addChange(merged, shape, changeOf(state, name, rank, which), 1);
    return [name, merged];
  }));
}

function motionFileOf(request: LearnMotionRequest, projections: readonly TemporalProjection[], state: TrainingState, noise: Tensor): Uint8Array {
  const { settings, caption, frames, facts } = request;
  return encodeMotionFile({
    facts: { ...facts, caption, settings, steps: state.step, bestStep: state.bestStep, firstLoss: state.firstLoss, bestLoss: state.bestLoss, lossCurve: state.curve },
    changes: new Map(projections.map(({ name, shape }) => [name, { shape, change: changeOf(state, name, settings.rank, 'best') }])),
    frames, noise,
  });
}
