import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleOfFrame } from '../../src-shared/compose/audio-plan.ts';
import { planComposition, type CompositionPlan, type ShownTake } from '../../src-shared/compose/composition-plan.ts';
import { layersAt, spansOf, type Layer } from '../../src-shared/compose/layers-at.ts';
import { placeLayer, sourceFrameAt } from '../../src-shared/compose/pixel-rules.ts';
import { picturePieces, stretchesOf } from '../../src-main/media/export/picture-pieces.ts';
import { soundStretches, tempoFilters } from '../../src-main/media/export/audio-mix.ts';
import { applyDiff } from '../../src-shared/timeline/diff.ts';
import type { TimelineRecords } from '../../src-shared/timeline/document.ts';
import { setTrack } from '../../src-shared/timeline/edits/lanes.ts';
import { DEFAULT_TRACKS, type Track } from '../../src-shared/timeline/records/track.ts';
import { DEFAULT_SEQUENCE } from '../../src-shared/timeline/records/sequence.ts';
import { audioRecord, captionRecord, clipRecord, documentOf, eventRecord } from '../timeline/sample-document.ts';
import { randomTimeline, SOURCES } from './random-timeline.ts';

const planOf = (records: TimelineRecords, takes: Readonly<Record<string, ShownTake>> = {}): CompositionPlan =>
  planComposition({ records, asset: (id) => SOURCES[id] ?? null, takeOf: ({ id }) => takes[id] ?? null, captions: 'burned' });
const allFrames = (plan: CompositionPlan): number[] => Array.from({ length: plan.durationFrames }, (_, frame) => frame);
const names = (layers: readonly Layer[]): string[] => layers.map((layer) => (layer.type === 'dissolve' ? `${layer.first.shot.id}>${layer.second.shot.id}` : layer.shot.id));

it('an event shows its take from where it begins in it, and no longer than it is there', () => {
  const event = eventRecord(1, 10, 12);
  const [assetId, facts] = Object.entries(SOURCES).find(([, { kind, frames }]) => kind === 'video' && (frames ?? 0) > 40)!;
  const plan = planOf(documentOf(event), { [event.id]: { assetId, startFrame: 6, frames: 5 } });
  const shown = allFrames(plan).flatMap((frame) => layersAt(plan, frame).flatMap((layer) => (layer.type === 'picture' ? [[frame, layer.sourceFrame]] : [])));
  const perFrame = (facts.frameRate!.num / facts.frameRate!.den) * (plan.frameRate.den / plan.frameRate.num);
  expect(shown).toEqual([0, 1, 2, 3, 4].map((k) => [10 + k, Math.floor((6 + k) * perFrame + 1e-9)]));
});

