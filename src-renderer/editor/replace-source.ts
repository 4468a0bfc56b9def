import type { TimelineRecord } from '../../src-shared/timeline/document.ts';
import { replaceSource } from '../../src-shared/timeline/edits/replace-source.ts';
import { chooseFiles } from '../components/choose-file.ts';
import { t } from '../i18n/text.ts';
import type { Editor } from './editor.ts';
import { importFile } from './import-files.ts';
import { notify, notifyError } from './notices.ts';
import { assetDuration } from './place-asset.ts';

/** Puts another file in the place of a clip's or a sound's: everything about it stays but what it shows, from the file's beginning. */
export async function replaceWithFile(editor: Editor, record: Extract<TimelineRecord, { type: 'clip' | 'audio' }>): Promise<void> {
  const [file] = await chooseFiles(record.type === 'audio' ? 'audio/*' : 'video/*,image/*');
  if (file === undefined) return;
  try {
    const asset = await importFile(editor, file);
    const fits = record.type === 'audio' ? asset.kind === 'audio' : asset.kind === 'video' || asset.kind === 'image';
    if (!fits) {
      notify('error', t('missing.otherKind', { name: asset.name }));
      return;
    }
    editor.document.edit(t('missing.edit'), (records) => replaceSource(records, { id: record.id, assetId: asset.id, sourceDuration: assetDuration(asset) }));
  } catch (caught) {
    notifyError(caught);
  }
}
