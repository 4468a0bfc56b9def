import { formatBytes } from '../i18n/formats.ts';
import { t } from '../i18n/text.ts';
import { projectKeys, type Editor } from './editor.ts';
import { notify, notifyError } from './notices.ts';

const refresh = (editor: Editor): void => void editor.queryClient.invalidateQueries({ queryKey: projectKeys.assets(editor.project.id) });

async function attempt(editor: Editor, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (caught) {
    notifyError(caught);
    return false;
  } finally {
    refresh(editor);
  }
}

/** Puts the star on, or takes it off. */
export const starAssets = (editor: Editor, assetIds: readonly string[], starred: boolean): Promise<boolean> =>
  attempt(editor, () => editor.client.library.star({ projectId: editor.project.id, assetIds: [...assetIds], starred }));

/** Gives and takes away tags. */
export const tagAssets = (editor: Editor, assetIds: readonly string[], add: readonly string[], remove: readonly string[]): Promise<boolean> =>
  attempt(editor, () => editor.client.library.tag({ projectId: editor.project.id, assetIds: [...assetIds], add: [...add], remove: [...remove] }));

/** Out of the trash again. */
export const restoreAssets = (editor: Editor, assetIds: readonly string[]): Promise<boolean> =>
  attempt(editor, () => editor.client.library.restore({ projectId: editor.project.id, assetIds: [...assetIds] }));

/** Throws assets away; a notice takes them back, and so does the trash for as long as it is not emptied. */
export async function trashAssets(editor: Editor, assetIds: readonly string[]): Promise<void> {
  const { session } = editor;
  const isGone = (id: string): boolean => assetIds.includes(id);
  if (!(await attempt(editor, () => editor.client.library.trash({ projectId: editor.project.id, assetIds: [...assetIds] })))) return;
  session.setState(({ selectedIds, viewerSource }) => ({
    selectedIds: selectedIds.filter((id) => !isGone(id)),
    ...(viewerSource.kind === 'asset' && isGone(viewerSource.assetId) ? { viewerSource: { kind: 'timeline' as const }, playhead: 0, shuttle: 0 } : {}),
  }));
  notify('info', t('mediaLibrary.trashed', { count: assetIds.length }), { label: t('action.undo'), run: () => void restoreAssets(editor, assetIds) });
}

/** Deletes for good what lies in the trash. */
export async function emptyTrash(editor: Editor): Promise<void> {
  try {
    const { removed, freedBytes } = await editor.client.library.emptyTrash({ projectId: editor.project.id });
    notify('success', t('mediaLibrary.emptied', { count: removed, size: formatBytes(freedBytes) }));
  } catch (caught) {
    notifyError(caught);
  } finally {
    refresh(editor);
  }
}
