import type { LibraryEntry } from '../../../src-shared/contract/library.ts';
import type { MenuLine } from '../../components/ContextMenu.tsx';
import type { Editor } from '../../editor/editor.ts';
import { restoreAssets, starAssets, trashAssets } from '../../editor/library-commands.ts';
import { openRecipe } from '../../editor/recipe-commands.ts';
import { openLearning } from '../../editor/motion-commands.ts';
import { t } from '../../i18n/text.ts';

/** What can be done with several files at once. */
export function assetsMenu(assetIds: readonly string[], isTrash: boolean, isReadOnly: boolean, tag: () => void): MenuLine[] {
  const count = assetIds.length;
  if (isTrash) return [{ label: t('mediaLibrary.restoreAll', { count }), disabled: isReadOnly, run: (editor) => void restoreAssets(editor, assetIds) }];
  return [
    { label: t('mediaLibrary.starAll', { count }), disabled: isReadOnly, run: (editor) => void starAssets(editor, assetIds, true) },
    { label: t('mediaLibrary.unstarAll', { count }), disabled: isReadOnly, run: (editor) => void starAssets(editor, assetIds, false) },
    { label: t('mediaLibrary.tagAll', { count }), disabled: isReadOnly, run: tag },
    'divider',
    { label: t('mediaLibrary.trashAll', { count }), danger: true, disabled: isReadOnly, run: (editor) => void trashAssets(editor, assetIds) },
  ];
}

/** Everything one can do with a file of the library. It is selected by then: actions mean it. */
export function assetMenu({ asset, starred, trashedAt }: LibraryEntry, isReadOnly: boolean): MenuLine[] {
  const { name } = asset;
  if (trashedAt !== null) return [{ label: t('mediaLibrary.restore', { name }), disabled: isReadOnly, run: (editor) => void restoreAssets(editor, [asset.id]) }];
  return [
    { label: t('asset.view'), run: (editor) => editor.session.setState({ viewerSource: { kind: 'asset', assetId: asset.id }, playhead: 0, shuttle: 0 }) },
    { label: t('recipe.open'), run: (editor) => openRecipe(editor, { assetId: asset.id }, name) },
    { action: 'insertClip' },
    { action: 'overwriteClip' },
    'divider',
    { label: t(starred ? 'mediaLibrary.unstar' : 'mediaLibrary.star', { name }), disabled: isReadOnly, run: (editor) => void starAssets(editor, [asset.id], !starred) },
    ...(asset.kind === 'video' ? [{ label: t('motions.learnFrom'), disabled: isReadOnly, run: (editor: Editor) => openLearning(editor, { assetId: asset.id }) }, { action: 'restyle' }, { action: 'reimagine' }, { action: 'upscale' }, { action: 'export' }] : []),
    'divider',
    { label: t('mediaLibrary.moveToTrash'), danger: true, disabled: isReadOnly, run: (editor) => void trashAssets(editor, [asset.id]) },
  ];
}
