import type { MotionChoice } from '../../src-shared/contract/motions.ts';
import { USUAL_NOISE_MIX } from '../../src-shared/recipe/motion-use.ts';
import type { Recipe } from '../../src-shared/recipe/recipe.ts';
import type { EventMotion, PromptEvent, TimelineRecords } from '../../src-shared/timeline/document.ts';
import { eventById } from './timeline-edits.ts';

/** Motions that one event may mix in the window. The engine takes more; what two make together can still be foreseen. */
export const MAX_EVENT_MOTIONS = 2;

/** Pure edits of the motions on prompt events: records in, records out. Each motion is on an event at most once. */

export const motionsOf = (event: Pick<PromptEvent, 'motions'>): readonly EventMotion[] => event.motions;

function withMotions(records: TimelineRecords, eventId: string, motions: readonly EventMotion[]): TimelineRecords {
  const event = eventById(records, eventId);
  if (!event) return records;
  return { ...records, [eventId]: { ...event, motions: [...motions] } };
}

/** Puts a motion on an event at full strength. One that is there stays as it is; when there is no room, the newest makes room. */
export function addMotion(records: TimelineRecords, eventId: string, motionId: string): TimelineRecords {
  const event = eventById(records, eventId);
  if (!event || motionsOf(event).some((motion) => motion.motionId === motionId)) return records;
  return withMotions(records, eventId, [...motionsOf(event).slice(0, MAX_EVENT_MOTIONS - 1), { motionId, strength: 1, noiseMix: USUAL_NOISE_MIX }]);
}

export function changeMotion(records: TimelineRecords, eventId: string, motionId: string, change: Partial<Pick<EventMotion, 'strength' | 'noiseMix'>>): TimelineRecords {
  const event = eventById(records, eventId);
  return event ? withMotions(records, eventId, motionsOf(event).map((motion) => (motion.motionId === motionId ? { ...motion, ...change } : motion))) : records;
}

export function takeMotionOff(records: TimelineRecords, eventId: string, motionId: string): TimelineRecords {
  const event = eventById(records, eventId);
  return event && motionsOf(event).some((motion) => motion.motionId === motionId) ? withMotions(records, eventId, motionsOf(event).filter((motion) => motion.motionId !== motionId)) : records;
}

/** What a request for a generation of `event` says about motions. */
export const motionChoices = (event: Pick<PromptEvent, 'motions'>): MotionChoice[] => motionsOf(event).map(({ motionId, strength, noiseMix }) => ({ motionId, strength, noiseMix }));

type KnownMotion = { readonly id: string; readonly sha256: string };

/** True when a recipe was made with just the motions of `event`; those of strength 0 do not count. */
export function isMadeWith(recipe: Pick<Recipe, 'motions'>, event: Pick<PromptEvent, 'motions'>, known: readonly KnownMotion[]): boolean {
  const wanted = motionsOf(event).flatMap(({ motionId, strength, noiseMix }) => (strength > 0 ? [`${known.find(({ id }) => id === motionId)?.sha256} ${strength} ${noiseMix}`] : []));
  const used = (recipe.motions ?? []).map(({ sha256, strength, noiseMix }) => `${sha256} ${strength} ${noiseMix}`);
  return wanted.length === used.length && wanted.every((text) => used.includes(text));
}

/** The motions of a recipe as a request names them; null when one of them is no longer in the project. */
export function choicesOfRecipe(recipe: Pick<Recipe, 'motions'>, known: readonly KnownMotion[]): MotionChoice[] | null {
  const choices = (recipe.motions ?? []).flatMap(({ sha256, strength, noiseMix }) => {
    const motion = known.find((other) => other.sha256 === sha256);
    return motion ? [{ motionId: motion.id, strength, noiseMix }] : [];
  });
  return choices.length === (recipe.motions ?? []).length ? choices : null;
}
