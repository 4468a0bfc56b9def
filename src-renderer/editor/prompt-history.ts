import type { UsedPrompt } from '../../src-shared/contract/prompts.ts';
import type { TimelineRecords } from '../../src-shared/timeline/document.ts';
import { projectKeys, type Editor } from './editor.ts';
import { notifyError } from './notices.ts';
import { eventsInOrder } from './timeline-edits.ts';

/** Words that were used in this project, newest first, each once: those that were generated from, then those on the timeline. */
export function promptHistory(used: readonly Pick<UsedPrompt, 'words'>[], records: TimelineRecords): string[] {
  const written = eventsInOrder(records).toReversed().map(({ prompt }) => prompt);
  return [...new Set([...used.map(({ words }) => words), ...written].map((prompt) => prompt.trim()).filter((prompt) => prompt !== ''))];
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

async function change(editor: Editor, send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
    await editor.queryClient.invalidateQueries({ queryKey: projectKeys.prompts(editor.project.id) });
  } catch (caught) {
    notifyError(caught);
  }
}

export const starPrompt = (editor: Editor, words: string, starred: boolean): Promise<void> => change(editor, () => editor.client.prompts.star({ projectId: editor.project.id, words, starred }));

/** Takes words out of the history; what was made of them stays. */
export const forgetPrompt = (editor: Editor, words: string): Promise<void> => change(editor, () => editor.client.prompts.forget({ projectId: editor.project.id, words }));
