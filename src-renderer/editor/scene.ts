import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { Preset } from '../../src-shared/recipe/recipe.ts';
import { projectKeys, type Editor } from './editor.ts';
import { packChoice } from './generate.ts';
import { notifyError } from './notices.ts';

/** Queues the whole timeline as one scene: what changed since the last time is made, the rest is reused. */
export async function renderScene(editor: Editor, preset: Preset, options: { readonly adherence: boolean }): Promise<void> {
  editor.drafts.commitAll();
  try {
    await editor.document.flush();
    await editor.client.scenes.render({ projectId: editor.project.id, preset, ...packChoice(editor.packs()), adherence: options.adherence });
    void editor.queryClient.invalidateQueries({ queryKey: projectKeys.jobs(editor.project.id) });
  } catch (caught) {
    notifyError(StudioError.from(caught));
  }
}
