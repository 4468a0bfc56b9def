import type { RestyleSettings } from '../pipelines/restyle/restyle-request.ts';
import type { LearningSettings, LossPoint, MotionFacts } from '../../../src-shared/contract/motions.ts';
import type { ExecutionProvider, ProbeResult, ProviderPlan } from '../../../src-shared/execution/provider.ts';
import type { StudioErrorWire } from '../../../src-shared/errors/studio-error.ts';
import type { ScenePart } from '../../../src-shared/build/scene-part.ts';
import type { Emphasis } from '../../../src-shared/recipe/emphasis.ts';
import type { StageName } from '../../../src-shared/recipe/stage-name.ts';
import type { TileCount } from '../../../src-shared/recipe/tile-count.ts';
import type { StageSettings } from '../../../src-shared/recipe/recipe.ts';
import type { Answer, Question } from './look.ts';
import type { ProviderFallback } from '../session/session-providers.ts';

/** Float32 pixels or latents, [batch, channels, frames, height, width], pixels in about [-1, 1]. */
export interface TensorMessage {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** 8-bit RGB frames, [count, height, width, 3]. */
export interface FramesMessage {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A learned motion for a stage run. `bytes` is its file; `sha256` names it, so that it is read once. */
export interface MotionMessage {
  readonly sha256: string;
  readonly bytes: Uint8Array;
  readonly strength: number;
  readonly noiseMix: number;
}

/** Learns a motion from a clip. Runs, stops and fails like a stage. */
export interface LearnMotionCommand {
  readonly type: 'learnMotion';
  readonly runId: string;
  readonly packDir: string;
  readonly frames: FramesMessage;
  readonly caption: string;
  readonly settings: LearningSettings;
  /** Name of the motion, the model it is learned on and the clip it is learned from: written into its file. */
  readonly facts: Pick<MotionFacts, 'name' | 'model' | 'source'>;
  readonly checkpoint: Uint8Array | null;
  readonly threads: number;
}

/** Asks how strongly finished keyframes attend to some words of their prompt. Runs, stops and fails like a stage. */
export interface MeasureAttentionCommand {
  readonly type: 'measureAttention';
  readonly runId: string;
  readonly packDir: string;
  readonly keyframes: TensorMessage;
  readonly prompt: string;
  readonly words: string;
  readonly threads: number;
}

/** Enlarges one window of a clip's frames, of any size. Runs, stops and fails like a stage; a window is small enough to be repeated. */
export interface UpscaleCommand {
  readonly type: 'upscale';
  readonly runId: string;
  readonly packDir: string;
  /** As many frames as the pack's window has. */
  readonly frames: FramesMessage;
  /** Number of the first of them in the clip. */
  readonly firstFrame: number;
  /** 2 or 4. */
  readonly factor: number;
  /** 1: the conditional mean; more draw details. */
  readonly numInferenceSteps: number;
  readonly seed: number;
  /** Tiles so many times smaller than the model's own, where those do not fit into memory. */
  readonly tiles?: TileCount;
  readonly threads: number;
}

/** Traces a clip of any length back to noise with a motion that was learned from a part of it; ends with `learned`, the motion with the whole clip's noise. */
export interface TraceMotionCommand {
  readonly type: 'traceMotion';
  readonly runId: string;
  readonly packDir: string;
  /** Key frames at the distance in which the model makes them. */
  readonly frames: FramesMessage;
  /** The motion's file. */
  readonly motion: Uint8Array;
  readonly source: MotionFacts['source'];
  /** Bytes of an earlier `checkpoint` event of the same request. */
  readonly checkpoint: Uint8Array | null;
  readonly threads: number;
}

/** Asks what learning on a pack will need. Answered while nothing else is asked of this process; nothing is loaded for it. */
export interface EstimateLearningCommand {
  readonly type: 'estimateLearning';
  readonly runId: string;
  readonly packDir: string;
  readonly settings: LearningSettings;
}

/**
 * Takes the next frames of a clip that is restyled. The engine keeps the clip's state between such commands; where it has lost it, because it was
 * replaced or did something else meanwhile, the run fails with CONFLICT and the clip is begun again, some frames ahead.
 */
export interface RestyleCommand {
  readonly type: 'restyle';
  readonly runId: string;
  readonly packDir: string;
  /** Names the clip's run: its state serves only commands of the same name. */
  readonly clipRun: string;
  readonly settings: RestyleSettings;
  /** The clip's next frames, at its own size. */
  readonly frames: FramesMessage;
  /** Number of the first of them in the clip. */
  readonly firstFrame: number;
  /** True for the first command of a run: it begins at `firstFrame`, a multiple of the stride. */
  readonly begins: boolean;
  /** True when no frame follows. */
  readonly last: boolean;
  /** What an earlier run of this clip told of its first frame; null for the clip's beginning. */
  readonly anchor: Uint8Array | null;
  /** The last frame that an earlier run of this clip finished, as it told it; null for the clip's beginning. Where a run begins ahead of it, the frames behind it are the very same. */
  readonly shown: { readonly number: number; readonly frame: FramesMessage } | null;
  /** Draws single frames for themselves, on this share of the trained pixels: previews. */
  readonly still?: { readonly share: number };
  /** Frames are encoded and decoded in so many tiles. */
  readonly tiles?: TileCount;
  readonly threads: number;
}

/** Parent to engine. One run at a time; a second one while one runs fails with CONFLICT. */
export type EngineCommand =
  | {
      readonly type: 'runStage';
      readonly runId: string;
      readonly packDir: string;
      readonly stage: StageName;
      readonly prompt: string;
      readonly negativePrompt: string;
      readonly emphasis?: Emphasis;
      readonly seed: number;
      readonly settings: StageSettings;
      /** The previous stage's output; null for keyframes. */
      readonly input: TensorMessage | null;
      /** Opaque bytes of an earlier `checkpoint` event of the same request: the run continues behind it, bit for bit. */
      readonly checkpoint: Uint8Array | null;
      readonly threads: number;
      /** A part of a longer scene: its texts take the place of the prompts, `known` shows its known frames, `looks` the pictures of its looks. */
      readonly scene?: {
        readonly part: ScenePart;
        readonly known: TensorMessage | null;
        readonly looks?: TensorMessage | null;
        /**
         * For key frames: a folder of this run's own, in which its frames lie instead of in memory. The run ends with `kept`; its checkpoints
         * speak of files there, which whoever stores them deletes (`removeOlderSteps`).
         */
        readonly folder?: string;
      };
      /** Learned motions; only keyframes uses them. */
      readonly motions?: readonly MotionMessage[];
    }
  | LearnMotionCommand
  | TraceMotionCommand
  | MeasureAttentionCommand
  | UpscaleCommand
  | EstimateLearningCommand
  /** What later runs execute on, the CPU until it is said, and where text encoders may be kept in 8 bits. */
  | { readonly type: 'useProviders'; readonly plan: ProviderPlan; readonly textCacheDir: string | null }
  /** Tries providers until one works. Answered by `probed`. */
  | { readonly type: 'probeProviders'; readonly order: readonly ExecutionProvider[] }
  /** Answered by `looked`, also while nothing else is asked of this process. */
  | { readonly type: 'look'; readonly id: number; readonly question: Question }
  | RestyleCommand
  | { readonly type: 'stop'; readonly runId: string; readonly reason: 'cancelled' | 'paused' }
  /** Releases every session: memory goes back while the queue is paused. */
  | { readonly type: 'unload' };

/** Engine to parent. `done`, `kept`, `learned`, `measured`, `upscaled`, `restyled`, `stopped` and `failed` end a run; nothing follows them for that runId. */
export type EngineEvent =
  | { readonly type: 'ready'; readonly engineVersion: string }
  | { readonly type: 'looked'; readonly id: number; readonly answer: Answer | null; readonly error: StudioErrorWire | null }
  | { readonly type: 'probed'; readonly result: ProbeResult }
  /** A model that a provider could not load runs on the next. */
  | { readonly type: 'fallback'; readonly fallback: ProviderFallback }
  | {
      readonly type: 'progress';
      readonly runId: string;
      readonly stage: StageName;
      readonly phase: 'loading' | 'denoising' | 'decoding' | 'learning' | 'inverting';
      /** Finished units of this stage (steps times windows or segments) and their total. */
      readonly step: number;
      readonly total: number;
      readonly stepMs: number | null;
    }
  | { readonly type: 'preview'; readonly runId: string; readonly stage: StageName; readonly frames: FramesMessage }
  | { readonly type: 'checkpoint'; readonly runId: string; readonly step: number; readonly bytes: Uint8Array }
  | {
      readonly type: 'done';
      readonly runId: string;
      readonly stage: StageName;
      /** Feeds the next stage; [1, 3, frames, height, width]. */
      readonly tensor: TensorMessage;
      /** The same as 8-bit frames, for encoding and thumbnails. */
      readonly frames: FramesMessage;
      readonly wallMs: number;
      readonly loadMs: number;
      readonly peakRssBytes: number;
    }
  /** A run in a folder: the file holds float32 values of `shape`, [1, 3, frames, height, width], until the folder is deleted. */
  | {
      readonly type: 'kept';
      readonly runId: string;
      readonly stage: StageName;
      readonly path: string;
      readonly shape: readonly number[];
      readonly wallMs: number;
      readonly loadMs: number;
      readonly peakRssBytes: number;
    }
  /** A point of the loss curve, behind each step of a learning. */
  | { readonly type: 'lossPoint'; readonly runId: string; readonly point: LossPoint; readonly bestStep: number | null }
  | {
      readonly type: 'learned';
      readonly runId: string;
      /** The motion's file. */
      readonly motion: Uint8Array;
      readonly wallMs: number;
      readonly loadMs: number;
      readonly peakRssBytes: number;
    }
  /** Per keyframe: of the attention paid to text, the share that went to the words. */
  | { readonly type: 'measured'; readonly runId: string; readonly shares: Float32Array; readonly peakRssBytes: number }
  /** The window's frames, enlarged. */
  | { readonly type: 'upscaled'; readonly runId: string; readonly frames: FramesMessage; readonly peakRssBytes: number }
  /** Resident memory that learning will take, in bytes; null where the model cannot be read. */
  | { readonly type: 'estimated'; readonly runId: string; readonly bytes: number | null }
  /** The frames that are finished by now, from number `firstFrame` on; `anchor` once, when it is known; `shown` the frames at the model's size, to go on from. */
  | { readonly type: 'restyled'; readonly runId: string; readonly frames: FramesMessage; readonly shown: FramesMessage; readonly firstFrame: number; readonly anchor: Uint8Array | null; readonly peakRssBytes: number }
  | { readonly type: 'stopped'; readonly runId: string; readonly reason: 'cancelled' | 'paused' }
  | { readonly type: 'failed'; readonly runId: string; readonly error: StudioErrorWire };
