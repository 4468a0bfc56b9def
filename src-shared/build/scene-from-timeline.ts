import { StudioError } from '../errors/studio-error.ts';
import { MAX_SCENE_FRAMES, sceneFrames, type SceneEvent, type SceneScript } from '../recipe/scene-script.ts';
import type { PromptEvent, TimelineRecords } from '../timeline/document.ts';

/** Frames over which words fade at each side of a seam where an event does not say. */
const DEFAULT_BLEND_FRAMES = 8;

/** Words behind each other, with a comma between; what is empty or said already is left out. */
function joinWords(...parts: readonly string[]): string {
  const words = parts.map((part) => part.trim().replace(/[,.]\s*$/, '')).filter((part) => part !== '');
  return words.filter((part, index) => words.indexOf(part) === index).join(', ');
}

/** The prompt events of a timeline in order of time. */
export function promptEventsOf(records: TimelineRecords): PromptEvent[] {
  return Object.values(records)
    .filter((record) => record.type === 'promptEvent')
    .toSorted((a, b) => a.startFrame - b.startFrame || (a.id < b.id ? -1 : 1));
}

/**
 * The scene that a timeline's prompt events tell, from the start of the first to the end of the last. A gap belongs to the
 * event before it; an event without words says the global prompt.
 */
export function sceneFromTimeline(records: TimelineRecords): SceneScript {
  const sequence = Object.values(records).find((record) => record.type === 'sequence');
  const globalPrompt = sequence?.type === 'sequence' ? sequence.globalPrompt.trim() : '';
  const events = promptEventsOf(records);
  if (events.length === 0) throw new StudioError('INVALID_INPUT', 'There is nothing to render yet. Add a prompt event to the timeline and say what happens.');
  const script: SceneScript = {
    globalPrompt,
    events: events.map((event, index): SceneEvent => {
      const prompt = joinWords(globalPrompt, event.prompt);
      if (prompt === '') throw new StudioError('INVALID_INPUT', 'An event has no words, and there is no global prompt. Say what happens in it, or remove it.', { details: { promptEventId: event.id } });
      const next = events[index + 1];
      return {
        id: event.id, prompt, negativePrompt: event.negativePrompt.trim(),
        durationFrames: next === undefined ? event.durationFrames : Math.max(next.startFrame - event.startFrame, 1),
        strength: 1, blendIn: DEFAULT_BLEND_FRAMES, blendOut: DEFAULT_BLEND_FRAMES, seedOffset: 0, motions: [], startImage: null, endImage: null,
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
