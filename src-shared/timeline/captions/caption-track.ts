import type { FrameRate } from '../../timing/frame-rate.ts';
import { framesToTime, rational, roundRational, timeToFrames } from '../../timing/rational.ts';
import type { NewId } from '../edits/edit-batch.ts';
import { CAPTION_DEFAULTS, type Caption } from '../records/caption.ts';
import { endFrame } from '../records/span.ts';
import type { Cue } from './cue.ts';

const MAX_TEXT = 2000;

/**
 * Cues as captions of one track, to the nearest frame. Where cues lie over one another the earlier one ends as the next begins;
 * cues that begin on the same frame become one of several lines.
 */
export function captionsFromCues(cues: readonly Cue[], { trackId, rate, newId }: { readonly trackId: string; readonly rate: FrameRate; readonly newId: NewId }): Caption[] {
  const frameOf = (ms: number): number => roundRational(timeToFrames(rational(ms, 1000), rate));
  const captions: Caption[] = [];
  for (const cue of [...cues].sort((a, b) => a.startMs - b.startMs)) {
    const startFrame = frameOf(cue.startMs);
    const end = Math.max(startFrame + 1, frameOf(cue.endMs));
    const last = captions.at(-1);
    if (last !== undefined && last.startFrame === startFrame) {
      captions[captions.length - 1] = { ...last, text: `${last.text}\n${cue.text}`.slice(0, MAX_TEXT), durationFrames: Math.max(endFrame(last), end) - startFrame };
      continue;
    }
    if (last !== undefined && endFrame(last) > startFrame) captions[captions.length - 1] = { ...last, durationFrames: startFrame - last.startFrame };
    captions.push({ id: newId('caption'), type: 'caption', ...CAPTION_DEFAULTS, trackId, startFrame, durationFrames: end - startFrame, text: cue.text.slice(0, MAX_TEXT) });
  }
  return captions;
}

/** Captions as cues, to the nearest millisecond. */
export function cuesFromCaptions(captions: readonly Caption[], rate: FrameRate): Cue[] {
  const msOf = (frame: number): number => {
    const { num, den } = framesToTime(frame, rate);
    return roundRational(rational(num * 1000, den));
  };
  return [...captions].sort((a, b) => a.startFrame - b.startFrame).map((caption) => ({ startMs: msOf(caption.startFrame), endMs: msOf(endFrame(caption)), text: caption.text }));
}
