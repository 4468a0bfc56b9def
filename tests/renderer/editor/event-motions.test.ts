import { describe, expect, it } from 'vitest';
import { addMotion, changeMotion, choicesOfRecipe, isMadeWith, motionChoices, motionsOf, takeMotionOff } from '../../../src-renderer/editor/event-motions.ts';
import { addEvent, eventById } from '../../../src-renderer/editor/timeline-edits.ts';
import { PromptEvent, type TimelineRecords } from '../../../src-shared/timeline/document.ts';

const ID = 'promptEvent:00000000-0000-4000-8000-000000000001';
const empty: TimelineRecords = addEvent({}, { id: ID, frame: 0, durationFrames: 29, draft: { prompt: 'a fish', negativePrompt: '', seed: 1, seedLocked: false, preset: 'draft' } });
const motions = (records: TimelineRecords) => motionsOf(eventById(records, ID)!);

describe('motions of a prompt event', () => {
  it('adds each once, at full strength, and makes room for a third', () => {
    let records = addMotion(addMotion(empty, ID, 'asset:a'), ID, 'asset:a');
    expect(motions(records)).toEqual([{ motionId: 'asset:a', strength: 1, noiseMix: 1 }]);
    records = addMotion(addMotion(records, ID, 'asset:b'), ID, 'asset:c');
    expect(motions(records).map(({ motionId }) => motionId)).toEqual(['asset:a', 'asset:c']);
    expect(PromptEvent.safeParse(records[ID]).success).toBe(true);
  });

  it('changes one and leaves the other', () => {
    const records = changeMotion(addMotion(addMotion(empty, ID, 'asset:a'), ID, 'asset:b'), ID, 'asset:b', { strength: 1.5 });
    expect(motionChoices(eventById(records, ID)!)).toEqual([{ motionId: 'asset:a', strength: 1, noiseMix: 1 }, { motionId: 'asset:b', strength: 1.5, noiseMix: 1 }]);
  });

  it('is the event it was once the last is taken off', () => {
    const records = takeMotionOff(addMotion(empty, ID, 'asset:a'), ID, 'asset:a');
    expect(records).toEqual(empty);
    expect(takeMotionOff(empty, ID, 'asset:a')).toBe(empty);
  });

  it('knows the takes that were made with just these motions', () => {
    const known = [{ id: 'asset:a', sha256: 'a'.repeat(64) }];
    const event = eventById(addMotion(empty, ID, 'asset:a'), ID)!;
    const recipe = { motions: [{ sha256: 'a'.repeat(64), strength: 1, noiseMix: 1 }] };
    expect(isMadeWith(recipe, event, known)).toBe(true);
    expect(isMadeWith({}, event, known)).toBe(false);
    expect(isMadeWith({ motions: [{ ...recipe.motions[0]!, strength: 0.5 }] }, event, known)).toBe(false);
    expect(isMadeWith({}, eventById(changeMotion(addMotion(empty, ID, 'asset:a'), ID, 'asset:a', { strength: 0 }), ID)!, known)).toBe(true);
    expect(choicesOfRecipe(recipe, known)).toEqual([{ motionId: 'asset:a', strength: 1, noiseMix: 1 }]);
    expect(choicesOfRecipe(recipe, [])).toBeNull();
    expect(choicesOfRecipe({}, [])).toEqual([]);
  });
});