describe('for any timeline', () => {
  it('cuts time into gapless spans in which the same things are drawn', () => {
    fc.assert(fc.property(randomTimeline, (records) => {
      const plan = planOf(records);
      const spans = spansOf(plan);
      expect(spans.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index))).toEqual(allFrames(plan));
      for (const span of spans) for (let frame = span.from; frame < span.to; frame += 1) {
        expect(names(layersAt(plan, frame))).toEqual(span.layers.map((layer) => (layer.type === 'dissolve' ? `${layer.dissolve.first.id}>${layer.dissolve.second.id}` : layer.shot.id)));
      }
    }), { numRuns: 60 });
  });

  it('keeps weights between nothing and all, source frames inside their source, and what shows even', () => {
    fc.assert(fc.property(randomTimeline, (records) => {
      const plan = planOf(records);
      for (const frame of allFrames(plan)) for (const layer of layersAt(plan, frame)) {
        if (layer.type === 'text') continue;
        const pictures = layer.type === 'dissolve' ? [layer.first, layer.second] : [layer];
        if (layer.type === 'dissolve') {
          expect(layer.weight).toBeGreaterThan(0);
          expect(layer.weight).toBeLessThan(1);
        }
        for (const { shot, sourceFrame, alpha } of pictures) {
          expect(alpha).toBeGreaterThan(0);
          expect(alpha).toBeLessThanOrEqual(shot.opacity);
          expect(sourceFrame).toBeGreaterThanOrEqual(0);
          expect(sourceFrame).toBeLessThan(SOURCES[shot.assetId]?.frames ?? 0);
          expect(Object.values(shot.place.target).every((value) => value % 2 === 0)).toBe(true);
          expect(shot.place.target.width).toBeLessThanOrEqual(2 * plan.width + (14 * shot.place.target.width) / shot.place.source.width);
        }
      }
    }), { numRuns: 60 });
  });

  it('shows a clip on each of its frames unless something solid hides it', () => {
    fc.assert(fc.property(randomTimeline, (records) => {
      const plan = planOf(records);
      for (const lane of plan.lanes) for (const shot of lane.shots) for (let frame = shot.from; frame < shot.to; frame += 1) {
        const layers = layersAt(plan, frame);
        const shows = layers.some((layer) => layer.type !== 'text' && (layer.type === 'dissolve' ? layer.first.shot === shot || layer.second.shot === shot || layer.first.shot.id === shot.id || layer.second.shot.id === shot.id : layer.shot.id === shot.id));
        const bottom = layers[0];
        const hidden = bottom !== undefined && bottom.type !== 'text' && (bottom.type === 'dissolve' ? bottom.first.shot.isFull && bottom.second.shot.isFull : bottom.shot.isFull && bottom.alpha === 1);
        expect(shows || hidden).toBe(true);
      }
    }), { numRuns: 60 });
  });

  it('turns into pieces for ffmpeg that draw exactly the layers of every frame, wherever it is cut', () => {
    fc.assert(fc.property(randomTimeline, fc.nat(100), fc.integer({ min: 1, max: 6 }), (records, skip, maxSources) => {
      const plan = planOf(records);
      const from = Math.min(skip, Math.max(0, plan.durationFrames - 1));
      const stretches = plan.durationFrames === 0 ? [] : stretchesOf(plan, from, plan.durationFrames, maxSources);
      expect(stretches.reduce((at, stretch) => (stretch.from === at ? stretch.to : -1), from)).toBe(plan.durationFrames === 0 ? 0 : plan.durationFrames);
      for (const stretch of stretches) {
        const { base, overlays } = picturePieces(plan, stretch.from, stretch.to);
        for (let frame = stretch.from; frame < stretch.to; frame += 1) {
          const bottom = base.filter((piece) => frame >= piece.from && frame < piece.to);
          expect(bottom).toHaveLength(1);
          const drawn = [...bottom.flatMap(({ shot }) => (shot === null ? [] : [shot.id])), ...overlays.filter((piece) => frame >= piece.from && frame < piece.to).map((piece) => (piece.type === 'dissolve' ? `${piece.dissolve.first.id}>${piece.dissolve.second.id}` : piece.shot.id))];
          const [first, ...rest] = layersAt(plan, frame);
          const wanted = first === undefined ? [] : [...(first.type === 'dissolve' && first.first.shot.isFull && first.second.shot.isFull ? [first.first.shot.id, first.second.shot.id] : names([first])), ...names(rest)];
          expect(drawn).toEqual(wanted);
        }
      }
    }), { numRuns: 60 });
  });

  it('mixes every sound over its whole length, and cuts the mix only where that cannot be heard', () => {
    fc.assert(fc.property(randomTimeline, fc.integer({ min: 1, max: 4 }), (records, maxSources) => {
      const plan = planOf(records);
      const stretches = soundStretches(plan.sounds, 0, plan.durationFrames, maxSources);
      expect(stretches.reduce((sum, { from, to }) => sum + sampleOfFrame(to, plan.frameRate) - sampleOfFrame(from, plan.frameRate), 0)).toBe(sampleOfFrame(plan.durationFrames, plan.frameRate));
      for (const sound of plan.sounds) {
        const covered = stretches.filter(({ sounds }) => sounds.includes(sound)).reduce((sum, { from, to }) => sum + Math.min(to, sound.to) - Math.max(from, sound.from), 0);
        expect(covered).toBe(Math.min(sound.to, plan.durationFrames) - Math.max(sound.from, 0));
        for (const { to } of stretches) if (to > sound.from && to < sound.to) expect([sound.speed.num === sound.speed.den, to - sound.from >= sound.fadeInFrames, sound.to - to >= sound.fadeOutFrames]).toEqual([true, true, true]);
      }
    }), { numRuns: 60 });
  });
});

