import { describe, expect, it } from 'vitest';
import type { RecipeClip, RecipeReport } from '../../../src-shared/contract/recipes.ts';
import type { Recipe } from '../../../src-shared/recipe/recipe.ts';
import { eventsInOrder, sequenceOf, setGlobalPrompt } from '../../../src-renderer/editor/timeline-edits.ts';
import { ownWords, restoreReport } from '../../../src-renderer/editor/restore-recipe.ts';
import { countingIds, documentOf, eventRecord } from '../../timeline/sample-document.ts';

const recipe: Recipe = {
  format: 1, engine: { name: 'motif-engine', version: '1', executionProvider: 'cpu' }, pack: { id: 'tiny', version: '1', sha256: 'a'.repeat(64) }, prompt: 'a red fish', negativePrompt: 'blur', seed: 9, preset: 'final',
  stages: [{ stage: 'keyframes', numInferenceSteps: 4, guidanceScale: 3 }], frameRate: { num: 4, den: 1 },
};
const clip = (more: Partial<Recipe> = {}, place: Partial<RecipeClip> = {}): RecipeClip => ({
  recipe: { ...recipe, ...more }, startFrame: null, durationFrames: null, isWithheld: false, pack: { state: 'same', name: 'Tiny', version: '1', stages: null }, engine: { version: '1', executionProvider: 'cpu' }, sources: [], knownAssetId: null, problem: null, ...place,
});
const report = (...clips: RecipeClip[]): RecipeReport => ({ kind: clips.length > 1 ? 'timeline' : 'clip', clips });
const ids = () => {
  const next = countingIds();
  return () => next('promptEvent');
};
const place = (more: Partial<Parameters<typeof restoreReport>[2]> = {}) => ({ into: null, playhead: 30, clipFrames: 16, motions: [{ id: 'asset:m', sha256: 'b'.repeat(64) }], newId: ids(), ...more });
const event = (index: number, start: number, length: number) => eventRecord(index, start, length, { prompt: `event ${index}` });

describe('restoring a recipe', () => {
  it('pins the pictures of a scene that the project has', () => {
    const told = { id: 'promptEvent:x', durationFrames: 8, prompt: 'a red fish', negativePrompt: '', strength: 1, blendIn: 0, blendOut: 0, seedOffset: 0, motions: [], startImage: 'd'.repeat(64), endImage: 'e'.repeat(64), look: { image: 'f'.repeat(64), strength: 0.4 } };
    const image = (letter: string, assetId: string | null) => ({ kind: 'image' as const, sha256: letter.repeat(64), name: assetId, assetId });
    const restored = restoreReport(documentOf(), report(clip({ scene: { globalPrompt: '', events: [told] } }, { sources: [image('d', 'asset:d'), image('e', null), image('f', 'asset:f')] })), place());
    const pinned = Object.values(restored.records).flatMap((record) => (record.type === 'keyframeImage' ? [[record.promptEventId, record.position, record.assetId, record.strength]] : []));
    expect(pinned).toEqual([[restored.eventIds[0], 'start', 'asset:d', 1], [restored.eventIds[0], 'reference', 'asset:f', 0.4]]);
  });

  it('fills the chosen event and leaves its place alone', () => {
    const records = documentOf(event(1, 0, 24));
    const motion = { sha256: 'b'.repeat(64), strength: 0.7, noiseMix: 1 };
    const restored = restoreReport(records, report(clip({ motions: [motion, { ...motion, sha256: 'c'.repeat(64) }] })), place({ into: event(1, 0, 24).id }));
    expect(restored.eventIds).toEqual([event(1, 0, 24).id]);
    expect(restored.records[event(1, 0, 24).id]).toMatchObject({ startFrame: 0, durationFrames: 24, prompt: 'a red fish', negativePrompt: 'blur', seed: 9, seedLocked: true, preset: 'final', motions: [{ motionId: 'asset:m', strength: 0.7 }] });
  });

  it('makes a new event at the playhead, as long as a clip', () => {
    const restored = restoreReport(documentOf(event(1, 0, 24)), report(clip()), place());
    expect(eventsInOrder(restored.records).map(({ startFrame, durationFrames, seed }) => [startFrame, durationFrames, seed])).toEqual([[0, 24, 1], [30, 16, 9]]);
  });

  it('puts several clips and scenes behind everything, in order, at this timeline\'s rate', () => {
    const scene = { globalPrompt: 'at night', events: ['left', 'right'].map((word, index) => ({ id: word, durationFrames: 8 + index, prompt: `at night, ${word}`, negativePrompt: '', strength: 0.5, blendIn: 2, blendOut: 2, seedOffset: index, motions: [], startImage: null, endImage: null })) };
    const restored = restoreReport(documentOf(event(1, 0, 24)), report(clip({ scene })), place());
    // The sequence runs at eight frames a second, the scene at four.
    expect(eventsInOrder(restored.records).slice(1).map(({ startFrame, durationFrames, prompt, strength, seedOffset }) => [startFrame, durationFrames, prompt, strength, seedOffset])).toEqual([[24, 16, 'left', 0.5, 0], [40, 18, 'right', 0.5, 1]]);
    expect(sequenceOf(restored.records).globalPrompt).toBe('at night');
    const two = restoreReport(documentOf(), report(clip({}, { startFrame: 0, durationFrames: 6 }), clip({ prompt: 'b' }, { startFrame: 6, durationFrames: 3 })), place());
    expect(eventsInOrder(two.records).map(({ startFrame, durationFrames }) => [startFrame, durationFrames])).toEqual([[0, 12], [12, 6]]);
  });

  it('does not say the words for every event twice', () => {
    const records = setGlobalPrompt(documentOf(event(1, 0, 24)), 'in the sea');
    const restored = restoreReport(records, report(clip({ prompt: 'a red fish, in the sea' })), place());
    expect(eventsInOrder(restored.records).at(-1)?.prompt).toBe('a red fish');
    expect(sequenceOf(restored.records).globalPrompt).toBe('in the sea');
    expect(ownWords('in the sea', 'in the sea')).toBe('in the sea');
    expect(ownWords('a fish, in the sea', '')).toBe('a fish, in the sea');
  });
});
