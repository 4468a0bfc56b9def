import type { RecipeReport, RecipeSource } from '../../src-shared/contract/recipes.ts';
import { t } from '../i18n/text.ts';
import type { Editor } from './editor.ts';
import { clipFrames } from './generate.ts';
import { notify, notifyError } from './notices.ts';
import { restoreReport } from './restore-recipe.ts';
import { eventById } from './timeline-edits.ts';

/** A file beside an export that holds its recipe. */
export const isRecipeFile = ({ name }: Pick<File, 'name'>): boolean => /\.recipe\.json$/i.test(name);

/** Shows what a recipe says against what is here. */
export const openRecipe = (editor: Editor, source: RecipeSource, name: string): void => editor.session.setState({ dialog: { kind: 'recipe', source, name }, shuttle: 0 });

/** Reads a dropped recipe file and shows it; says so when it is none. */
export async function openRecipeFile(editor: Editor, file: File): Promise<void> {
  try {
    const text = await file.text();
    const { report } = await editor.client.recipes.read({ projectId: editor.project.id, source: { text } });
    if (report === null) notify('error', t('recipe.notOne', { name: file.name }));
    else openRecipe(editor, { text }, file.name);
  } catch (error) {
    notifyError(error);
  }
}

/** Whether a library file carries a recipe. */
export async function carriesRecipe(editor: Editor, assetId: string): Promise<boolean> {
  const { report } = await editor.client.recipes.read({ projectId: editor.project.id, source: { assetId } });
  return report !== null;
}

/** Puts a recipe's settings onto the timeline, as one step that can be undone; with `makeNow` its clips are made with exactly its settings. */
export async function restoreRecipe(editor: Editor, report: RecipeReport, { into, makeNow }: { readonly into: string | null; readonly makeNow: boolean }): Promise<void> {
  const { document, session, client, project } = editor;
  const place = { into, playhead: session.getState().playhead, clipFrames: clipFrames(editor), motions: editor.motions(), newId: () => `promptEvent:${crypto.randomUUID()}` };
  const { records, eventIds } = restoreReport(document.getState().records, report, place);
  document.transact(t('recipe.edit.restore'), () => records);
  const first = eventById(records, eventIds[0]);
  session.setState({ dialog: null, selectedIds: eventIds.slice(0, 1), viewerSource: { kind: 'timeline' }, shuttle: 0, rightOpen: true, ...(first === null ? {} : { playhead: first.startFrame }) });
  notify('success', t(eventIds.length === 1 ? 'recipe.restored' : 'recipe.restoredEvents', { count: eventIds.length }), { label: t('action.undo'), run: () => void document.undo() });
  if (!makeNow) return;
  try {
    await document.flush();
    let next = 0;
    for (const { recipe, problem } of report.clips) {
      const promptEventId = recipe.scene === undefined ? (eventIds[next] ?? null) : null;
      next += recipe.scene?.events.length ?? 1;
      if (problem === null) await client.recipes.makeAgain({ projectId: project.id, recipe, promptEventId });
    }
  } catch (error) {
    notifyError(error);
  }
}
