import type { PromptEvent, TimelineRecords } from '../../src-shared/timeline/document.ts';
import { PROMPT_EVENT_DEFAULTS } from '../../src-shared/timeline/document.ts';
import { endFrame } from '../../src-shared/timeline/records/span.ts';
import { sequenceOf } from '../../src-shared/timeline/tracks.ts';

export { endFrame, sequenceOf };

/**
 * Pure edits of the timeline document: records in, records out. Prompt events never overlap and are at least one frame long;
 * every function keeps that. Frames are integers on the sequence's rate; ends are exclusive.
 */

type EventDraft = Pick<PromptEvent, 'prompt' | 'negativePrompt' | 'seed' | 'seedLocked' | 'preset'>;

/** Prompt events from left to right. */
export function eventsInOrder(records: TimelineRecords): PromptEvent[] {
  const events: PromptEvent[] = [];
  for (const record of Object.values(records)) if (record.type === 'promptEvent') events.push(record);
  return events.sort((a, b) => a.startFrame - b.startFrame);
}

export function eventById(records: TimelineRecords, id: string | null | undefined): PromptEvent | null {
  const record = id === null || id === undefined ? undefined : records[id];
  return record?.type === 'promptEvent' ? record : null;
}

/** The event whose span contains `frame`. */
export function eventAt(records: TimelineRecords, frame: number): PromptEvent | null {
  return eventsInOrder(records).find((event) => event.startFrame <= frame && frame < endFrame(event)) ?? null;
}

/** Documents are never changed in place, and playback asks on every frame. */
const ends = new WeakMap<TimelineRecords, number>();

/** One past the last frame that anything covers. */
export function timelineEnd(records: TimelineRecords): number {
  const known = ends.get(records);
  if (known !== undefined) return known;
  let end = 0;
  for (const record of Object.values(records)) {
    if ('durationFrames' in record) end = Math.max(end, endFrame(record));
  }
  ends.set(records, end);
  return end;
}

/** Starts and ends of everything on the tracks, sorted, each once: where Up and Down stop. */
export function eventEdges(records: TimelineRecords): number[] {
  const edges = new Set<number>([0]);
  for (const record of Object.values(records)) if ('durationFrames' in record) edges.add(record.startFrame).add(endFrame(record));
  return [...edges].sort((a, b) => a - b);
}

/**
 * Adds an event at `frame`. On free ground it starts there and stops at the next event; inside an event it goes right behind
 * it, and later events move right as far as they must.
 */
export function addEvent(records: TimelineRecords, input: { id: string; frame: number; durationFrames: number; draft: EventDraft }): TimelineRecords {
  const events = eventsInOrder(records);
  const under = events.find((event) => event.startFrame <= input.frame && input.frame < endFrame(event));
  const startFrame = under ? endFrame(under) : Math.max(0, input.frame);
  const next = events.find((event) => event.startFrame >= startFrame);
  const room = next ? next.startFrame - startFrame : Infinity;
  const durationFrames = under ? input.durationFrames : Math.max(1, Math.min(input.durationFrames, room));
  const result: Record<string, TimelineRecords[string]> = { ...records };
  result[input.id] = { id: input.id, type: 'promptEvent', startFrame, durationFrames, activeTakeId: null, ...PROMPT_EVENT_DEFAULTS, motions: [], ...input.draft };
  let end = startFrame + durationFrames;
  for (const event of events) {
    if (event.startFrame < startFrame || event.startFrame >= end) continue;
    result[event.id] = { ...event, startFrame: end };
    end += event.durationFrames;
  }
  return result;
}

export function patchEvent(records: TimelineRecords, id: string, patch: Partial<Omit<PromptEvent, 'id' | 'type' | 'startFrame' | 'durationFrames'>>): TimelineRecords {
  const event = eventById(records, id);
  return event ? { ...records, [id]: { ...event, ...patch } } : records;
}

/** Moves an event to the legal start nearest to `startFrame`. */
export function moveEvent(records: TimelineRecords, id: string, startFrame: number): TimelineRecords {
  const event = eventById(records, id);
  if (!event) return records;
  const others = eventsInOrder(records).filter((other) => other.id !== id);
  const isFree = (start: number) => start >= 0 && others.every((other) => start + event.durationFrames <= other.startFrame || start >= endFrame(other));
  const wanted = Math.max(0, Math.round(startFrame));
  const candidates = [wanted, ...others.flatMap((other) => [endFrame(other), other.startFrame - event.durationFrames])].filter(isFree);
  const best = candidates.reduce((nearest, start) => (Math.abs(start - wanted) < Math.abs(nearest - wanted) ? start : nearest), event.startFrame);
  return best === event.startFrame ? records : { ...records, [id]: { ...event, startFrame: best } };
}

/** Moves one edge of an event to `frame`, stopping at its neighbours and at one frame of length. */
export function retimeEvent(records: TimelineRecords, id: string, edge: 'start' | 'end', frame: number): TimelineRecords {
  const event = eventById(records, id);
  if (!event) return records;
  const others = eventsInOrder(records).filter((other) => other.id !== id);
  const end = endFrame(event);
  if (edge === 'start') {
    const floor = others.reduce((limit, other) => (endFrame(other) <= event.startFrame ? Math.max(limit, endFrame(other)) : limit), 0);
    const startFrame = Math.min(end - 1, Math.max(floor, Math.round(frame)));
    return startFrame === event.startFrame ? records : { ...records, [id]: { ...event, startFrame, durationFrames: end - startFrame } };
  }
  const ceiling = others.reduce((limit, other) => (other.startFrame >= end ? Math.min(limit, other.startFrame) : limit), Infinity);
  const newEnd = Math.max(event.startFrame + 1, Math.min(ceiling, Math.round(frame)));
  return newEnd === end ? records : { ...records, [id]: { ...event, durationFrames: newEnd - event.startFrame } };
}

export function removeRecords(records: TimelineRecords, ids: readonly string[]): TimelineRecords {
  const gone = new Set(ids.filter((id) => records[id] !== undefined && records[id].type !== 'sequence'));
  if (gone.size === 0) return records;
  return Object.fromEntries(Object.entries(records).filter(([id]) => !gone.has(id)));
}

/** Removes events and closes the gaps they leave. */
export function rippleRemoveEvents(records: TimelineRecords, ids: readonly string[]): TimelineRecords {
  const doomed = ids.flatMap((id) => eventById(records, id) ?? []);
  const rest = removeRecords(records, doomed.map((event) => event.id));
  const result: Record<string, TimelineRecords[string]> = { ...rest };
  for (const event of eventsInOrder(rest)) {
    const shift = doomed.reduce((sum, gone) => (gone.startFrame < event.startFrame ? sum + gone.durationFrames : sum), 0);
    if (shift > 0) result[event.id] = { ...event, startFrame: event.startFrame - shift };
  }
  return result;
}

export function setGlobalPrompt(records: TimelineRecords, globalPrompt: string): TimelineRecords {
  return { ...records, 'sequence:main': { ...sequenceOf(records), globalPrompt } };
}

/** What the engine reads for an event on its own: its words, its style, then the words of the whole project. */
export function composePrompt(records: TimelineRecords, event: Pick<PromptEvent, 'prompt' | 'style'>): string {
  const parts = [event.prompt.trim(), event.style.trim(), sequenceOf(records).globalPrompt.trim()];
  return parts.filter((part, index) => part !== '' && parts.indexOf(part) === index).join(', ');
}
