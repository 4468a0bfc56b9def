import type { FrameRate } from '../timing/frame-rate.ts';
import { addRational, type Rational } from '../timing/rational.ts';
import type { TrackItem } from '../timeline/document.ts';
import { sourceTime } from '../timeline/edits/source-range.ts';
import { endFrame } from '../timeline/records/span.ts';
import type { Track } from '../timeline/records/track.ts';
import { heardTracks } from '../timeline/tracks.ts';
import type { SourceFacts } from './source-facts.ts';

/**
 * One span of sound. Rules: sources are mixed by adding, at 48 kHz in stereo, and limited to full scale at the end. Another speed keeps
 * the pitch. A fade is linear in amplitude from its first to its last sample. Where two clips of a video track dissolve, their sounds
 * cross over the same frames. Frame `f` begins at sample `round(f * 48000 / R)`.
 */
export interface SoundShot {
  readonly id: string;
  readonly assetId: string;
  /** Timeline frames, the end exclusive. */
  readonly from: number;
  readonly to: number;
  /** Seconds in the source that `from` plays; negative when a dissolve would begin before the source does. */
  readonly sourceFrom: Rational;
  readonly speed: Rational;
  /** Linear gain. */
  readonly volume: number;
  readonly fadeInFrames: number;
  readonly fadeOutFrames: number;
}

/** Samples per second of everything that is mixed. */
export const MIX_RATE = 48_000;

/** The sample at which a frame begins. */
export const sampleOfFrame = (frame: number, rate: FrameRate): number => Math.round((frame * rate.den * MIX_RATE) / rate.num);

/** Everything that is heard, in no order that matters. Silent spans are left out. */
export function soundsOf(tracks: readonly Track[], items: ReadonlyMap<string, readonly TrackItem[]>, factsOf: (assetId: string) => SourceFacts | null, rate: FrameRate): SoundShot[] {
  const sounds: SoundShot[] = [];
  for (const track of heardTracks(tracks)) {
    const lane = items.get(track.id) ?? [];
    for (const [index, item] of lane.entries()) {
      if ((item.type !== 'clip' && item.type !== 'audio') || item.volume <= 0) continue;
      if (factsOf(item.assetId)?.hasAudio !== true) continue;
      const { id, assetId, speed, volume, sourceIn } = item;
      if (item.type === 'audio') {
        sounds.push({ id, assetId, from: item.startFrame, to: endFrame(item), sourceFrom: sourceIn, speed, volume, fadeInFrames: item.fadeInFrames, fadeOutFrames: item.fadeOutFrames });
        continue;
      }
      const [before, after] = [lane[index - 1], lane[index + 1]];
      const left = before?.type === 'clip' && endFrame(before) === item.startFrame ? before.crossfadeOutFrames : 0;
      const right = after?.type === 'clip' && endFrame(item) === after.startFrame ? after.crossfadeInFrames : 0;
      sounds.push({
        id, assetId, from: item.startFrame - left, to: endFrame(item) + right, sourceFrom: addRational(sourceIn, sourceTime(-left, speed, rate)), speed, volume,
        fadeInFrames: left + item.crossfadeInFrames, fadeOutFrames: right + item.crossfadeOutFrames,
      });
    }
  }
  return sounds;
}
