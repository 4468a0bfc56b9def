import type { Job } from '../../src-shared/contract/jobs.ts';
import type { ScenePlan } from '../../src-shared/contract/scenes.ts';
import type { Take } from '../../src-shared/contract/takes.ts';
import type { PromptEvent } from '../../src-shared/timeline/document.ts';
import { UNFINISHED } from './editor.ts';
import { toldIn } from '../../src-shared/takes/take-of-event.ts';
import { isMadeWith } from './event-motions.ts';
import { seedOf, strengthOf } from './event-recipe.ts';

/** Whether an event's frames are as the timeline says now, and what is under way to make them so. */
export type EventState = 'new' | 'changed' | 'rendered' | 'waiting' | 'running' | 'paused' | 'failed';

export interface EventSituation {
  readonly event: PromptEvent;
  /** What a generation of the event alone would send as its words. */
  readonly words: string;
  /** The same as a scene says them. */
  readonly sceneWords: string;
  /** State of its frames in the scene; null while nobody knows. */
  readonly scene: ScenePlan['events'][number]['state'] | null;
  /** The take that stands for it. */
  readonly take: Take | null;
  readonly jobs: readonly Job[];
  readonly motions: readonly { readonly id: string; readonly sha256: string }[];
}

/** True when a take was made from just what the event says now. */
export function isTakeCurrent({ event, words, sceneWords, take, motions, scene }: Omit<EventSituation, 'jobs'>): boolean {
  if (take === null) return false;
  const told = toldIn(take, event.id);
  // Made in a scene it has the scene's words: the scene's own state tells whether they still hold.
  if (told !== null) return scene !== 'new' && told.seedOffset === event.seedOffset && told.strength === event.strength && told.prompt === sceneWords && told.negativePrompt === event.negativePrompt.trim();
  const { recipe } = take;
  return recipe.prompt === words && recipe.negativePrompt === event.negativePrompt.trim() && strengthOf(recipe) === event.strength && (!event.seedLocked || recipe.seed === seedOf(event)) && isMadeWith(recipe, event, motions);
}

/** The one word for an event: work under way first, then whether its frames are current. */
export function eventState(situation: EventSituation): EventState {
  const { event, scene, take, jobs } = situation;
  const isFresh = scene === 'fresh';
  const working = jobs.filter((job) => UNFINISHED.has(job.state) && (job.promptEventId === event.id || (job.kind === 'scene' && job.promptEventId === null && !isFresh)));
  if (working.some(({ state }) => state === 'running')) return 'running';
  if (working.some(({ state }) => state !== 'paused')) return 'waiting';
  if (working.length > 0) return 'paused';
  if (isFresh || isTakeCurrent(situation)) return 'rendered';
  const last = jobs.filter((job) => job.promptEventId === event.id).toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
  if (last?.state === 'discarded') return 'failed';
  return take !== null || scene === 'stale' ? 'changed' : 'new';
}
