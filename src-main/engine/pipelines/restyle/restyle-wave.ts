import { assert, StudioError } from '../../../../src-shared/errors/studio-error.ts';
import type { Noise } from '../../random/noise.ts';
import { toDenoised } from '../../schedulers/noise-schedule.ts';
import { INITIAL_STATE } from '../../schedulers/scheduler.ts';
import type { Scheduler, SchedulerState } from '../../schedulers/scheduler.ts';
import { zeros } from '../../tensor/tensor.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { predict } from '../guidance.ts';
import type { PromptEmbeds, UnetRun } from '../unet-run.ts';
import { keepOutlines, outlinesOf, type FrameShape } from './keep-structure.ts';
import { outputFor } from './restyle-levels.ts';

/** How a clip is denoised window by window. */
export interface WaveSettings {
  /** Frames that the unet sees at once, and how many further the next window begins. */
  readonly window: number;
  readonly stride: number;
  readonly shape: FrameShape;
  readonly scheduler: Scheduler;
  /** Signal and noise level of a train timestep. */
  readonly levels: (timestep: number) => { readonly alpha: number; readonly sigma: number };
  readonly unet: UnetRun;
  /** Words of frames `start` to `start + count`. */
  readonly promptEmbeds: (start: number, count: number) => PromptEmbeds;
  readonly guidanceScale: number | null;
  /** Pull towards the source's outlines at the first step, in [0, 1]; it falls with the noise. */
  readonly structure: number;
  /** Streams for schedulers that add noise. */
  readonly noise: Noise;
  /** Called before each forward pass. */
  readonly onPass?: (pass: { readonly step: number; readonly window: number }) => void;
}

/** One frame on its way down one level of noise. */
interface Travelling {
  readonly sample: Float32Array;
  readonly state: SchedulerState;
  /** Outlines of the source; null where structure is off. */
  readonly outlines: Float32Array | null;
  sum: Float32Array | null;
  weight: number;
}

/** A frame that has arrived: its clean latents [channels, height, width]. */
export interface ArrivedFrame {
  readonly frame: number;
  readonly latents: Float32Array;
}

/**
 * Denoises a clip of any length in overlapping windows whose predictions are averaged at every step (MultiDiffusion, Bar-Tal et al.
 * 2023, equation 5) without ever holding the clip. Step k of a window needs only the windows beside it at step k - 1, so the
 * steps run through the clip as a wave, each one window behind the one before: the result is that of denoising the whole clip at once,
 * memory is that of some `window + steps * stride` frames.
 *
 * What a frame becomes depends on frames at most `reach` behind it. A wave that begins `reach` frames or more ahead of a frame, at a
 * multiple of the stride, gives that frame the very same values.
 */
export class RestyleWave {
  readonly #settings: WaveSettings;
  readonly #steps: number;
  readonly #first: number;
  /** Per level: frames that have reached it, and the window that is next. Level `steps` holds what has arrived. */
  readonly #frames: Map<number, Travelling>[];
  readonly #next: number[];
  #pushed: number;
  #end: number | null = null;
  #arrived: ArrivedFrame[] = [];

