import type { Motion } from '../../src-shared/contract/motions.ts';
import { downloadUrl } from '../api/media-address.ts';
import { uploadMotion } from '../api/upload.ts';
import { t } from '../i18n/text.ts';
import { projectKeys, selectedEvent, type Editor } from './editor.ts';
import { addMotion } from './event-motions.ts';
import { notify, notifyError } from './notices.ts';
import type { LearnStart } from './session-store.ts';
import { eventById } from './timeline-edits.ts';

/** Kinds of data that the window's own drags carry. */
export const MOTION_DRAG = 'application/x-motif-motion';
export const ASSET_DRAG = 'application/x-motif-asset';

const refresh = (editor: Editor) => editor.queryClient.invalidateQueries({ queryKey: projectKeys.motions(editor.project.id) });

/** Opens the way from a clip to a motion. */
export function openLearning(editor: Editor, start: LearnStart): void {
  editor.session.setState({ dialog: { kind: 'learn', start } });
}

/** Shows a motion in the library and its facts in the inspector; the event one works on stays selected behind it. */
export function showMotion(editor: Editor, motionId: string): void {
  const event = selectedEvent(editor);
  editor.session.setState({ libraryTab: 'motions', leftOpen: true, rightOpen: true, selectedIds: [motionId, ...(event ? [event.id] : [])] });
}

/** Puts a motion on an event: an edit like any other. */
export function putMotionOn(editor: Editor, eventId: string, motionId: string): void {
  const event = eventById(editor.document.getState().records, eventId);
  const motion = editor.motions().find(({ id }) => id === motionId);
  if (!event || editor.project.readOnly) return;
  if (motion && motion.packIds.length === 0) {
    notify('error', t('motions.otherModel', { name: motion.name, pack: motion.model.packName }));
    return;
  }
  editor.document.transact(t('motions.edit.add'), (records) => addMotion(records, eventId, motionId));
  editor.session.setState({ selectedIds: [eventId], rightOpen: true });
}

export async function renameMotion(editor: Editor, motion: Motion, name: string): Promise<void> {
  if (name.trim() === '' || name.trim() === motion.name) return;
  try {
    await editor.client.motions.rename({ projectId: editor.project.id, motionId: motion.id, name: name.trim() });
  } catch (caught) {
    notifyError(caught);
  }
  await refresh(editor);
}

/** How long a removed motion can be taken back; only then the host is told. */
const GRACE_MS = 6000;

/** A motion that disappears from the window and is removed on the host once the time to take it back is over. */
export function removeMotion(editor: Editor, motion: Motion): void {
  let isKept = false;
  editor.removedMotions.add(motion.id);
  void refresh(editor);
  editor.session.setState(({ selectedIds }) => ({ selectedIds: selectedIds.filter((id) => id !== motion.id) }));
  const restore = () => {
    editor.removedMotions.delete(motion.id);
    void refresh(editor);
  };
  notify('info', t('motions.deleted', { name: motion.name }), {
    label: t('action.undo'),
    run: () => {
      isKept = true;
      restore();
    },
  });
  setTimeout(() => {
    if (isKept) return;
    void editor.client.motions.remove({ projectId: editor.project.id, motionId: motion.id }).catch((caught: unknown) => {
      restore();
      notifyError(caught);
    }).finally(() => void refresh(editor));
  }, GRACE_MS);
}

/** Writes a motion to a file: where the desktop's dialog says, or as a download. */
export async function exportMotion(editor: Editor, motion: Motion): Promise<void> {
  const { client, project, info } = editor;
  try {
    if (!info.capabilities.includes('nativeDialogs')) {
      const link = document.createElement('a');
      link.href = downloadUrl(info.mediaBase, project.id, motion.id);
      link.download = '';
      link.click();
      return;
    }
    const { path } = await client.system.chooseSavePath({ defaultName: `${motion.name.slice(0, 100)}.motion.safetensors` });
    if (path === null) return;
    const written = await client.motions.exportToFile({ projectId: project.id, motionId: motion.id, path });
    notify('success', t('motions.exported', { path: written.path }), info.capabilities.includes('revealInFolder') ? { label: t('action.reveal'), run: () => void client.system.revealInFolder({ path: written.path }) } : null);
  } catch (caught) {
    notifyError(caught);
  }
}

/** True for files that look like exported motions. */
export const isMotionFile = (file: Pick<File, 'name'>): boolean => /\.safetensors$/i.test(file.name);

/** Takes motion files in and shows the last of them. */
export async function importMotions(editor: Editor, files: readonly File[]): Promise<void> {
  for (const file of files) {
    try {
      const motion = await uploadMotion({ mediaBase: editor.info.mediaBase, projectId: editor.project.id, file });
      await refresh(editor);
      notify('success', t('motions.imported', { name: motion.name }));
      showMotion(editor, motion.id);
    } catch (caught) {
      notifyError(caught);
    }
  }
}

/** What dropped files mean on the Motions tab: motion files are taken in, the first video is learned from. */
export function takeDroppedFiles(editor: Editor, files: readonly File[]): void {
  const motions = files.filter(isMotionFile);
  const [clip] = files.filter((file) => !isMotionFile(file));
  if (motions.length > 0) void importMotions(editor, motions);
  if (clip) openLearning(editor, { file: clip });
}
