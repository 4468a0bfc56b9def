import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { parseCaptions, writeCaptions, type CaptionFormat } from '../../src-shared/timeline/captions/caption-file.ts';
import { captionsFromCues, cuesFromCaptions } from '../../src-shared/timeline/captions/caption-track.ts';
import { addItems } from '../../src-shared/timeline/edits/arrange.ts';
import { CAPTION_DEFAULTS, type Caption } from '../../src-shared/timeline/records/caption.ts';
import { endFrame } from '../../src-shared/timeline/records/span.ts';
import { itemsByTrack, sequenceOf, tracksOf } from '../../src-shared/timeline/tracks.ts';
import { t } from '../i18n/text.ts';
import { editAndSelect, newRecordId } from './edit-actions.ts';
import type { Editor } from './editor.ts';
import { notify, notifyError } from './notices.ts';
import { saveText } from './save-text.ts';
import { addEvent } from './timeline-edits.ts';
import { clipFrames, newEventDraft } from './generate.ts';

/** Seconds that a new title stays. */
const TITLE_SECONDS = 3;

/** Captions of a track from left to right. */
export const captionsOn = (editor: Pick<Editor, 'document'>, trackId: string): Caption[] => (itemsByTrack(editor.document.getState().records).get(trackId) ?? []).flatMap((item) => (item.type === 'caption' ? [item] : []));

/** Puts the captions of a SubRip or WebVTT file on a track, over what lies there at the same times. */
export async function importCaptions(editor: Editor, file: File, trackId = 'track:caption'): Promise<void> {
  try {
    const cues = parseCaptions(await file.text());
    const items = captionsFromCues(cues, { trackId, rate: sequenceOf(editor.document.getState().records).frameRate, newId: newRecordId });
    editor.document.edit(t('captions.edit.import'), (records) => addItems(records, { items, mode: 'overwrite', newId: newRecordId }));
    notify('success', t('captions.imported', { count: items.length, name: file.name }), { label: t('action.undo'), run: () => void editor.document.undo() });
  } catch (caught) {
    notifyError(StudioError.from(caught));
  }
}

/** Hands a track's captions over as a file. */
export function exportCaptions(editor: Editor, trackId: string, format: CaptionFormat): void {
  const captions = captionsOn(editor, trackId);
  if (captions.length === 0) {
    notify('error', t('captions.none'));
    return;
  }
  const text = writeCaptions(cuesFromCaptions(captions, sequenceOf(editor.document.getState().records).frameRate), format);
  saveText(text, { name: `${editor.project.name}.${format}`, type: format === 'vtt' ? 'text/vtt' : 'application/x-subrip' });
}

/** Puts a title at the playhead, on the first caption track with room for it, and selects it. */
export function addTitle(editor: Editor): void {
  const { records } = editor.document.getState();
  const { frameRate } = sequenceOf(records);
  const startFrame = editor.session.getState().playhead;
  const durationFrames = Math.max(1, Math.round((TITLE_SECONDS * frameRate.num) / frameRate.den));
  const lanes = itemsByTrack(records);
  const open = tracksOf(records).filter(({ kind, locked }) => kind === 'caption' && !locked);
  const free = open.find(({ id }) => (lanes.get(id) ?? []).every((item) => endFrame(item) <= startFrame || item.startFrame >= startFrame + durationFrames));
  const trackId = (free ?? open[0])?.id;
  if (trackId === undefined) {
    notify('error', t('drop.locked'));
    return;
  }
  const title: Caption = { id: newRecordId('caption'), type: 'caption', ...CAPTION_DEFAULTS, trackId, kind: 'title', size: 0.12, startFrame, durationFrames, text: t('captions.newTitle') };
  editAndSelect(editor, t('captions.edit.title'), (current) => addItems(current, { items: [title], mode: 'free', newId: newRecordId }));
  editor.session.setState({ rightOpen: true, viewerSource: { kind: 'timeline' } });
}

/** Lines of a script as events in a row from `frame`: one line, one event. Headings and the marks of lists are left out. */
export async function importScript(editor: Editor, file: File, frame: number): Promise<void> {
  const lines = (await file.text()).split(/\r\n|\r|\n/).filter((line) => !/^\s*#/.test(line)).map((line) => line.replace(/^\s*(?:[-*>]+|\d+[.)])\s*/, '').trim()).filter((line) => line !== '');
  if (lines.length === 0) {
    notify('error', t('script.empty', { name: file.name }));
    return;
  }
  const durationFrames = clipFrames(editor);
  const draft = newEventDraft(editor);
  const ids = lines.map(() => newRecordId('promptEvent'));
  editor.document.transact(t('script.edit'), (before) =>
    lines.reduce((records, prompt, index) => addEvent(records, { id: ids[index] ?? '', frame: frame + index * durationFrames, durationFrames, draft: { ...draft, prompt: prompt.slice(0, 2000) } }), before),
  );
  editor.session.setState({ selectedIds: ids.slice(0, 1) });
  notify('success', t('script.imported', { count: lines.length, name: file.name }), { label: t('action.undo'), run: () => void editor.document.undo() });
}