  constructor(settings: WaveSettings, firstFrame = 0) {
    const { window, stride, scheduler } = settings;
    assert(stride >= 1 && stride <= window, 'windows follow each other without gaps');
    assert(firstFrame % stride === 0, 'a wave begins where a window does');
    this.#settings = settings;
    this.#steps = scheduler.timesteps.length;
    assert(this.#steps > 0, 'a wave has steps');
    this.#first = firstFrame;
    this.#frames = Array.from({ length: this.#steps }, () => new Map<number, Travelling>());
    this.#next = Array.from({ length: this.#steps }, () => firstFrame / stride);
    this.#pushed = firstFrame;
  }

  /** Adds the next frame: its noised latents, and its clean ones for their outlines. */
  push(sample: Float32Array, clean: Float32Array): void {
    assert(this.#end === null, 'the clip has not ended');
    const { structure, shape } = this.#settings;
    this.#frames[0]!.set(this.#pushed, { sample, state: INITIAL_STATE, outlines: structure > 0 ? outlinesOf(clean, shape) : null, sum: null, weight: 0 });
    this.#pushed += 1;
  }

  /** Number of frames that `push` must still bring before `end`: windows are whole. */
  missing(): number {
    const { window, stride } = this.#settings;
    const count = this.#pushed - this.#first;
    const whole = count <= window ? window : window + Math.ceil((count - window) / stride) * stride;
    return whole - count;
  }

  end(): void {
    assert(this.missing() === 0, 'the last window is whole');
    this.#end = this.#pushed;
    // Where the last window has run already, the frames that a further window would have shared are complete now.
    for (let step = 0; step < this.#steps; step += 1) if (this.#next[step]! > this.#lastWindow()) this.#release(step);
  }

  /** Runs one forward pass; false when none can run before more frames come. */
  async advance(signal?: AbortSignal): Promise<boolean> {
    // The last steps first: what arrives soonest frees memory soonest.
    for (let step = this.#steps - 1; step >= 0; step -= 1) {
      if (!this.#canRun(step)) continue;
      signal?.throwIfAborted();
      await this.#run(step, this.#next[step]!);
      return true;
    }
    return false;
  }

  /** Takes the frames that have arrived since, in order. */
  take(): readonly ArrivedFrame[] {
    const arrived = this.#arrived;
    this.#arrived = [];
    return arrived;
  }

  /** Bytes of everything that is under way. */
  heldBytes(): number {
    let bytes = 0;
    for (const level of this.#frames) for (const { sample, state, sum } of level.values()) bytes += sample.byteLength + (sum?.byteLength ?? 0) + state.denoised.reduce((total, part) => total + part.byteLength, 0);
    return bytes;
  }

  #lastWindow(): number {
    return this.#end === null ? Number.POSITIVE_INFINITY : (this.#end - this.#settings.window) / this.#settings.stride;
  }

  /** Frames below this number have reached a level. */
  #reached(level: number): number {
    if (level === 0) return this.#pushed;
    const next = this.#next[level - 1]!;
    return next > this.#lastWindow() ? this.#pushed : next * this.#settings.stride;
  }

  #canRun(step: number): boolean {
    const { window, stride } = this.#settings;
    const next = this.#next[step]!;
    return next <= this.#lastWindow() && this.#reached(step) >= next * stride + window;
  }

  async #run(step: number, index: number): Promise<void> {
    const { window, stride, shape, scheduler, onPass } = this.#settings;
    onPass?.({ step, window: index });
    const level = this.#frames[step]!;
    const [start, area] = [index * stride, shape.height * shape.width];
    const values = shape.channels * area;
    const sample = zeros([1, shape.channels, window, shape.height, shape.width]);
    for (let at = 0; at < window; at += 1) {
      const { sample: frame } = level.get(start + at)!;
      for (let channel = 0; channel < shape.channels; channel += 1) sample.data.set(frame.subarray(channel * area, (channel + 1) * area), (channel * window + at) * area);
    }
    const output = await predict({
      unet: this.#settings.unet, sample: scheduler.scaleModelInput(sample, step), condition: null, timestep: scheduler.timesteps[step]!, classLabel: null,
      promptEmbeds: this.#settings.promptEmbeds(start, window), guidanceScale: this.#settings.guidanceScale, keepVariance: false,
    });
    for (let at = 0; at < window; at += 1) {
      const frame = level.get(start + at)!;
      // Less towards a window's ends: there it has seen less of what surrounds the frame.
      const weight = Math.min(at + 1, window - at);
      frame.sum ??= new Float32Array(values);
      for (let channel = 0; channel < shape.channels; channel += 1) {
        const [from, to] = [(channel * window + at) * area, channel * area];
        for (let i = 0; i < area; i += 1) frame.sum[to + i]! += weight * output.data[from + i]!;
      }
      frame.weight += weight;
    }
    this.#next[step] = index + 1;
    this.#release(step);
  }

  /** Sends the frames that no further window of a step covers to the next level. */
  #release(step: number): void {
    const { scheduler, noise } = this.#settings;
    const level = this.#frames[step]!;
    const complete = [...level.keys()].filter((number) => number < this.#reached(step + 1)).sort((a, b) => a - b);
    for (const number of complete) {
      const frame = level.get(number)!;
      level.delete(number);
      this.#descend(step, number, frame, scheduler.usesNoise ? noise.fork(`step${step}`).fork(`frame${number}`).normal(frame.sample.length) : null);
    }
  }

  /** One scheduler step of one frame with its averaged prediction. */
  #descend(step: number, number: number, frame: Travelling, fresh: Float32Array | null): void {
    const { shape, scheduler, structure, levels } = this.#settings;
    const tensor = (data: Float32Array): Tensor => ({ data, shape: [1, shape.channels, 1, shape.height, shape.width] });
    let output: Float32Array = frame.sum!.map((value) => value / frame.weight);
    if (frame.outlines !== null) {
      const timestep = scheduler.timesteps[step]!;
      const { alpha, sigma } = levels(timestep);
      const denoised = toDenoised(scheduler.predictionType, output, frame.sample, alpha, sigma);
      output = outputFor(scheduler.predictionType, keepOutlines(denoised, frame.outlines, shape, (structure * timestep) / scheduler.timesteps[0]!), frame.sample, alpha, sigma);
    }
    const result = scheduler.step(tensor(output), step, tensor(frame.sample), { state: frame.state, ...(fresh === null ? {} : { noise: tensor(fresh) }) });
    const isLast = step === this.#steps - 1;
    // The estimate of the last step, not the sample behind it: that still holds a trace of the noise.
    const data = isLast ? result.denoised.data : result.prevSample.data;
    assertFinite(data, step);
    if (isLast) this.#arrived.push({ frame: number, latents: data });
    else this.#frames[step + 1]!.set(number, { sample: data, state: result.state, outlines: frame.outlines, sum: null, weight: 0 });
  }
}

/** How many frames before a frame a wave must begin for that frame to come out the same. */
export function waveReach({ window, stride }: Pick<WaveSettings, 'window' | 'stride'>, steps: number): number {
  return steps * Math.floor((window - 1) / stride) * stride;
}

function assertFinite(data: Float32Array, step: number): void {
  let sum = 0;
  for (const value of data) sum += value;
  if (!Number.isFinite(sum)) throw new StudioError('NON_FINITE', `Step ${step + 1} produced values that are not numbers. The weights are damaged or do not fit their configuration: import the model again.`, { details: { step } });
}
