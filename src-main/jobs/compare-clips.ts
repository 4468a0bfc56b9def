import type { FrameRate } from '../../src-shared/timing/frame-rate.ts';
import type { Media } from '../media/media.ts';
import type { MediaInfo } from '../media/probe.ts';

/** How much two clips differ, frame by frame. */
export interface ClipDifference {
  readonly frames: number;
  readonly framesAgain: number;
  readonly compared: number;
  readonly differing: number;
  /** Peak signal-to-noise ratio in dB over the differing frames; null when none differs. */
  readonly meanDb: number | null;
  readonly worstDb: number | null;
  readonly worstFrame: number | null;
}

/** Peak signal-to-noise ratio of 8-bit samples in dB; Infinity for equal ones. */
export function psnrOf(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    sum += difference * difference;
  }
  return sum === 0 ? Infinity : 10 * Math.log10((255 * 255 * a.length) / sum);
}

/** Decodes two clips side by side, at the first one's size and rate, and compares every frame that both have. */
export async function compareClips(media: Pick<Media, 'decodeFrames'>, theirs: MediaInfo, ours: MediaInfo, { signal, onFrame }: { readonly signal: AbortSignal; readonly onFrame: (frame: number) => void }): Promise<ClipDifference> {
  const size = { width: theirs.width ?? 1, height: theirs.height ?? 1 };
  const rate: FrameRate = theirs.frameRate ?? ours.frameRate ?? { num: 1, den: 1 };
  const [left, right] = [theirs, ours].map(({ path }) => media.decodeFrames(path, { ...size, fit: 'stretch', frameRate: rate, signal })) as [AsyncGenerator<Uint8Array>, AsyncGenerator<Uint8Array>];
  const differences: number[] = [];
  let worst = { dB: Infinity, frame: -1 };
  let [frames, framesAgain] = [0, 0];
  try {
    for (;;) {
      const [a, b] = await Promise.all([left.next(), right.next()]);
      if (a.done !== true) frames += 1;
      if (b.done !== true) framesAgain += 1;
      if (a.done === true && b.done === true) break;
      if (a.done === true || b.done === true) continue;
      const dB = psnrOf(a.value, b.value);
      if (dB !== Infinity) differences.push(dB);
      if (dB < worst.dB) worst = { dB, frame: frames - 1 };
      onFrame(frames);
    }
  } finally {
    await left.return(undefined);
    await right.return(undefined);
  }
  const none = differences.length === 0;
  return {
    frames, framesAgain, compared: Math.min(frames, framesAgain), differing: differences.length,
    meanDb: none ? null : differences.reduce((sum, dB) => sum + dB, 0) / differences.length, worstDb: none ? null : worst.dB, worstFrame: none ? null : worst.frame,
  };
}
