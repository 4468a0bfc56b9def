import type { CompositorSource } from './viewer-messages.ts';

/** A clip of so many pixels whose frames come this late (ms), so often, needs a stand-in; a longer one would take too much of the project for it. */
const LARGE_PIXELS = 1920 * 1080;
export const LATE_MS = 120;
const LATE_TIMES = 2;
const MOST_SECONDS = 600;
/** Decoding a whole group of frames, with nothing beside it, may take so long (ms): a jump decodes half of one on average, but of all the clips that are seen there. */
const GROUP_MS = 80;
/** Groups of no more frames are decoded in no time, or no stand-in would be any faster. */
export const SHORT_GROUP = 12;

/** Finds out which clips need stand-ins on this machine. */
export interface StandInNeeds {
  /** Whether one would be made of a clip at all. */
  isCandidate(source: CompositorSource): boolean;
  /** A frame of it came late. */
  late(source: CompositorSource): void;
  /** Decoding a whole group of its frames took so long (ms), before anyone waited for one. */
  tried(source: CompositorSource, tookMs: number): void;
}

/** `onNeed` is told of each clip once. */
export function createStandInNeeds(onNeed: (assetId: string) => void): StandInNeeds {
  const late = new Map<string, number>();
  const told = new Set<string>();
  const isCandidate = ({ assetId, standInUrl, rate, frames, width, height }: CompositorSource): boolean =>
    standInUrl === null && rate !== null && frames !== null && !told.has(assetId) && (frames * rate.den) / rate.num <= MOST_SECONDS && width * height >= LARGE_PIXELS;
  const tell = ({ assetId }: CompositorSource): void => {
    told.add(assetId);
    onNeed(assetId);
  };
  return {
    isCandidate,
    late: (source) => {
      if (!isCandidate(source)) return;
      const times = (late.get(source.assetId) ?? 0) + 1;
      late.set(source.assetId, times);
      if (times >= LATE_TIMES) tell(source);
    },
    tried: (source, tookMs) => {
      if (isCandidate(source) && tookMs > GROUP_MS) tell(source);
    },
  };
}
