import { copyItems, duplicate, nudge, paste, remove, split } from '../../src-shared/timeline/edits/arrange.ts';
import { addMarker } from '../../src-shared/timeline/edits/lanes.ts';
import type { NewId } from '../../src-shared/timeline/edits/edit-batch.ts';
import type { PlaceMode } from '../../src-shared/timeline/edits/place-items.ts';
import { rippleTrim } from '../../src-shared/timeline/edits/trim.ts';
import { isTrackItem } from '../../src-shared/timeline/tracks.ts';
import { t } from '../i18n/text.ts';
import type { Action } from './actions.ts';
import type { Editor } from './editor.ts';
import { placeAsset } from './place-asset.ts';

/** Ids of records made in this window. */
export const newRecordId: NewId = (prefix) => `${prefix}:${crypto.randomUUID()}`;

/** What is selected on the timeline itself, not in the library. */
export function selectedRecordIds(editor: Pick<Editor, 'document' | 'session'>): string[] {
  const { records } = editor.document.getState();
  return editor.session.getState().selectedIds.filter((id) => records[id] !== undefined && records[id].type !== 'sequence' && records[id].type !== 'track');
}

const editable = (editor: Editor) => !editor.project.readOnly;
const hasItems = (editor: Editor) => selectedRecordIds(editor).length > 0;
const canEditItems = (editor: Editor) => editable(editor) && hasItems(editor);
const playheadOf = (editor: Editor) => editor.session.getState().playhead;
const onTimeline = (editor: Editor) => editor.session.getState().viewerSource.kind === 'timeline';

function copy(editor: Editor): void {
  const clipboard = copyItems(editor.document.getState().records, selectedRecordIds(editor));
  if (clipboard.items.length > 0) editor.session.setState({ clipboard });
}

/** Runs an edit that makes items, and selects what it made. */
export function editAndSelect(editor: Editor, label: string, change: Parameters<Editor['document']['edit']>[1]): void {
  const before = editor.document.getState().records;
  editor.document.edit(label, change);
  const made = Object.values(editor.document.getState().records).filter((record) => isTrackItem(record) && before[record.id] === undefined).map(({ id }) => id);
  if (made.length > 0) editor.session.setState({ selectedIds: made });
}

function pasteAtPlayhead(editor: Editor, mode: PlaceMode): void {
  const { clipboard } = editor.session.getState();
  if (clipboard === null) return;
  editAndSelect(editor, t('timeline.edit.paste'), (records) => paste(records, { clipboard, frame: playheadOf(editor), mode, newId: newRecordId }));
}

function duplicateSelected(editor: Editor): void {
  const ids = selectedRecordIds(editor);
  const { items } = copyItems(editor.document.getState().records, ids);
  const length = Math.max(...items.map((item) => item.startFrame + item.durationFrames)) - Math.min(...items.map((item) => item.startFrame));
  editAndSelect(editor, t('timeline.edit.duplicate'), (records) => duplicate(records, { ids, deltaFrames: length, mode: 'insert', newId: newRecordId }));
}

/** Cuts the selected items under the playhead, or all items there when none of the selected ones is. */
function splitAtPlayhead(editor: Editor): void {
  const { records } = editor.document.getState();
  const frame = playheadOf(editor);
  const under = selectedRecordIds(editor).filter((id) => {
    const record = records[id];
    return isTrackItem(record) && record.startFrame < frame && frame < record.startFrame + record.durationFrames;
  });
  editor.document.edit(t('timeline.edit.split'), (current) => split(current, { ids: under, frame, newId: newRecordId }));
}

const nudgeBy = (editor: Editor, deltaFrames: number) => editor.document.edit(t('timeline.edit.nudge'), (records) => nudge(records, { ids: selectedRecordIds(editor), deltaFrames, newId: newRecordId }));

/** Ripple-trims the first selected item to the playhead. */
function trimToPlayhead(editor: Editor, edge: 'start' | 'end'): void {
  const [id] = selectedRecordIds(editor);
  if (id !== undefined) editor.document.edit(t('timeline.edit.trim'), (records) => rippleTrim(records, { id, edge, frame: playheadOf(editor) }));
}

/** Tools for single cuts, with the keys that Premiere has for them where those are free. */
const TRIM_TOOLS = [['ripple', 'R', 'timeline.action.rippleTool'], ['roll', 'N', 'timeline.action.rollTool'], ['slip', 'Y', 'timeline.action.slipTool'], ['slide', 'U', 'timeline.action.slideTool']] as const;

