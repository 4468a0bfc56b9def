import type { Noise } from '../random/noise.ts';
import type { Scheduler } from '../schedulers/scheduler.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { DenoisePosition } from './denoise.ts';
import type { PromptEmbeds, UnetRun } from './unet-run.ts';

/** What every stage is given. */
export interface StageContext {
  readonly unet: UnetRun;
  readonly scheduler: Scheduler;
  readonly promptEmbeds: PromptEmbeds;
  readonly guidanceScale: number | null;
  /** This stage's own stream. */
  readonly noise: Noise;
  readonly signal?: AbortSignal;
}

/** A stage's progress in a form that can be stored: the part (segment or window) it is in, and what earlier parts produced. */
export interface StageCheckpoint {
  readonly part: number;
  readonly position: DenoisePosition;
  /** What earlier parts produced, from frame 0 on; null where there is nothing yet. */
  readonly output: Tensor | null;
}

/** What a stage yields after each unit of work. */
export interface StageStep {
  readonly phase: 'denoising' | 'decoding';
  /** Finished units and their total over all parts. */
  readonly step: number;
  readonly total: number;
  /** Approximate frames, [1, 3, frames, height, width] in about [-1, 1]; null where there is nothing to show. */
  readonly preview: Tensor | null;
  /** Valid until the generator is resumed: encode it at once. Null while decoding, which is repeated instead. */
  readonly checkpoint: StageCheckpoint | null;
}

/** A running stage: steps, then its output tensor [1, 3, frames, height, width]. */
export type StageRun = AsyncGenerator<StageStep, Tensor>;
