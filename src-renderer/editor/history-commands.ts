import { diffRecords } from '../../src-shared/timeline/diff.ts';
import type { TimelineRecord, TimelineRecords } from '../../src-shared/timeline/document.ts';
import { t } from '../i18n/text.ts';
import type { Editor } from './editor.ts';
import { notify } from './notices.ts';

/** How many things another moment of the timeline has more, less and otherwise than this one. */
export interface MomentChanges {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

const counts = (record: TimelineRecord): boolean => record.type !== 'sequence';

/** What going from `now` to `then` does. */
export function changesTo(now: TimelineRecords, then: TimelineRecords): MomentChanges {
  const { added, removed, updated } = diffRecords(now, then);
  return { added: added.filter(counts).length, removed: removed.filter(counts).length, changed: updated.length };
}

/** Brings the timeline back to how it was: one edit that can be undone like any other, so that no moment is ever lost. */
export function restoreMoment(editor: Editor, name: string, then: TimelineRecords): void {
  editor.drafts.commitAll();
  editor.document.edit(t('history.restoreOf', { name: name.slice(0, 80) }), (now) => diffRecords(now, then));
  editor.session.setState(({ selectedIds }) => ({ viewerSource: { kind: 'timeline' }, selectedIds: selectedIds.filter((id) => then[id] !== undefined) }));
  notify('success', t('history.restored', { name }), { label: t('action.undo'), run: () => void editor.document.undo() });
}
