import fc from 'fast-check';
import type { SourceFacts } from '../../src-shared/compose/composition-plan.ts';
import type { TimelineRecord, TimelineRecords } from '../../src-shared/timeline/document.ts';
import { DEFAULT_SEQUENCE } from '../../src-shared/timeline/records/sequence.ts';
import { audioRecord, captionRecord, clipRecord, documentOf } from '../timeline/sample-document.ts';

/** Assets of the random timelines. */
export const SOURCES: Readonly<Record<string, SourceFacts>> = {
  'asset:a': { kind: 'video', width: 640, height: 360, frameRate: { num: 24, den: 1 }, frames: 240, hasAudio: true, hasAlpha: false },
  'asset:b': { kind: 'video', width: 480, height: 480, frameRate: { num: 30_000, den: 1001 }, frames: 90, hasAudio: false, hasAlpha: false },
  'asset:c': { kind: 'image', width: 100, height: 50, frameRate: null, frames: 1, hasAudio: false, hasAlpha: true },
};

const rates = [{ num: 24, den: 1 }, { num: 8, den: 1 }, { num: 30_000, den: 1001 }, { num: 60, den: 1 }];
const speeds = [{ num: 1, den: 1 }, { num: 1, den: 2 }, { num: 3, den: 2 }, { num: 4, den: 1 }];

/** Timelines of up to three video tracks, with gaps, cuts, fades, dissolves, sounds and words. */
export const randomTimeline: fc.Arbitrary<TimelineRecords> = fc
  .record({
    rate: fc.constantFrom(...rates),
    tracks: fc.array(
      fc.record({
        hidden: fc.boolean(),
        clips: fc.array(
          fc.record({
            gap: fc.constantFrom(0, 0, 0, 3), length: fc.integer({ min: 1, max: 30 }), assetId: fc.constantFrom('asset:a', 'asset:b', 'asset:c'), speed: fc.constantFrom(...speeds), fadeIn: fc.nat(8), fadeOut: fc.nat(8),
            opacity: fc.constantFrom(1, 1, 0.5), scale: fc.constantFrom(1, 1, 2, 0.3, 40), x: fc.constantFrom(0, 0, 0.3, -0.9), sourceIn: fc.constantFrom(0, 0.5, 2), volume: fc.constantFrom(1, 0, 2),
          }),
          { maxLength: 6 },
        ),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    words: fc.array(fc.record({ gap: fc.nat(10), length: fc.integer({ min: 1, max: 20 }) }), { maxLength: 4 }),
    sounds: fc.array(fc.record({ gap: fc.nat(10), length: fc.integer({ min: 1, max: 20 }), fade: fc.nat(5) }), { maxLength: 4 }),
  })
  .map(({ rate, tracks, words, sounds }) => {
    const records: TimelineRecord[] = [{ ...DEFAULT_SEQUENCE, frameRate: rate, width: 320, height: 180 }];
    let id = 1;
    for (const [index, track] of tracks.entries()) {
      const trackId = `track:v${index}`;
      records.push({ id: trackId, type: 'track', kind: 'video', name: '', order: 40 - index, locked: false, muted: false, hidden: track.hidden && index > 0 });
      let at = 0;
      for (const clip of track.clips) {
        at += clip.gap;
        const crossfadeInFrames = Math.min(clip.fadeIn, clip.length);
        records.push(clipRecord(id++, at, clip.length, {
          trackId, assetId: clip.assetId, speed: clip.speed, opacity: clip.opacity, scale: clip.scale, position: { x: clip.x, y: 0 }, volume: clip.volume, sourceIn: { num: clip.sourceIn * 2, den: 2 },
          crossfadeInFrames, crossfadeOutFrames: Math.min(clip.fadeOut, clip.length - crossfadeInFrames), sourceDuration: null,
        }));
        at += clip.length;
      }
    }
    let at = 0;
    for (const { gap, length } of words) {
      records.push(captionRecord(id++, (at += gap), length));
      at += length;
    }
    at = 0;
    for (const { gap, length, fade } of sounds) {
      records.push(audioRecord(id++, (at += gap), length, { assetId: 'asset:a', sourceDuration: null, fadeInFrames: Math.min(fade, length) }));
      at += length;
    }
    return documentOf(...records);
  });
