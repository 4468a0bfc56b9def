import { z } from 'zod';
import { MotionStrength, USUAL_NOISE_MIX } from '../recipe/motion-use.ts';
import { FrameRate } from '../timing/frame-rate.ts';
import { method, stream } from '../rpc/contract-types.ts';
import { AssetId } from './assets.ts';
import { JobId } from './jobs.ts';
import { ProjectId } from './projects.ts';

/** A motion is an asset of kind `motion`. */
export const MotionId = AssetId;

/**
 * What learning compares: `motion` the direction of change from frame to frame (VMC, arXiv 2312.00845), `mse` the plain
 * prediction error, `debiased` mse plus the error without what all frames share (MotionDirector, arXiv 2310.08465).
 */
export const MotionLoss = z.enum(['motion', 'mse', 'debiased']);
export type MotionLoss = z.infer<typeof MotionLoss>;

/** How a motion is learned. `rank`: all of the temporal attention's q/k/v weights, or low-rank changes to them. */
export const LearningSettings = z.object({
  loss: MotionLoss.default('motion'),
  rank: z.union([z.literal('full'), z.number().int().min(1).max(128)]).default('full'),
  /** Most steps; learning ends earlier when held-out noise stops getting better. */
  steps: z.number().int().min(1).max(2000).default(120),
  /** For layers up to 128 wide; wider ones take steps that are smaller by as much. */
  learningRate: z.number().gt(0).max(0.1).default(3e-3),
  seed: z.number().int().min(0).max(0xffff_ffff).default(0),
});
export type LearningSettings = z.infer<typeof LearningSettings>;

/** The part of the picture to learn from, as shares of the shown width and height. */
export const CropRectangle = z
  .object({ x: z.number().min(0).max(1), y: z.number().min(0).max(1), width: z.number().min(0.02).max(1), height: z.number().min(0.02).max(1) })
  .refine(({ x, y, width, height }) => x + width <= 1.0001 && y + height <= 1.0001, 'The crop reaches beyond the picture.');
export type CropRectangle = z.infer<typeof CropRectangle>;

/** A clip to learn from: media of the project, or a file on the host's disk. */
export const MotionSource = z.union([z.object({ assetId: AssetId }), z.object({ path: z.string().min(1) })]);
export type MotionSource = z.infer<typeof MotionSource>;

const clipSelection = {
  projectId: ProjectId,
  clip: MotionSource,
  /** Trim in seconds of the clip; null: its beginning, its end. */
  fromSeconds: z.number().min(0).nullable().default(null),
  toSeconds: z.number().gt(0).nullable().default(null),
  crop: CropRectangle.nullable().default(null),
  /** Learn the motion backwards. */
  reversed: z.boolean().default(false),
  packId: z.string().default('motif-mini'),
  settings: LearningSettings.prefault({}),
};

/** A caption says what moves and how, without scene or style: "a shark is swimming". */
export const MotionCaption = z.string().trim().min(1, 'Say what moves, as in "a shark is swimming".').max(300);

export const LearnRequest = z.object({ ...clipSelection, caption: MotionCaption, /** Name in the library; the caption when left out. */ name: z.string().trim().min(1).max(200).optional() });
export type LearnRequest = z.infer<typeof LearnRequest>;
/** A request as a client may write it. */
export type LearnInput = z.input<typeof LearnRequest>;

/** One step of the loss curve. `heldOut` is measured now and then, on noise that is never trained on; null between. */
export const LossPoint = z.object({ step: z.number().int(), loss: z.number(), heldOut: z.number().nullable() });
export type LossPoint = z.infer<typeof LossPoint>;

/** A learned motion as the library lists it. */
export const Motion = z.object({
  id: MotionId,
  name: z.string(),
  caption: z.string(),
  createdAt: z.string(),
  origin: z.enum(['learned', 'imported']),
  /** Of the motion file; recipes name motions by it. */
  sha256: z.string(),
  sizeBytes: z.number().int(),
  settings: LearningSettings,
  /** Steps taken, and the step whose weights were kept: the best on held-out noise. */
  steps: z.number().int(),
  bestStep: z.number().int(),
  /** Held-out loss before learning and of the kept weights. */
  firstLoss: z.number(),
  bestLoss: z.number(),
  /** The model it was learned on: pack id and name for people, `sha256` of its keyframe UNet for the engine. */
  model: z.object({ packId: z.string(), packName: z.string(), sha256: z.string() }),
  /** Installed packs that it works with; empty: none here. */
  packIds: z.array(z.string()),
  /** True when it carries the clip's inverted noise, so that `noiseMix` has an effect. */
  hasNoise: z.boolean(),
  source: z.object({ name: z.string(), fromSeconds: z.number(), toSeconds: z.number(), crop: CropRectangle.nullable(), reversed: z.boolean().default(false) }),
  /** Address of the source's middle frame (PNG). */
  thumbnailUrl: z.string().nullable(),
  /** Address of the source's key frames as raw RGB, in the form of job previews (`x-frames`, `x-width`, `x-height`), for a looping preview. */
  loopUrl: z.string().nullable(),
});
export type Motion = z.infer<typeof Motion>;