/** Everything that edits what lies on the tracks, for the registry of all actions. */
export const EDIT_ACTIONS: readonly Action[] = [
  { id: 'selectTool', label: 'timeline.action.selectTool', group: 'timeline', shortcuts: ['V'], isEnabled: () => true, run: (editor) => editor.session.setState({ tool: 'select' }) },
  { id: 'bladeTool', label: 'timeline.action.bladeTool', group: 'timeline', shortcuts: ['B'], isEnabled: editable, run: (editor) => editor.session.setState({ tool: 'blade' }) },
  ...TRIM_TOOLS.map(([tool, key, label]): Action => ({ id: `${tool}Tool`, label, group: 'timeline', shortcuts: [key], isEnabled: editable, run: (editor) => editor.session.setState({ tool }) })),
  { id: 'split', label: 'timeline.action.split', group: 'timeline', shortcuts: ['Ctrl+B', 'Ctrl+K'], isEnabled: (editor) => editable(editor) && onTimeline(editor), run: splitAtPlayhead },
  { id: 'cut', label: 'timeline.action.cut', group: 'timeline', shortcuts: ['Ctrl+X'], isEnabled: canEditItems, run: (editor) => { copy(editor); const ids = selectedRecordIds(editor); editor.document.edit(t('timeline.edit.cut'), (records) => remove(records, ids)); } },
  { id: 'copy', label: 'timeline.action.copy', group: 'timeline', shortcuts: ['Ctrl+C'], isEnabled: hasItems, run: copy },
  { id: 'paste', label: 'timeline.action.paste', group: 'timeline', shortcuts: ['Ctrl+V'], isEnabled: (editor) => editable(editor) && editor.session.getState().clipboard !== null, run: (editor) => pasteAtPlayhead(editor, 'overwrite') },
  { id: 'pasteInsert', label: 'timeline.action.pasteInsert', group: 'timeline', shortcuts: ['Ctrl+Shift+V'], isEnabled: (editor) => editable(editor) && editor.session.getState().clipboard !== null, run: (editor) => pasteAtPlayhead(editor, 'insert') },
  { id: 'duplicate', label: 'timeline.action.duplicate', group: 'timeline', shortcuts: ['Ctrl+D'], isEnabled: canEditItems, run: duplicateSelected },
  { id: 'selectAll', label: 'timeline.action.selectAll', group: 'timeline', shortcuts: ['Ctrl+A'], isEnabled: () => true, run: (editor) => editor.session.setState({ selectedIds: Object.values(editor.document.getState().records).filter(isTrackItem).map(({ id }) => id) }) },
  { id: 'nudgeLeft', label: 'timeline.action.nudgeLeft', group: 'timeline', shortcuts: ['Alt+Left'], isEnabled: canEditItems, run: (editor) => nudgeBy(editor, -1) },
  { id: 'nudgeRight', label: 'timeline.action.nudgeRight', group: 'timeline', shortcuts: ['Alt+Right'], isEnabled: canEditItems, run: (editor) => nudgeBy(editor, 1) },
  { id: 'trimStart', label: 'timeline.action.trimStart', group: 'timeline', shortcuts: ['['], isEnabled: canEditItems, run: (editor) => trimToPlayhead(editor, 'start') },
  { id: 'trimEnd', label: 'timeline.action.trimEnd', group: 'timeline', shortcuts: [']'], isEnabled: canEditItems, run: (editor) => trimToPlayhead(editor, 'end') },
  { id: 'insertClip', label: 'timeline.action.insertClip', group: 'timeline', shortcuts: [','], isEnabled: editable, run: (editor) => placeAsset(editor, 'insert') },
  { id: 'overwriteClip', label: 'timeline.action.overwriteClip', group: 'timeline', shortcuts: ['.'], isEnabled: editable, run: (editor) => placeAsset(editor, 'overwrite') },
  { id: 'addMarker', label: 'timeline.action.addMarker', group: 'timeline', shortcuts: ['M'], isEnabled: (editor) => editable(editor) && onTimeline(editor), run: (editor) => editor.document.edit(t('timeline.edit.marker'), (records) => addMarker(records, { id: newRecordId('marker'), type: 'marker', frame: playheadOf(editor), label: '', color: 'amber' })) },
];
