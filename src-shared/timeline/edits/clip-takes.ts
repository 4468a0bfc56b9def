import type { FrameRate } from '../../timing/frame-rate.ts';
import { addRational, compareRational, subtractRational, ZERO, type Rational } from '../../timing/rational.ts';
import type { Clip, ClipTake } from '../records/clip.ts';
import { sourceTime } from './source-range.ts';

/** Most takes of a clip; its first one, the footage, always stays. */
const MOST_TAKES = 200;

/** Key of a take that is an asset of its own, not one of a prompt event. */
export const takeOfAsset = (assetId: string): string => `take:${assetId}`;

const startOf = (take: ClipTake): Rational => take.source?.start ?? ZERO;

/** Takes of a clip: those that it lists, or what it shows as the only one. */
function takesOfClip(clip: Clip): readonly ClipTake[] {
  const isListed = clip.takes.some(({ assetId }) => assetId === clip.assetId);
  return isListed ? clip.takes : [{ takeId: takeOfAsset(clip.assetId), assetId: clip.assetId, starred: false, source: { start: ZERO, duration: clip.sourceDuration } }, ...clip.takes];
}

/**
 * The clip with a new take, made from what it shows from `start` seconds of that on: it shows the new one, at the same place and for as long.
 * What it showed before stays to be chosen again.
 */
export function withClipTake(clip: Clip, made: { readonly assetId: string; readonly start: Rational; readonly duration: Rational }): Clip {
  const before = takesOfClip(clip);
  const shown = before.find(({ assetId }) => assetId === clip.assetId)!;
  const take: ClipTake = { takeId: takeOfAsset(made.assetId), assetId: made.assetId, starred: false, source: { start: addRational(startOf(shown), made.start), duration: made.duration } };
  const [first, ...others] = before.filter(({ assetId }) => assetId !== made.assetId);
  const takes = [...(first === undefined ? [] : [first]), ...others.slice(-(MOST_TAKES - 2)), take];
  return { ...clip, assetId: made.assetId, sourceIn: atLeastZero(subtractRational(clip.sourceIn, made.start)), sourceDuration: made.duration, takes };
}

/** The same moment in another take, in that take's seconds. */
export function timeInTake(clip: Clip, take: ClipTake, seconds: Rational): Rational {
  const shown = takesOfClip(clip).find(({ assetId }) => assetId === clip.assetId)!;
  return subtractRational(addRational(seconds, startOf(shown)), startOf(take));
}

/** Whether a take holds everything that the clip shows. */
export function takeCovers(clip: Clip, take: ClipTake, rate: FrameRate): boolean {
  const from = timeInTake(clip, take, clip.sourceIn);
  const duration = take.source?.duration ?? null;
  return compareRational(from, ZERO) >= 0 && (duration === null || compareRational(addRational(from, sourceTime(clip.durationFrames, clip.speed, rate)), duration) <= 0);
}

/** The clip showing another of its takes, at the same moments. */
export function showClipTake(clip: Clip, take: ClipTake): Clip {
  return { ...clip, assetId: take.assetId, sourceIn: atLeastZero(timeInTake(clip, take, clip.sourceIn)), sourceDuration: take.source?.duration ?? clip.sourceDuration, takes: [...takesOfClip(clip)] };
}

/** What a clip showed before anything was made of it: its first take, where that is not the one shown. */
export function beforeTake(clip: Clip): ClipTake | null {
  const [first] = clip.takes;
  return first === undefined || first.assetId === clip.assetId ? null : first;
}

const atLeastZero = (time: Rational): Rational => (compareRational(time, ZERO) < 0 ? ZERO : time);
