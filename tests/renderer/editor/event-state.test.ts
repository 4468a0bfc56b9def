import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import type { Take } from '../../../src-shared/contract/takes.ts';
import { PROMPT_EVENT_DEFAULTS, type PromptEvent } from '../../../src-shared/timeline/document.ts';
import { sceneEvent, sceneRecipe } from '../../build/scene-fixture.ts';
import { activeTake } from '../../../src-shared/takes/take-of-event.ts';
import { eventState, type EventSituation } from '../../../src-renderer/editor/event-state.ts';
import { placeInTake } from '../../../src-shared/takes/take-of-event.ts';
import { sceneWords } from '../../../src-shared/build/scene-from-timeline.ts';
import { eventOfVariation, makeVariants, variantsOfWords } from '../../../src-renderer/editor/variations.ts';
import { placeBefore } from '../../../src-renderer/features/jobs/place-before.ts';

const event: PromptEvent = { id: 'promptEvent:00000000-0000-4000-8000-000000000001', type: 'promptEvent', startFrame: 0, durationFrames: 32, prompt: 'a red fish', negativePrompt: '', seed: 7, seedLocked: false, preset: 'draft', activeTakeId: null, ...PROMPT_EVENT_DEFAULTS };

const scene = sceneRecipe([sceneEvent(0, { id: 'promptEvent:other', durationFrames: 24 }), sceneEvent(1, { id: event.id, prompt: 'a red fish', durationFrames: 32 })]);
const { scene: _scene, ...alone } = scene;

/** A take of the event: a clip of its own, or of a scene. */
function take(id: string, createdAt: string, more: Partial<Take> = {}): Take {
  return {
    id: `take:${id}`, promptEventId: event.id, recipe: { ...alone, prompt: 'a red fish', negativePrompt: '', seed: 3 }, recipeHash: id, preset: 'draft', starred: false, rating: 0, label: '', place: null, createdAt,
    asset: { id: `asset:${id}`, kind: 'video', name: id, mimeType: 'video/mp4', sha256: id, sizeBytes: 1, createdAt, origin: 'generated', width: 64, height: 40, frames: 8, frameRate: { num: 2, den: 1 }, durationMs: 4000, hasAudio: false, hasThumbnail: false, filmstrip: null, hasWaveform: false, hasProxy: false, stage: null, recipe: null },
    ...more,
  };
}

const job = (state: Job['state'], more: Partial<Job> = {}): Job => ({ id: 'job:1', kind: 'generate', state, title: '', createdAt: '1', finishedAt: null, attempt: 1, parts: [], elapsedMs: 0, remainingMs: null, previewVersion: 0, promptEventId: event.id, resultAssetId: null, resultPath: null, error: null, ...more });
const state = (more: Partial<EventSituation> = {}) => eventState({ event, words: 'a red fish', sceneWords: 'a red fish', scene: null, take: null, jobs: [], motions: [], ...more });

describe('the state of an event', () => {
  it('is new until something was made, and changed when what was made said something else', () => {
    expect(state()).toBe('new');
    expect(state({ scene: 'new' })).toBe('new');
    expect(state({ scene: 'stale' })).toBe('changed');
    expect(state({ scene: 'fresh' })).toBe('rendered');
    expect(state({ take: take('a', '1') })).toBe('rendered');
    expect(state({ take: take('a', '1'), words: 'a blue fish' })).toBe('changed');
    expect(state({ take: take('a', '1'), event: { ...event, negativePrompt: 'fog' } })).toBe('changed');
    expect(state({ take: take('a', '1'), event: { ...event, seedLocked: true } })).toBe('changed');
    expect(state({ take: take('a', '1'), event: { ...event, strength: 0.5 } })).toBe('changed');
    expect(state({ take: take('a', '1', { recipe: { ...alone, prompt: 'a red fish', negativePrompt: '', emphasis: { strength: 0.5, against: '' } } }), event: { ...event, strength: 0.5 } })).toBe('rendered');
  });

  it('tells of work first: of the event, or of the scene that it is stale in', () => {
    expect(state({ jobs: [job('available')] })).toBe('waiting');
    expect(state({ jobs: [job('available'), job('running', { id: 'job:2' })] })).toBe('running');
    expect(state({ jobs: [job('paused')] })).toBe('paused');
    expect(state({ jobs: [job('running', { promptEventId: 'promptEvent:2' })] })).toBe('new');
    const whole = job('running', { kind: 'scene', promptEventId: null });
    expect(state({ jobs: [whole], scene: 'stale' })).toBe('running');
    expect(state({ jobs: [whole], scene: 'fresh' })).toBe('rendered');
  });

  it('tells of a failure until something was made', () => {
    expect(state({ jobs: [job('discarded')] })).toBe('failed');
    expect(state({ jobs: [job('discarded'), job('completed', { id: 'job:2', createdAt: '2' })] })).toBe('new');
    expect(state({ jobs: [job('discarded')], scene: 'fresh' })).toBe('rendered');
  });
});

