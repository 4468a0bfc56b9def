import type { Asset } from '../../src-shared/contract/assets.ts';
import type { ClipPart } from '../../src-shared/contract/stylization.ts';
import type { Clip } from '../../src-shared/timeline/document.ts';
import { sourceOut } from '../../src-shared/timeline/edits/source-range.ts';
import { sequenceOf } from '../../src-shared/timeline/tracks.ts';
import { ceilRational, floorRational, multiplyRational, type Rational } from '../../src-shared/timing/rational.ts';
import type { FrameRate } from '../../src-shared/timing/frame-rate.ts';
import { t } from '../i18n/text.ts';
import type { Action } from './actions.ts';
import { projectKeys, type Editor } from './editor.ts';
import { notify, notifyError } from './notices.ts';
import { eventById } from './timeline-edits.ts';

/** The frames of a source that a clip on the timeline shows. */
export function shownPart(clip: Clip, source: Pick<Asset, 'frames' | 'frameRate'>, timelineRate: FrameRate): ClipPart | null {
  const { frames, frameRate } = source;
  if (frames === null || frameRate === null) return null;
  const frameAt = (seconds: Rational) => multiplyRational(seconds, frameRate);
  const startFrame = Math.min(frames - 1, floorRational(frameAt(clip.sourceIn)));
  const endFrame = Math.min(frames, Math.max(startFrame + 1, ceilRational(frameAt(sourceOut(clip, timelineRate)))));
  return { startFrame, frames: endFrame - startFrame };
}

/** What is restyled or enlarged: a clip on the timeline, or one of the library. */
export interface Footage {
  readonly asset: Asset;
  readonly clip: Clip | null;
}

const isVideo = (asset: Asset | undefined): asset is Asset => asset?.kind === 'video';

/** The clip of a timeline record, or of an asset; null where there are no moving pictures. */
export function footageOf(editor: Editor, id: string): Footage | null {
  const record = editor.document.getState().records[id];
  const clip = record?.type === 'clip' ? record : null;
  const assetId = clip?.assetId ?? id;
  const asset = editor.asset(assetId) ?? editor.takes().find((take) => take.id === id)?.asset;
  return isVideo(asset) ? { asset, clip } : null;
}

const selectedFootage = (editor: Editor): Footage | null => footageOf(editor, editor.session.getState().selectedIds[0] ?? '');

const openPart = (kind: 'restyle' | 'reimagine') => (editor: Editor, { asset, clip }: Footage): void => {
  const part = clip === null ? null : shownPart(clip, asset, sequenceOf(editor.document.getState().records).frameRate);
  editor.session.setState({ dialog: { kind, assetId: asset.id, clipId: clip?.id ?? null, part }, shuttle: 0 });
};

/** Opens the way to another look. */
export const openRestyle = openPart('restyle');

/** Opens the way from footage to the look of an event. */
export function restyleInStyleOf(editor: Editor, eventId: string, assetId: string): void {
  const style = eventById(editor.document.getState().records, eventId)?.style.trim() ?? '';
  editor.session.setState({ dialog: { kind: 'restyle', assetId, clipId: null, part: null, ...(style === '' ? {} : { words: style }) }, shuttle: 0 });
}

/** Opens the way to another clip that moves alike. */
export const openReimagine = openPart('reimagine');

export function openUpscale(editor: Editor, { asset }: Footage): void {
  editor.session.setState({ dialog: { kind: 'upscale', assetId: asset.id }, shuttle: 0 });
}

/** Queues work on footage and closes the dialog; the queue tells of the rest. */
export async function startFootage(editor: Editor, start: () => Promise<unknown>): Promise<void> {
  try {
    await start();
    void editor.queryClient.invalidateQueries({ queryKey: projectKeys.jobs(editor.project.id) });
    notify('info', t('footage.queued'), { label: t('action.queueShow'), run: () => editor.session.setState({ queueOpen: true }) });
    editor.session.setState({ dialog: null });
  } catch (caught) {
    notifyError(caught);
  }
}

const canWork = (editor: Editor) => !editor.project.readOnly && selectedFootage(editor) !== null;
const onSelected = (work: (editor: Editor, footage: Footage) => void) => (editor: Editor) => {
  const footage = selectedFootage(editor);
  if (footage) work(editor, footage);
};

/** What can be done with the selected clip, for the registry of all actions. */
export const FOOTAGE_ACTIONS: readonly Action[] = [
  { id: 'restyle', label: 'footage.restyle', group: 'generate', shortcuts: ['Shift+R'], isEnabled: canWork, run: onSelected(openRestyle) },
  { id: 'reimagine', label: 'reimagine.open', group: 'generate', shortcuts: ['Shift+G'], isEnabled: canWork, run: onSelected(openReimagine) },
  { id: 'upscale', label: 'footage.upscale', group: 'generate', shortcuts: ['Shift+U'], isEnabled: canWork, run: onSelected(openUpscale) },
];
