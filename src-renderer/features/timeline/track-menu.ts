import { moveTrack, removeTrack, setTrack } from '../../../src-shared/timeline/edits/lanes.ts';
import type { Track } from '../../../src-shared/timeline/records/track.ts';
import { isDefaultTrack, itemsByTrack, tracksOf } from '../../../src-shared/timeline/tracks.ts';
import { chooseFiles } from '../../components/choose-file.ts';
import type { MenuLine } from '../../components/ContextMenu.tsx';
import { exportCaptions, importCaptions } from '../../editor/caption-commands.ts';
import type { Editor } from '../../editor/editor.ts';
import { t } from '../../i18n/text.ts';

const set = (editor: Editor, track: Track, patch: Parameters<typeof setTrack>[2]) => editor.document.edit(t('timeline.edit.track'), (records) => setTrack(records, track.id, patch));

/** Moves a lane up or down by one. */
function shift(editor: Editor, track: Track, by: 1 | -1): void {
  editor.document.edit(t('menu.edit.moveTrack'), (records) => moveTrack(records, { id: track.id, index: tracksOf(records).findIndex(({ id }) => id === track.id) + by }));
}

async function bringCaptions(editor: Editor, track: Track): Promise<void> {
  for (const file of await chooseFiles('.srt,.vtt')) await importCaptions(editor, file, track.id);
}

/** Everything one can do with a lane. */
export function trackMenu(track: Track, name: string, isReadOnly: boolean, rename: () => void): MenuLine[] {
  const captions: MenuLine[] = track.kind !== 'caption' ? [] : [
    { label: t('captions.import'), disabled: isReadOnly || track.locked, run: (editor) => void bringCaptions(editor, track) },
    { label: t('captions.exportSrt'), run: (editor) => exportCaptions(editor, track.id, 'srt') },
    { label: t('captions.exportVtt'), run: (editor) => exportCaptions(editor, track.id, 'vtt') },
    { action: 'addTitle' },
    'divider',
  ];
  return [
    ...captions,
    { label: t('menu.selectAll', { name }), run: (editor) => editor.session.setState({ selectedIds: (itemsByTrack(editor.document.getState().records).get(track.id) ?? []).map(({ id }) => id) }) },
    { label: t('menu.renameTrack'), disabled: isReadOnly, run: rename },
    { label: t('menu.trackUp'), disabled: isReadOnly, run: (editor) => shift(editor, track, -1) },
    { label: t('menu.trackDown'), disabled: isReadOnly, run: (editor) => shift(editor, track, 1) },
    'divider',
    { label: t(track.locked ? 'menu.unlock' : 'menu.lock'), disabled: isReadOnly, run: (editor) => set(editor, track, { locked: !track.locked }) },
    ...(track.kind === 'video' || track.kind === 'audio' ? [{ label: t(track.muted ? 'menu.unmute' : 'menu.mute'), disabled: isReadOnly, run: (editor: Editor) => set(editor, track, { muted: !track.muted }) }, { label: t(track.solo === true ? 'menu.unsolo' : 'menu.solo'), disabled: isReadOnly, run: (editor: Editor) => set(editor, track, { solo: track.solo !== true }) }] : []),
    ...(track.kind === 'audio' ? [] : [{ label: t(track.hidden ? 'menu.show' : 'menu.hide'), disabled: isReadOnly, run: (editor: Editor) => set(editor, track, { hidden: !track.hidden }) }]),
    ...(isDefaultTrack(track.id) ? [] : ['divider' as const, { label: t('timeline.track.remove', { name }), danger: true, disabled: isReadOnly || track.locked, run: (editor: Editor) => editor.document.edit(t('timeline.edit.removeTrack'), (records) => removeTrack(records, track.id)) }]),
  ];
}