describe('the take of an event', () => {
  const variation = take('v', '3', { recipe: scene });
  const whole = take('s', '4', { recipe: scene, promptEventId: null });

  it('is the chosen one, also of a whole scene; a variation stands for nothing until it is picked', () => {
    const clip = take('a', '1');
    expect(activeTake([clip, variation, whole], event)?.id).toBe('take:a');
    expect(activeTake([variation, whole], event)).toBeNull();
    expect(activeTake([clip, variation, whole], { ...event, activeTakeId: 'take:v' })?.id).toBe('take:v');
    expect(activeTake([clip, variation, whole], { ...event, activeTakeId: 'take:s' })?.id).toBe('take:s');
    expect(activeTake([clip, whole], { ...event, id: 'promptEvent:00000000-0000-4000-8000-000000000009', activeTakeId: 'take:s' })).toBeNull();
  });

  it('has its own place in a whole scene', () => {
    expect(placeInTake(whole, event.id)).toEqual({ startFrame: 24, frames: 32 });
    expect(placeInTake(variation, event.id)).toEqual({ startFrame: 0, frames: Infinity });
  });

  it('brings along what made it when it is picked', () => {
    const recipe = { ...scene, scene: { ...scene.scene, events: scene.scene.events.map((told) => (told.id === event.id ? { ...told, seedOffset: 99, strength: 0.5 } : told)) } };
    expect(eventOfVariation({ ...variation, recipe }, event)).toEqual({ activeTakeId: 'take:v', seedOffset: 99, strength: 0.5, motions: [], prompt: 'a red fish', style: '' });
    // Words that say the same are left as they were typed.
    const { globalPrompt } = scene.scene;
    const said = { ...recipe, scene: { globalPrompt, events: recipe.scene.events.map((told) => ({ ...told, prompt: sceneWords(globalPrompt, { prompt: 'a red fish', style: 'ink' }) })) } };
    expect(eventOfVariation({ ...variation, recipe: said }, { ...event, prompt: 'a red fish.', style: 'ink' })).toEqual({ activeTakeId: 'take:v', seedOffset: 99, strength: 0.5, motions: [] });
    expect(eventOfVariation({ ...variation, recipe: said }, { ...event, prompt: 'a bird', style: 'ink' })).toMatchObject({ prompt: 'a red fish' });
    expect(eventOfVariation(take('a', '1'), event)).toBeNull();
  });
});

it('makes variants that differ in one thing', () => {
  let drawn = 0;
  expect(makeVariants('seed', 4, () => (drawn += 1)).map(({ seedOffset }) => seedOffset)).toEqual([1, 2, 3, 4]);
  expect(makeVariants('strength', 4).map(({ strength, seedOffset }) => [strength, seedOffset])).toEqual([[0.38, null], [0.75, null], [1.13, null], [1.5, null]]);
  expect(makeVariants('motion', 9).at(-1)).toEqual({ seedOffset: null, strength: null, motionStrength: 1.5, prompt: null });
  expect(variantsOfWords(' a cat\n\na dog\na cat ').map(({ prompt, seedOffset }) => [prompt, seedOffset])).toEqual([['a cat', null], ['a dog', null]]);
});

it('steps a waiting job up and down, and not over the ends', () => {
  const waiting = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
  expect([placeBefore(waiting, 'b', -1), placeBefore(waiting, 'b', 1), placeBefore(waiting, 'b', 0)]).toEqual(['a', null, 'c']);
  expect([placeBefore(waiting, 'a', -1), placeBefore(waiting, 'c', 1), placeBefore(waiting, 'z', 1)]).toEqual([undefined, undefined, undefined]);
  expect(placeBefore(waiting, 'a', 1)).toBe('c');
});
