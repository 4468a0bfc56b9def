import type { Take } from '../contract/takes.ts';
import type { SceneEvent } from '../recipe/scene-script.ts';
import type { PromptEvent } from '../timeline/document.ts';

const newestFirst = (a: Take, b: Take): number => b.createdAt.localeCompare(a.createdAt);

/** Takes of an event, newest first. */
export const takesOf = (takes: readonly Take[], eventId: string): Take[] => takes.filter((take) => take.promptEventId === eventId).sort(newestFirst);

/** What a take's scene said about an event; null for clips of one event and for scenes without it. */
export const toldIn = (take: Take, eventId: string): SceneEvent | null => take.recipe.scene?.events.find(({ id }) => id === eventId) ?? null;

/** Takes of whole scenes, newest first. */
export const wholeScenes = (takes: readonly Take[]): Take[] => takes.filter(({ promptEventId, recipe }) => promptEventId === null && recipe.scene !== undefined).sort(newestFirst);

/** Takes of whole scenes in which an event has its place, newest first. */
export const sceneTakesOf = (takes: readonly Take[], eventId: string): Take[] => wholeScenes(takes).filter((take) => toldIn(take, eventId) !== null);

/**
 * The take that stands for an event: the chosen one while it exists, of its own or of a whole scene; otherwise its newest clip.
 * Variations stand for nothing until one of them is picked.
 */
export function activeTake(takes: readonly Take[], event: PromptEvent): Take | null {
  const chosen = takes.find((take) => take.id === event.activeTakeId);
  if (chosen !== undefined && (chosen.promptEventId === event.id || toldIn(chosen, event.id) !== null)) return chosen;
  return takesOf(takes, event.id).find((take) => take.recipe.scene === undefined) ?? null;
}

/** Where an event begins in a take, and how long it is there, in frames of the timeline: a whole scene holds others before it. */
export function placeInTake({ promptEventId, recipe }: Take, eventId: string): { readonly startFrame: number; readonly frames: number } {
  if (promptEventId !== null || recipe.scene === undefined) return { startFrame: 0, frames: Infinity };
  const { events } = recipe.scene;
  const index = events.findIndex(({ id }) => id === eventId);
  return { startFrame: events.slice(0, Math.max(0, index)).reduce((sum, { durationFrames }) => sum + durationFrames, 0), frames: events[index]?.durationFrames ?? Infinity };
}
