/** Words of a part of a clip. */
export interface StyleSpan {
  readonly startFrame: number;
  /** Behind its last frame. */
  readonly endFrame: number;
  /** Index into the texts. */
  readonly text: number;
}

/** What a restyling does, the same for every part of a clip. */
export interface RestyleSettings {
  /** Styles; the first holds where no span says otherwise. */
  readonly texts: readonly string[];
  readonly spans: readonly StyleSpan[];
  /** Frames over which one style fades into the next, around each border. */
  readonly blendFrames: number;
  readonly negativePrompt: string;
  /** 0 gives the source back, 1 begins at the noisiest level that the expert knows. */
  readonly strength: number;
  /** How firmly outlines stay, in [0, 1]. */
  readonly structure: number;
  readonly seed: number;
  readonly numInferenceSteps: number;
  readonly guidanceScale: number;
  readonly noisiestTimestep: number;
}

/**
 * Shares of the texts in one frame, adding up to 1. At a border the styles fade evenly over `blendFrames` frames, half of them on each side,
 * so that no cut shows.
 */
export function textShares({ texts, spans, blendFrames }: Pick<RestyleSettings, 'texts' | 'spans' | 'blendFrames'>, frame: number): number[] {
  const shares = texts.map(() => 0);
  const half = Math.max(0, blendFrames) / 2;
  let rest = 1;
  for (const { startFrame, endFrame, text } of spans) {
    const into = half === 0 ? Number(frame >= startFrame) : (frame + 0.5 - startFrame + half) / (2 * half);
    const outOf = half === 0 ? Number(frame < endFrame) : (endFrame + half - frame - 0.5) / (2 * half);
    const share = Math.min(rest, Math.max(0, Math.min(1, into, outOf)));
    shares[text]! += share;
    rest -= share;
  }
  shares[0]! += rest;
  return shares;
}
