import type { RecipeClip, RecipeReport } from '../../src-shared/contract/recipes.ts';
import { MAX_MOTIONS, type MotionUse } from '../../src-shared/recipe/motion-use.ts';
import type { EventMotion, PromptEvent, TimelineRecords } from '../../src-shared/timeline/document.ts';
import type { FrameRate } from '../../src-shared/timing/frame-rate.ts';
import type { SceneEvent } from '../../src-shared/recipe/scene-script.ts';
import type { KeyframeImage } from '../../src-shared/timeline/records/keyframe-image.ts';
import { strengthOf } from './event-recipe.ts';
import { addEvent, eventById, patchEvent, sequenceOf, timelineEnd } from './timeline-edits.ts';

/** Pure edits that put what a recipe says onto the timeline: records in, records out. */

type KnownMotion = { readonly id: string; readonly sha256: string };

/** An event as a recipe tells it; `durationFrames` at the recipe's own rate, null where the clip's length says it. */
export interface RestoredEvent {
  readonly settings: Pick<PromptEvent, 'prompt' | 'negativePrompt' | 'seed' | 'seedLocked' | 'preset' | 'strength' | 'blendInFrames' | 'blendOutFrames' | 'seedOffset'> & { readonly motions: EventMotion[] };
  /** Pictures of it that the project has. */
  readonly images: readonly Pick<KeyframeImage, 'position' | 'assetId' | 'strength'>[];
  readonly durationFrames: number | null;
  readonly rate: FrameRate;
}

/** An event's own words: a recipe's prompt already holds the words for every event where they are the same here. */
export function ownWords(prompt: string, globalPrompt: string): string {
  const words = globalPrompt.trim();
  if (words === '') return prompt;
  if (prompt.endsWith(`, ${words}`)) return prompt.slice(0, -words.length - 2);
  if (prompt.startsWith(`${words}, `)) return prompt.slice(words.length + 2);
  return prompt;
}

const motionsHere = (uses: readonly MotionUse[], known: readonly KnownMotion[]): EventMotion[] =>
  uses.flatMap(({ sha256, strength, noiseMix }) => {
    const motion = known.find((other) => other.sha256 === sha256);
    return motion === undefined ? [] : [{ motionId: motion.id, strength, noiseMix }];
  }).slice(0, MAX_MOTIONS);

/** Pictures that an event of a scene shows or follows. */
function imagesOf({ startImage, endImage, startStrength = 1, endStrength = 1, look }: SceneEvent, sources: RecipeClip['sources']): RestoredEvent['images'] {
  const named = [['start', startImage, startStrength], ['end', endImage, endStrength], ['reference', look?.image ?? null, look?.strength ?? 1]] as const;
  return named.flatMap(([position, sha256, strength]) => {
    const assetId = sources.find((source) => source.kind === 'image' && source.sha256 === sha256)?.assetId ?? null;
    return assetId === null ? [] : [{ position, assetId, strength }];
  });
}

/** Pins an event's pictures in the place of those that it had. */
function withImages(records: TimelineRecords, promptEventId: PromptEvent['id'], images: RestoredEvent['images'], newId: () => string): TimelineRecords {
  const others = Object.entries(records).filter(([, record]) => record.type !== 'keyframeImage' || record.promptEventId !== promptEventId);
  const pinned = images.map((image): KeyframeImage => ({ id: `keyframe:${newId().replace(/^[a-zA-Z]+:/u, '')}`, type: 'keyframeImage', promptEventId, ...image }));
  return Object.fromEntries([...others, ...pinned.map((image) => [image.id, image] as const)]) satisfies TimelineRecords;
}

/** The events of one clip: one, or those of its scene. */
export function eventsOfClip({ recipe, durationFrames, sources }: Pick<RecipeClip, 'recipe' | 'durationFrames' | 'sources'>, globalPrompt: string, known: readonly KnownMotion[]): RestoredEvent[] {
  const { seed, preset, frameRate: rate } = recipe;
  if (recipe.scene === undefined) {
    const settings = { prompt: ownWords(recipe.prompt, globalPrompt), negativePrompt: recipe.negativePrompt, seed, seedLocked: true, preset, strength: strengthOf(recipe), blendInFrames: 0, blendOutFrames: 0, seedOffset: 0, motions: motionsHere(recipe.motions ?? [], known) };
    return [{ settings, images: [], durationFrames, rate }];
  }
  return recipe.scene.events.map((event) => ({
    settings: {
      prompt: ownWords(event.prompt, globalPrompt), negativePrompt: event.negativePrompt, seed, seedLocked: true, preset, strength: event.strength,
      blendInFrames: Math.min(event.blendIn, event.durationFrames), blendOutFrames: Math.min(event.blendOut, Math.max(0, event.durationFrames - event.blendIn)), seedOffset: event.seedOffset, motions: motionsHere(event.motions, known),
    },
    images: imagesOf(event, sources), durationFrames: event.durationFrames, rate,
  }));
}

/** How a restored recipe got onto the timeline. */
export interface Restored {
  readonly records: TimelineRecords;
  /** The events that now say it, in order. */
  readonly eventIds: readonly string[];
}

/**
 * Puts a report's clips onto the timeline: into the event `into`, where there is one clip that is one event, else as new events; a single
 * one at `playhead`, several behind everything. A recipe's words for every event become this project's where it has none.
 */
export function restoreReport(
  records: TimelineRecords, report: RecipeReport,
  place: { readonly into: string | null; readonly playhead: number; readonly clipFrames: number; readonly motions: readonly KnownMotion[]; readonly newId: () => string },
): Restored {
  const { frameRate, globalPrompt } = sequenceOf(records);
  const told = report.clips.find(({ recipe }) => recipe.scene !== undefined)?.recipe.scene?.globalPrompt ?? '';
  const words = globalPrompt.trim() === '' ? told : globalPrompt;
  let result: TimelineRecords = words === globalPrompt ? records : { ...records, 'sequence:main': { ...sequenceOf(records), globalPrompt: words } };
  const events = report.clips.flatMap((clip) => eventsOfClip(clip, words, place.motions));
  const [single, more] = events;
  if (single !== undefined && more === undefined && place.into !== null && eventById(result, place.into) !== null) {
    const { motions, ...settings } = single.settings;
    const patched = patchEvent(result, place.into, { ...settings, motions: [...motions], activeTakeId: null });
    return { records: single.images.length === 0 ? patched : withImages(patched, place.into as PromptEvent['id'], single.images, place.newId), eventIds: [place.into] };
  }
  const eventIds: string[] = [];
  let frame = more === undefined ? place.playhead : timelineEnd(records);
  for (const { settings, images, durationFrames, rate } of events) {
    const id = place.newId();
    const length = durationFrames === null ? place.clipFrames : Math.max(1, Math.round((durationFrames * rate.den * frameRate.num) / (rate.num * frameRate.den)));
    const { prompt, negativePrompt, seed, seedLocked, preset, ...rest } = settings;
    result = addEvent(result, { id, frame, durationFrames: length, draft: { prompt, negativePrompt, seed, seedLocked, preset } });
    result = patchEvent(result, id, { ...rest, motions: [...rest.motions] });
    if (images.length > 0) result = withImages(result, id as PromptEvent['id'], images, place.newId);
    const made = eventById(result, id);
    frame = made === null ? frame + length : made.startFrame + made.durationFrames;
    eventIds.push(id);
  }
  return { records: result, eventIds };
}