describe('in particular', () => {
  const sequence = { ...DEFAULT_SEQUENCE, frameRate: { num: 24, den: 1 }, width: 640, height: 360 };

  it('dissolves over the crossfades on both sides of a cut, with what lies beyond it', () => {
    const plan = planOf(documentOf(sequence, clipRecord(1, 0, 10, { assetId: 'asset:a', crossfadeOutFrames: 2 }), clipRecord(2, 10, 10, { assetId: 'asset:a', sourceIn: { num: 1, den: 1 }, crossfadeInFrames: 1 })));
    const weights = [7, 8, 9, 10, 11].map((frame) => layersAt(plan, frame)[0]).map((layer) => (layer?.type === 'dissolve' ? [layer.weight, layer.first.sourceFrame, layer.second.sourceFrame] : layer?.type === 'picture' ? layer.sourceFrame : null));
    expect(weights).toEqual([7, [0.25, 8, 22], [0.5, 9, 23], [0.75, 10, 24], 25]);
  });

  it('hears solo tracks alone, never a muted one, and sees all of them', () => {
    const items = [clipRecord(1, 0, 10, { assetId: 'asset:a' }), clipRecord(2, 0, 10, { assetId: 'asset:a', trackId: 'track:above' }), audioRecord(3, 0, 10, { assetId: 'asset:a' })];
    const above: Track = { ...DEFAULT_TRACKS.find(({ kind }) => kind === 'video')!, id: 'track:above', order: 35 };
    const heard = (...edits: readonly [string, Parameters<typeof setTrack>[2]][]) => {
      const records = edits.reduce((now, [id, patch]) => applyDiff(now, setTrack(now, id, patch)), documentOf(sequence, above, ...items));
      const plan = planOf(records);
      expect(plan.lanes.flatMap(({ shots }) => shots.map(({ id }) => id)).sort()).toEqual([items[0]!.id, items[1]!.id]);
      return plan.sounds.map(({ id }) => items.findIndex((item) => item.id === id) + 1).sort();
    };
    expect(heard()).toEqual([1, 2, 3]);
    expect(heard(['track:above', { muted: true }])).toEqual([1, 3]);
    expect(heard(['track:audio', { solo: true }])).toEqual([3]);
    expect(heard(['track:audio', { solo: true }], ['track:video', { solo: true }])).toEqual([1, 3]);
    expect(heard(['track:audio', { solo: true, muted: true }])).toEqual([]);
    expect(heard(['track:audio', { solo: true }], ['track:audio', { solo: false }])).toEqual([1, 2, 3]);
    // Only lanes with sound can be heard alone.
    expect(heard(['track:caption', { solo: true }])).toEqual([1, 2, 3]);
  });

  it('fades from nothing and to nothing where no clip touches', () => {
    const plan = planOf(documentOf(sequence, clipRecord(1, 5, 10, { assetId: 'asset:a', crossfadeInFrames: 3, crossfadeOutFrames: 1 })));
    const alpha = [4, 5, 6, 7, 8, 13, 14, 15].map((frame) => layersAt(plan, frame).map((layer) => (layer.type === 'picture' ? layer.alpha : -1)));
    expect(alpha).toEqual([[], [0.25], [0.5], [0.75], [1], [1], [0.5], []]);
  });

  it('shows the frame that a source has at that time, exactly, at any speed and rate', () => {
    const map = planOf(documentOf(sequence, clipRecord(1, 0, 100, { assetId: 'asset:b', speed: { num: 3, den: 2 }, sourceIn: { num: 1, den: 3 } }))).lanes[0]?.shots[0]?.frames;
    for (let frame = 0; frame < 100; frame += 1) expect(sourceFrameAt(map!, frame)).toBe(Math.min(89, Number((30_000n * (16n + 3n * BigInt(frame))) / (1001n * 48n))));
  });

  it('puts the take of an event at the bottom, no longer than it lasts, and captions on top', () => {
    const event = eventRecord(1, 0, 300);
    const plan = planOf(documentOf(sequence, event, captionRecord(2, 10, 5), clipRecord(3, 20, 10, { assetId: 'asset:b' })), { [event.id]: { assetId: 'asset:a', startFrame: 0, frames: null } });
    expect(names(layersAt(plan, 12))).toEqual([event.id, captionRecord(2, 0, 1).id]);
    expect(names(layersAt(plan, 25))).toEqual([event.id, clipRecord(3, 0, 1).id]);
    expect([239, 240].map((frame) => layersAt(plan, frame).length)).toEqual([1, 0]);
  });

  it('scales only the part of a huge picture that is seen', () => {
    const place = placeLayer({ width: 640, height: 360 }, { scale: 100, position: { x: 0, y: 0 } }, { width: 640, height: 360 });
    expect(place?.target.width).toBeLessThan(2000);
    expect([(place?.target.x ?? 1) <= 0, (place?.target.x ?? 0) + (place?.target.width ?? 0) >= 640]).toEqual([true, true]);
    expect(placeLayer({ width: 640, height: 360 }, { scale: 1, position: { x: 2, y: 0 } }, { width: 640, height: 360 })).toBeNull();
  });

  it('names what the project no longer has, and draws the rest', () => {
    const plan = planOf(documentOf(sequence, clipRecord(1, 0, 10, { assetId: 'asset:gone' }), clipRecord(2, 10, 10, { assetId: 'asset:a' })));
    expect([plan.missing, plan.durationFrames, layersAt(plan, 5), layersAt(plan, 15).length]).toEqual([['asset:gone'], 20, [], 1]);
  });

  it('reaches any speed in steps that every ffmpeg takes', () => {
    for (const speed of [0.1, 0.5, 1, 1.5, 2, 7, 16]) {
      const steps = tempoFilters(speed).map((filter) => Number(filter.slice('atempo='.length)));
      expect(steps.every((step) => step >= 0.5 && step <= 2)).toBe(true);
      expect(steps.reduce((a, b) => a * b, 1)).toBeCloseTo(speed, 6);
    }
  });
});
