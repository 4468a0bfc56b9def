import type { Take } from '../../src-shared/contract/takes.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { Preset } from '../../src-shared/recipe/recipe.ts';
import { t } from '../i18n/text.ts';
import { projectKeys, type Editor } from './editor.ts';
import { packChoice } from './generate.ts';
import { notifyError } from './notices.ts';
import { patchEvent } from './timeline-edits.ts';

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

/** Makes a variation of one event the scene's own: an undoable edit of its seed offset. The frames are there already. */
export function promoteVariation(editor: Editor, take: Take): void {
  const { promptEventId } = take;
  const chosen = take.recipe.scene?.events.find(({ id }) => id === promptEventId);
  if (promptEventId === null || chosen === undefined) return;
  editor.document.transact(t('scene.promote'), (records) => patchEvent(records, promptEventId, { seedOffset: chosen.seedOffset }));
}
