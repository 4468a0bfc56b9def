/** Words of a stretch of a scene. */
export interface SceneText {
  readonly prompt: string;
  readonly negativePrompt: string;
}

/** Frames `from` to `from + count` in the order of noise that a seed stands for (random/rescheduled-noise). */
export interface NoiseStretch {
  readonly seed: number;
  readonly from: number;
  readonly count: number;
}

/** Frames `from` to `from + count` of a run whose colours and light a picture leads, for a share of the steps. */
export interface LookStretch {
  readonly from: number;
  readonly count: number;
  readonly strength: number;
}

/**
 * One engine run inside a scene: a stretch of frames of one stage. Plain data that fully determines the run together with
 * the stage's settings, seed and inputs, so that every stretch can be computed alone, in any order, with the same result.
 */
export interface ScenePart {
  /** Frames of this stage's output that the run makes, known ones included. */
  readonly frames: number;
  readonly texts: readonly SceneText[];
  /** Weights of `texts`: one row per frame, or a single row for all frames. */
  readonly mix: readonly (readonly number[])[];
  /** Which noise the frames start from, in order; the last stretch goes on where there are more frames. */
  readonly noise: readonly NoiseStretch[];
  /** Frames of this run that are given (in order) and stay as they are: neighbours at a seam, start and end images. */
  readonly knownFrames: readonly number[];
  /** Per known frame the share of the steps in which it is held; left out where all are held to the end. Keyframes only. */
  readonly knownStrengths?: readonly number[];
  /** Frames that pictures lead, one picture each; left out where there are none. Keyframes only. */
  readonly looks?: readonly LookStretch[];
}

/** True when frames of the run have different words. */
export function hasTextPerFrame({ mix }: ScenePart): boolean {
  const first = mix[0]?.join();
  return mix.some((row) => row.join() !== first);
}
