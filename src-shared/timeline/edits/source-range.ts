import type { FrameRate } from '../../timing/frame-rate.ts';
import { addRational, ceilRational, compareRational, divideRational, floorRational, framesToTime, multiplyRational, subtractRational, timeToFrames, ZERO, type Rational } from '../../timing/rational.ts';
import type { TrackItem } from '../document.ts';
import type { AudioClip, Clip } from '../records/clip.ts';

/** Items that show a part of a source. */
export const hasSource = (item: TrackItem): item is Clip | AudioClip => item.type === 'clip' || item.type === 'audio';

/** Source seconds that `frames` of timeline show at `speed`. */
export const sourceTime = (frames: number, speed: Rational, rate: FrameRate): Rational => multiplyRational(framesToTime(frames, rate), speed);

/** Where in its source an item ends, in seconds. */
export const sourceOut = (item: Clip | AudioClip, rate: FrameRate): Rational => addRational(item.sourceIn, sourceTime(item.durationFrames, item.speed, rate));

/** Frames by which an item's start could go left before its source begins; Infinity without a source or for stills. */
export function headRoom(item: TrackItem, rate: FrameRate): number {
  if (!hasSource(item) || item.sourceDuration === null) return Infinity;
  return floorRational(timeToFrames(divideRational(item.sourceIn, item.speed), rate));
}

/** Frames by which an item's end could go right before its source ends. */
export function tailRoom(item: TrackItem, rate: FrameRate): number {
  if (!hasSource(item) || item.sourceDuration === null) return Infinity;
  return Math.max(0, floorRational(timeToFrames(divideRational(subtractRational(item.sourceDuration, sourceOut(item, rate)), item.speed), rate)));
}

/** Shortens blends and fades that no longer fit into their item, the leading one last. */
export function fitFades<Item extends TrackItem>(item: Item): Item {
  const fit = (first: number, last: number): readonly [number, number] => {
    const head = Math.min(first, item.durationFrames);
    return [head, Math.min(last, item.durationFrames - head)];
  };
  if (item.type === 'promptEvent') {
    const [blendInFrames, blendOutFrames] = fit(item.blendInFrames, item.blendOutFrames);
    return { ...item, blendInFrames, blendOutFrames };
  }
  if (item.type === 'clip') {
    const [crossfadeInFrames, crossfadeOutFrames] = fit(item.crossfadeInFrames, item.crossfadeOutFrames);
    return { ...item, crossfadeInFrames, crossfadeOutFrames };
  }
  if (item.type === 'audio') {
    const [fadeInFrames, fadeOutFrames] = fit(item.fadeInFrames, item.fadeOutFrames);
    return { ...item, fadeInFrames, fadeOutFrames };
  }
  return item;
}

/** The same item over another span; what it shows stays where it is in time. The caller has checked room and length. */
export function respan<Item extends TrackItem>(item: Item, startFrame: number, endFrame: number, rate: FrameRate): Item {
  const span = { ...item, startFrame, durationFrames: endFrame - startFrame };
  if (hasSource(span) && startFrame !== item.startFrame) {
    const shifted = addRational(span.sourceIn, sourceTime(startFrame - item.startFrame, span.speed, rate));
    // Stills have no beginning to run out of.
    span.sourceIn = compareRational(shifted, ZERO) < 0 ? ZERO : shifted;
  }
  return fitFades(span);
}

/** Items without the fade at an edge that was cut. */
export function withoutFade<Item extends TrackItem>(item: Item, edge: 'start' | 'end'): Item {
  if (item.type === 'promptEvent') return { ...item, [edge === 'start' ? 'blendInFrames' : 'blendOutFrames']: 0 };
  if (item.type === 'clip') return { ...item, [edge === 'start' ? 'crossfadeInFrames' : 'crossfadeOutFrames']: 0 };
  if (item.type === 'audio') return { ...item, [edge === 'start' ? 'fadeInFrames' : 'fadeOutFrames']: 0 };
  return item;
}

/** The same item showing its source `frames` of timeline later, kept inside the source. */
export function slipSource<Item extends TrackItem>(item: Item, frames: number, rate: FrameRate): Item {
  if (!hasSource(item)) return item;
  const limited = Math.max(-headRoomForSlip(item, rate), Math.min(item.sourceDuration === null ? 0 : tailRoom(item, rate), frames));
  return { ...item, sourceIn: addRational(item.sourceIn, sourceTime(limited, item.speed, rate)) };
}

const headRoomForSlip = (item: Clip | AudioClip, rate: FrameRate): number => (item.sourceDuration === null ? 0 : headRoom(item, rate));

/** The same item at another speed, showing the same part of its source, at most `maxFrames` long. */
export function changeSpeed<Item extends Clip | AudioClip>(item: Item, speed: Rational, maxFrames: number, rate: FrameRate): Item {
  const covered = sourceTime(item.durationFrames, item.speed, rate);
  const frames = timeToFrames(divideRational(covered, speed), rate);
  const whole = item.sourceDuration === null ? ceilRational(frames) : floorRational(frames);
  const durationFrames = Math.max(1, Math.min(maxFrames, whole));
  // One frame at a great speed may need more source than there is: then the speed stays.
  const next = fitFades({ ...item, speed, durationFrames });
  return item.sourceDuration !== null && compareRational(sourceOut(next, rate), item.sourceDuration) > 0 ? item : next;
}