/** A motion with its loss curve. */
export const MotionDetail = Motion.extend({ lossCurve: z.array(LossPoint) });
export type MotionDetail = z.infer<typeof MotionDetail>;

/** What a motion file tells about itself, as JSON in its metadata. */
export const MotionFacts = z.object({
  name: z.string().min(1).max(200),
  caption: MotionCaption,
  settings: LearningSettings,
  steps: z.number().int().min(0),
  bestStep: z.number().int().min(0),
  firstLoss: z.number(),
  bestLoss: z.number(),
  lossCurve: z.array(LossPoint).max(5000),
  model: z.object({ packId: z.string().max(200), packName: z.string().max(200), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  source: z.object({ name: z.string().max(300), fromSeconds: z.number(), toSeconds: z.number(), crop: CropRectangle.nullable(), reversed: z.boolean().default(false) }),
});
export type MotionFacts = z.infer<typeof MotionFacts>;

/** A motion asked for in a clip. */
export const MotionChoice = z.object({ motionId: MotionId, strength: MotionStrength.default(1), noiseMix: z.number().min(0).max(1).default(USUAL_NOISE_MIX) });
export type MotionChoice = z.infer<typeof MotionChoice>;

/** What is wrong with a clip; `none` when it can be learned from. */
export const ClipProblem = z.enum(['none', 'empty', 'unreadable', 'noVideo', 'tooShort', 'static', 'span']);
export type ClipProblem = z.infer<typeof ClipProblem>;

/** What is known about a clip before anything starts. An unsuitable clip is an answer, not an error. */
export const ClipInspection = z.object({
  problem: ClipProblem,
  /** What is wrong and how to mend it, in words for people; null when nothing is. */
  message: z.string().nullable(),
  clip: z.object({ name: z.string(), width: z.number().int(), height: z.number().int(), frames: z.number().int(), frameRate: FrameRate, durationSeconds: z.number() }).nullable(),
  /** The span that would be learned. */
  fromSeconds: z.number(),
  toSeconds: z.number(),
  /** A start for the caption, from the prompt or the file's name; to be edited. */
  proposedCaption: z.string(),
  /** Null until this machine has measured it. */
  expectedMs: z.number().nullable(),
  expectedMemoryBytes: z.number().nullable(),
  /** Mean change between neighbouring frames, 0 (still) to 1. */
  motionAmount: z.number().nullable(),
  /** The frames that would be learned: raw RGB at `url`, in the form of job previews. Kept for a while, not for ever. */
  strip: z.object({ url: z.string(), frames: z.number().int(), width: z.number().int(), height: z.number().int() }).nullable(),
});
export type ClipInspection = z.infer<typeof ClipInspection>;

/** How a `learn` job stands beyond its parts (`prepare`, `learn`, `invert`). Its sample previews are the job's `previewVersion`. */
export const LearningProgress = z.object({
  jobId: JobId,
  /** The whole curve so far, oldest first. */
  points: z.array(LossPoint),
  step: z.number().int(),
  steps: z.number().int(),
  bestStep: z.number().int().nullable(),
  /** Step of the newest sample preview; null before the first. */
  sampleStep: z.number().int().nullable(),
});
export type LearningProgress = z.infer<typeof LearningProgress>;

const chosen = z.object({ projectId: ProjectId, motionId: MotionId });

export const motionsContract = {
  list: method(z.object({ projectId: ProjectId }), z.object({ motions: z.array(Motion) })),
  get: method(chosen, MotionDetail),
  inspectClip: method(z.object(clipSelection), ClipInspection),
  /** Queues a `learn` job, whose result asset is the motion. An unsuitable clip is refused here, with `inspectClip`'s words. */
  learn: method(LearnRequest, z.object({ jobId: JobId })),
  /** The whole state with each event, at most four a second; begins at once and ends with the job. */
  watchLearning: stream(z.object({ projectId: ProjectId, jobId: JobId }), LearningProgress),
  rename: method(chosen.extend({ name: z.string().trim().min(1).max(200) }), Motion),
  remove: method(chosen, z.object({})),
  /** Writes `NAME.motion.safetensors` (temporary name, then rename). Pages without dialogs: GET `${mediaBase}/download/PROJECT/MOTION`. */
  exportToFile: method(chosen.extend({ path: z.string().min(1) }), z.object({ path: z.string(), sizeBytes: z.number().int() })),
  /** Pages without dialogs: PUT `${mediaBase}/upload-motion/PROJECT/NAME`, which answers with the Motion. */
  importFromFile: method(z.object({ projectId: ProjectId, path: z.string().min(1) }), Motion),
};
