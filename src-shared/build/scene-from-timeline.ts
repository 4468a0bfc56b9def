import { StudioError } from '../errors/studio-error.ts';
import { MAX_MOTIONS, USUAL_NOISE_MIX, type MotionUse } from '../recipe/motion-use.ts';
import { MAX_SCENE_FRAMES, sceneFrames, type SceneEvent, type SceneScript } from '../recipe/scene-script.ts';
import type { PromptEvent, TimelineRecords } from '../timeline/document.ts';
import type { KeyframePosition } from '../timeline/records/keyframe-image.ts';
import { sequenceOf } from '../timeline/tracks.ts';
import { endFrame } from '../timeline/records/span.ts';

/** Finds what records name by asset: the hash of a motion's or an image's bytes, or null when the project has it no more. */
export interface SceneSources {
  sha256(assetId: string): string | null;
}

/** Words behind each other, with a comma between; what is empty or said already is left out. */
function joinWords(...parts: readonly string[]): string {
  const words = parts.map((part) => part.trim().replace(/[,.]\s*$/, '')).filter((part) => part !== '');
  return words.filter((part, index) => words.indexOf(part) === index).join(', ');
}

/** All that an event says in a scene: the global prompt, its own words, its style. */
export const sceneWords = (globalPrompt: string, event: Pick<PromptEvent, 'prompt' | 'style'>): string => joinWords(globalPrompt, event.prompt, event.style);

/** The prompt events of a timeline in order of time, without those of hidden tracks. */
export function promptEventsOf(records: TimelineRecords): PromptEvent[] {
  const hidden = new Set(Object.values(records).flatMap((record) => (record.type === 'track' && record.hidden ? [record.id] : [])));
  return Object.values(records)
    .flatMap((record) => (record.type === 'promptEvent' && !hidden.has(record.trackId) ? [record] : []))
    .toSorted((a, b) => a.startFrame - b.startFrame || (a.id < b.id ? -1 : 1));
}

function gone(what: string, details: Record<string, string>): StudioError {
  return new StudioError('NOT_FOUND', `${what} of an event is no longer in the project. Import it again, or remove it from the event.`, { details });
}

/** The event's own motions and those of the motion lane that reach into it; of one motion the strongest use. */
function motionsAt(event: PromptEvent, records: TimelineRecords, sources: SceneSources): MotionUse[] {
  const spans = Object.values(records).flatMap((record) => (record.type === 'motion' && record.startFrame < endFrame(event) && endFrame(record) > event.startFrame ? [record] : []));
  const uses = new Map<string, MotionUse>();
  for (const { motionId, strength, noiseMix } of [...event.motions, ...spans.map((span) => ({ motionId: span.motionId, strength: span.strength, noiseMix: USUAL_NOISE_MIX }))]) {
    const sha256 = sources.sha256(motionId);
    if (sha256 === null) throw gone('A motion', { promptEventId: event.id, motionId });
    const before = uses.get(sha256);
    if (before === undefined || strength > before.strength) uses.set(sha256, { sha256, strength, noiseMix });
  }
  if (uses.size > MAX_MOTIONS) throw new StudioError('INVALID_INPUT', `An event has ${uses.size} motions; up to ${MAX_MOTIONS} can be mixed. Remove some.`, { details: { promptEventId: event.id } });
  return [...uses.values()].toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
}

const IMAGE_NAMES = { start: 'The start image', end: 'The end image', reference: 'The reference image' } as const satisfies Record<KeyframePosition, string>;

/** The picture that is pinned to a place of an event, with its strength; null where none counts. */
function imageAt(event: PromptEvent, position: KeyframePosition, records: TimelineRecords, sources: SceneSources): { readonly image: string; readonly strength: number } | null {
  const image = Object.values(records).find((record) => record.type === 'keyframeImage' && record.promptEventId === event.id && record.position === position);
  if (image?.type !== 'keyframeImage' || image.strength === 0) return null;
  const sha256 = sources.sha256(image.assetId);
  if (sha256 === null) throw gone(IMAGE_NAMES[position], { promptEventId: event.id, assetId: image.assetId });
  return { image: sha256, strength: image.strength };
}

/**
 * The scene that a timeline's prompt events tell, from the start of the first to the end of the last. A gap belongs to the
 * event before it; an event without words says the global prompt.
 */
export function sceneFromTimeline(records: TimelineRecords, sources: SceneSources): SceneScript {
  const globalPrompt = sequenceOf(records).globalPrompt.trim();
  const events = promptEventsOf(records);
  if (events.length === 0) throw new StudioError('INVALID_INPUT', 'There is nothing to render yet. Add a prompt event to the timeline and say what happens.');
  const script: SceneScript = {
    globalPrompt,
    events: events.map((event, index): SceneEvent => {
      const prompt = sceneWords(globalPrompt, event);
      if (prompt === '') throw new StudioError('INVALID_INPUT', 'An event has no words, and there is no global prompt. Say what happens in it, or remove it.', { details: { promptEventId: event.id } });
      const next = events[index + 1];
      const [start, end, look] = [imageAt(event, 'start', records, sources), imageAt(event, 'end', records, sources), imageAt(event, 'reference', records, sources)];
      return {
        id: event.id, prompt, negativePrompt: event.negativePrompt.trim(),
        durationFrames: next === undefined ? event.durationFrames : Math.max(next.startFrame - event.startFrame, 1),
        strength: event.strength, blendIn: event.blendInFrames, blendOut: event.blendOutFrames, seedOffset: event.seedOffset,
        motions: motionsAt(event, records, sources), startImage: start?.image ?? null, endImage: end?.image ?? null,
        ...(start && start.strength < 1 && { startStrength: start.strength }), ...(end && end.strength < 1 && { endStrength: end.strength }), ...(look && { look }),
      };
    }),
  };
  const frames = sceneFrames(script);
  if (frames > MAX_SCENE_FRAMES) {
    throw new StudioError('INVALID_INPUT', `The scene has ${frames} frames; one scene holds up to ${MAX_SCENE_FRAMES}. Shorten it, or render it in two projects.`, { details: { frames, maximum: MAX_SCENE_FRAMES } });
  }
  return script;
}

/** The scene's words in a line, for titles and libraries. */
export function sceneTitle(script: SceneScript): string {
  const line = script.events.map(({ prompt }) => prompt).join(' → ');
  return line.length <= 2000 ? line : `${line.slice(0, 1999)}…`;
}
