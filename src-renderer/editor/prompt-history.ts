import type { Take } from '../../src-shared/contract/takes.ts';
import type { TimelineRecords } from '../../src-shared/timeline/document.ts';
import { eventsInOrder, sequenceOf } from './timeline-edits.ts';

/** Words that were used in this project, newest first, each once: those of takes, without the words for every event, then those on the timeline. */
export function promptHistory(takes: readonly Take[], records: TimelineRecords): string[] {
  const globalPrompt = sequenceOf(records).globalPrompt.trim();
  const suffix = globalPrompt === '' ? '' : `, ${globalPrompt}`;
  const own = (prompt: string) => (suffix !== '' && prompt.endsWith(suffix) ? prompt.slice(0, -suffix.length) : prompt);
  const generated = takes.filter(({ recipe }) => recipe.scene === undefined).toSorted((a, b) => b.createdAt.localeCompare(a.createdAt)).map(({ recipe }) => own(recipe.prompt));
  const written = eventsInOrder(records).toReversed().map(({ prompt }) => prompt);
  return [...new Set([...generated, ...written].map((prompt) => prompt.trim()).filter((prompt) => prompt !== ''))];
}

/**
 * The words that one step through the history leads to: `older` from the newest on. `started` is what stood there before the first
 * step and comes back behind the newest. Null where there is nothing further.
 */
export function stepThrough(history: readonly string[], current: string, direction: 'older' | 'newer', started: string): string | null {
  const at = history.indexOf(current.trim());
  if (direction === 'older') return history[at + 1] ?? null;
  if (at === -1) return null;
  return at === 0 ? started : (history[at - 1] ?? null);
}
