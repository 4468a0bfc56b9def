import { remove, rippleRemove } from '../../src-shared/timeline/edits/arrange.ts';
import { setInOut } from '../../src-shared/timeline/edits/lanes.ts';
import { framesToSeconds } from '../../src-shared/timing/frame-rate.ts';
import { t } from '../i18n/text.ts';
import { createActionRegistry, type Action } from './actions.ts';
import { activeJob, currentEvent, selectedEvent, UNFINISHED, type Editor } from './editor.ts';
import { leaveComparison } from './compare-takes.ts';
import { addTitle } from './caption-commands.ts';
import { trashAssets } from './library-commands.ts';
import { createEvent, deleteRecords, generateEvent } from './generate.ts';
import { FOOTAGE_ACTIONS } from './footage-commands.ts';
import { openLearning, removeMotion } from './motion-commands.ts';
import { notifyError } from './notices.ts';
import { EDIT_ACTIONS, selectedRecordIds } from './edit-actions.ts';
import { clampZoom } from './session-store.ts';
import { focusPane, PANE_LABELS, PANES } from './panes.ts';
import { sourceOf } from './playback-source.ts';
import { currentTake, TAKE_ACTIONS } from './take-actions.ts';
import { VIEWER_ACTIONS } from './viewer-actions.ts';
import { eventEdges, timelineEnd } from './timeline-edits.ts';
import { nextShuttle, playRange } from './transport.ts';

const always = () => true;
const editable = (editor: Editor) => !editor.project.readOnly;
const hasLength = (editor: Editor) => sourceOf(editor).lengthFrames > 0;

/** Marks belong to the timeline; a file shown on its own has none. */
const canMark = (editor: Editor) => editable(editor) && hasLength(editor) && editor.session.getState().viewerSource.kind === 'timeline';
const mark = (editor: Editor, range: Parameters<typeof setInOut>[1]) => editor.document.edit(t('timeline.edit.range'), (records) => setInOut(records, range));

function seek(editor: Editor, frame: number): void {
  const { lengthFrames } = sourceOf(editor);
  editor.session.setState({ playhead: Math.max(0, Math.min(Math.max(0, lengthFrames - 1), Math.round(frame))), shuttle: 0 });
}

const step = (editor: Editor, frames: number) => seek(editor, editor.session.getState().playhead + frames);

function second(editor: Editor): number {
  const { frameRate } = sourceOf(editor);
  return Math.max(1, Math.round(1 / framesToSeconds(1, frameRate)));
}

function togglePlay(editor: Editor): void {
  const state = editor.session.getState();
  if (state.shuttle !== 0) {
    editor.session.setState({ shuttle: 0 });
    return;
  }
  const range = playRange(state, sourceOf(editor).lengthFrames);
  // Play at the end starts over.
  const playhead = state.playhead >= range.end - 1 || state.playhead < range.start ? range.start : state.playhead;
  editor.session.setState({ shuttle: 1, playhead });
}

function jumpToEdge(editor: Editor, direction: 1 | -1): void {
  const { playhead } = editor.session.getState();
  const edges = eventEdges(editor.document.getState().records);
  const target = direction === 1 ? edges.find((edge) => edge > playhead) : edges.findLast((edge) => edge < playhead);
  if (target !== undefined) seek(editor, target);
}

/** The motion whose facts the inspector shows: what Delete means then, rather than the event behind it. */
const selectedMotion = (editor: Editor) => editor.motions().find(({ id }) => id === editor.session.getState().selectedIds[0]) ?? null;

/** The selected files while all that is selected are imported ones; what was generated stays with its takes. */
function selectedImports(editor: Editor): readonly string[] {
  const { selectedIds } = editor.session.getState();
  const isImport = (id: string): boolean => {
    const asset = editor.asset(id);
    return asset?.origin === 'imported' && asset.kind !== 'stage' && asset.kind !== 'motion';
  };
  return selectedIds.every(isImport) ? selectedIds : [];
}

/** The clip that Export means: the selected asset, the shown asset, or the current take's. */
export function exportableAssetId(editor: Editor): string | null {
  const { selectedIds, viewerSource } = editor.session.getState();
  const selected = selectedIds.find((id) => id.startsWith('asset:') && !editor.motions().some((motion) => motion.id === id));
  if (selected) return selected;
  if (viewerSource.kind === 'asset') return viewerSource.assetId;
  return currentTake(editor)?.asset.id ?? null;
}

function openVariations(editor: Editor): void {
  const event = currentEvent(editor);
  if (event) editor.session.setState({ dialog: { kind: 'vary', eventId: event.id }, shuttle: 0 });
}

async function cancelActive(editor: Editor): Promise<void> {
  const job = activeJob(editor.jobs());
  if (!job) return;
  await editor.client.jobs.cancel({ projectId: editor.project.id, jobId: job.id }).catch(notifyError);
}

function generateCurrent(editor: Editor, front: boolean): void {
  const event = currentEvent(editor);
  if (event) void generateEvent(editor, event, { front });
  else createEvent(editor);
}

/** Escape leaves one thing at a time and never touches a job. */
function leave(editor: Editor): void {
  const state = editor.session.getState();
  if (state.fullScreen) editor.session.setState({ fullScreen: false });
  else if (state.comparison !== null) leaveComparison(editor);
  else if (state.tool !== 'select') editor.session.setState({ tool: 'select' });
  else if (state.viewerSource.kind === 'asset') editor.session.setState({ viewerSource: { kind: 'timeline' }, playhead: 0, shuttle: 0 });
  else if (state.selectedIds.length > 0) editor.session.setState({ selectedIds: [] });
  else if (state.queueOpen) editor.session.setState({ queueOpen: false });
}

const zoomBy = (editor: Editor, factor: number) =>
  editor.session.setState(({ pixelsPerFrame }) => ({ pixelsPerFrame: clampZoom(pixelsPerFrame * factor) }));

const ACTIONS: readonly Action[] = [
  { id: 'playPause', label: 'action.playPause', group: 'playback', shortcuts: ['Space'], isEnabled: hasLength, run: togglePlay },
  { id: 'shuttleBack', label: 'action.shuttleBack', group: 'playback', shortcuts: ['J'], isEnabled: hasLength, run: (editor) => editor.session.setState(({ shuttle }) => ({ shuttle: nextShuttle(shuttle, -1) })) },
  { id: 'shuttleStop', label: 'action.shuttleStop', group: 'playback', shortcuts: ['K'], isEnabled: always, run: (editor) => editor.session.setState({ shuttle: 0 }) },
  { id: 'shuttleForward', label: 'action.shuttleForward', group: 'playback', shortcuts: ['L'], isEnabled: hasLength, run: (editor) => editor.session.setState(({ shuttle }) => ({ shuttle: nextShuttle(shuttle, 1) })) },
  { id: 'stepBack', label: 'action.stepBack', group: 'playback', shortcuts: ['Left'], isEnabled: hasLength, run: (editor) => step(editor, -1) },
  { id: 'stepForward', label: 'action.stepForward', group: 'playback', shortcuts: ['Right'], isEnabled: hasLength, run: (editor) => step(editor, 1) },
  { id: 'secondBack', label: 'action.secondBack', group: 'playback', shortcuts: ['Shift+Left'], isEnabled: hasLength, run: (editor) => step(editor, -second(editor)) },
  { id: 'secondForward', label: 'action.secondForward', group: 'playback', shortcuts: ['Shift+Right'], isEnabled: hasLength, run: (editor) => step(editor, second(editor)) },
  { id: 'toStart', label: 'action.toStart', group: 'playback', shortcuts: ['Home'], isEnabled: hasLength, run: (editor) => seek(editor, 0) },
  { id: 'toEnd', label: 'action.toEnd', group: 'playback', shortcuts: ['End'], isEnabled: hasLength, run: (editor) => seek(editor, Infinity) },
  { id: 'previousEdge', label: 'action.previousEdge', group: 'playback', shortcuts: ['Up'], isEnabled: hasLength, run: (editor) => jumpToEdge(editor, -1) },
  { id: 'nextEdge', label: 'action.nextEdge', group: 'playback', shortcuts: ['Down'], isEnabled: hasLength, run: (editor) => jumpToEdge(editor, 1) },
  { id: 'loop', label: 'action.loop', group: 'playback', shortcuts: ['Ctrl+L'], isEnabled: always, run: (editor) => editor.session.setState(({ loop }) => ({ loop: !loop })) },
  { id: 'markIn', label: 'action.markIn', group: 'playback', shortcuts: ['I'], isEnabled: canMark, run: (editor) => mark(editor, { inFrame: editor.session.getState().playhead }) },
  { id: 'markOut', label: 'action.markOut', group: 'playback', shortcuts: ['O'], isEnabled: canMark, run: (editor) => mark(editor, { outFrame: editor.session.getState().playhead + 1 }) },
  { id: 'goToIn', label: 'action.goToIn', group: 'playback', shortcuts: ['Shift+I'], isEnabled: (editor) => editor.session.getState().markIn !== null, run: (editor) => seek(editor, editor.session.getState().markIn ?? 0) },
  { id: 'goToOut', label: 'action.goToOut', group: 'playback', shortcuts: ['Shift+O'], isEnabled: (editor) => editor.session.getState().markOut !== null, run: (editor) => seek(editor, editor.session.getState().markOut ?? 0) },
  { id: 'clearIn', label: 'action.clearIn', group: 'playback', shortcuts: ['Alt+I'], isEnabled: editable, run: (editor) => mark(editor, { inFrame: null }) },
  { id: 'clearOut', label: 'action.clearOut', group: 'playback', shortcuts: ['Alt+O'], isEnabled: editable, run: (editor) => mark(editor, { outFrame: null }) },
  { id: 'clearMarks', label: 'action.clearMarks', group: 'playback', shortcuts: ['Alt+X'], isEnabled: editable, run: (editor) => mark(editor, { inFrame: null, outFrame: null }) },

  { id: 'generate', label: 'action.generate', group: 'generate', shortcuts: ['Ctrl+Enter'], worksInText: true, isEnabled: editable, run: (editor) => generateCurrent(editor, false) },
  { id: 'generateNext', label: 'action.generateNext', group: 'generate', shortcuts: ['Ctrl+Shift+Enter'], worksInText: true, isEnabled: editable, run: (editor) => generateCurrent(editor, true) },
  { id: 'fastPreview', label: 'fastPreview.action', group: 'generate', shortcuts: ['Shift+D'], isEnabled: always, run: (editor) => editor.session.setState(({ fastPreview }) => ({ fastPreview: !fastPreview })) },
  { id: 'vary', label: 'vary.action', group: 'generate', shortcuts: ['Shift+V'], isEnabled: (editor) => editable(editor) && currentEvent(editor) !== null, run: openVariations },
  { id: 'learnMotion', label: 'motions.learn', group: 'generate', shortcuts: ['Shift+M'], isEnabled: editable, run: (editor) => openLearning(editor, null) },
  ...FOOTAGE_ACTIONS,
  { id: 'cancelJob', label: 'action.cancelJob', group: 'generate', shortcuts: ['Shift+X'], isEnabled: (editor) => activeJob(editor.jobs()) !== null, run: (editor) => void cancelActive(editor) },
  { id: 'queue', label: 'action.queue', group: 'generate', shortcuts: ['Q'], isEnabled: always, run: (editor) => editor.session.setState(({ queueOpen }) => ({ queueOpen: !queueOpen })) },

  { id: 'history', label: 'history.action', group: 'timeline', shortcuts: ['Shift+H'], isEnabled: always, run: (editor) => editor.session.setState({ dialog: { kind: 'history' }, shuttle: 0 }) },
  { id: 'disk', label: 'disk.action', group: 'view', shortcuts: [], isEnabled: always, run: (editor) => editor.session.setState({ dialog: { kind: 'disk' } }) },

  { id: 'clearQueue', label: 'queue.clear', group: 'generate', shortcuts: ['Ctrl+Shift+X'], isEnabled: (editor) => editor.jobs().some(({ state }) => UNFINISHED.has(state)), run: (editor) => editor.session.setState({ dialog: { kind: 'clearQueue' } }) },

  { id: 'undo', label: 'action.undo', group: 'timeline', shortcuts: ['Ctrl+Z'], isEnabled: (editor) => editable(editor) && editor.document.getState().undoLabel !== null, run: (editor) => void editor.document.undo() },
  { id: 'redo', label: 'action.redo', group: 'timeline', shortcuts: ['Ctrl+Shift+Z', 'Ctrl+Y'], isEnabled: (editor) => editable(editor) && editor.document.getState().redoLabel !== null, run: (editor) => void editor.document.redo() },
  { id: 'addEvent', label: 'action.addEvent', group: 'timeline', shortcuts: ['E'], isEnabled: editable, run: (editor) => void createEvent(editor) },
  {
    id: 'delete', label: 'action.delete', group: 'timeline', shortcuts: ['Delete', 'Backspace'],
    isEnabled: (editor) => editable(editor) && (selectedMotion(editor) !== null || selectedImports(editor).length > 0 || selectedRecordIds(editor).length > 0),
    run: (editor) => {
      const motion = selectedMotion(editor);
      if (motion) {
        removeMotion(editor, motion);
        return;
      }
      const files = selectedImports(editor);
      if (files.length > 0) {
        void trashAssets(editor, files);
        return;
      }
      const ids = selectedRecordIds(editor);
      deleteRecords(editor, ids, t(ids.length === 1 && selectedEvent(editor) ? 'edit.deleteEvent' : 'timeline.edit.removed'), (records) => remove(records, ids));
    },
  },
  {
    id: 'rippleDelete', label: 'action.rippleDelete', group: 'timeline', shortcuts: ['Shift+Delete'],
    isEnabled: (editor) => editable(editor) && selectedRecordIds(editor).length > 0,
    run: (editor) => {
      const ids = selectedRecordIds(editor);
      deleteRecords(editor, ids, t('timeline.edit.removed'), (records) => rippleRemove(records, ids));
    },
  },
  ...EDIT_ACTIONS,
  { id: 'addTitle', label: 'captions.addTitle', group: 'timeline', shortcuts: ['Shift+T'], isEnabled: editable, run: addTitle },
  { id: 'snap', label: 'action.snap', group: 'timeline', shortcuts: ['S'], isEnabled: always, run: (editor) => editor.session.setState(({ snapping }) => ({ snapping: !snapping })) },
  { id: 'zoomIn', label: 'action.zoomIn', group: 'timeline', shortcuts: ['=', '+'], isEnabled: always, run: (editor) => zoomBy(editor, 1.25) },
  { id: 'zoomOut', label: 'action.zoomOut', group: 'timeline', shortcuts: ['-'], isEnabled: always, run: (editor) => zoomBy(editor, 0.8) },
  { id: 'zoomFit', label: 'action.zoomFit', group: 'timeline', shortcuts: ['Ctrl+0'], isEnabled: always, run: (editor) => editor.session.setState({ pixelsPerFrame: fitZoom(editor) }) },

  ...TAKE_ACTIONS,
  {
    id: 'export', label: 'action.export', group: 'takes', shortcuts: ['Ctrl+E'], worksInText: true, isEnabled: (editor) => exportableAssetId(editor) !== null,
    run: (editor) => {
      const assetId = exportableAssetId(editor);
      if (assetId !== null) editor.session.setState({ dialog: { kind: 'export', assetId }, shuttle: 0 });
    },
  },
  {
    id: 'exportTimeline', label: 'action.exportTimeline', group: 'takes', shortcuts: ['Ctrl+Alt+E'], worksInText: true, isEnabled: (editor) => timelineEnd(editor.document.getState().records) > 0,
    run: (editor) => editor.session.setState({ dialog: { kind: 'exportTimeline' }, shuttle: 0 }),
  },

  { id: 'leftPanel', label: 'action.leftPanel', group: 'view', shortcuts: ['T'], isEnabled: always, run: (editor) => editor.session.setState(({ leftOpen }) => ({ leftOpen: !leftOpen })) },
  { id: 'rightPanel', label: 'action.rightPanel', group: 'view', shortcuts: ['G'], isEnabled: always, run: (editor) => editor.session.setState(({ rightOpen }) => ({ rightOpen: !rightOpen })) },
  { id: 'fullScreen', label: 'action.fullScreen', group: 'view', shortcuts: ['`', 'F11'], isEnabled: always, run: (editor) => editor.session.setState(({ fullScreen }) => ({ fullScreen: !fullScreen })) },
  ...VIEWER_ACTIONS,
  { id: 'shortcuts', label: 'action.shortcuts', group: 'view', shortcuts: ['?'], isEnabled: always, run: (editor) => editor.session.setState({ dialog: { kind: 'shortcuts' } }) },
  { id: 'palette', label: 'action.palette', group: 'view', shortcuts: ['Ctrl+Shift+P'], worksInText: true, isEnabled: always, run: (editor) => editor.session.setState({ dialog: { kind: 'palette' } }) },
  { id: 'models', label: 'action.models', group: 'view', shortcuts: [], isEnabled: always, run: (editor) => editor.session.setState({ dialog: { kind: 'models' } }) },
  { id: 'settings', label: 'action.settings', group: 'view', shortcuts: ['Ctrl+,'], worksInText: true, isEnabled: always, run: (editor) => editor.session.setState({ dialog: { kind: 'settings' } }) },
  ...PANES.map((pane, index): Action => ({ id: `focus-${pane}`, label: PANE_LABELS[pane], group: 'view', shortcuts: [`Alt+${index + 1}`], worksInText: true, isEnabled: always, run: (editor) => focusPane(editor, pane) })),
  { id: 'escape', label: 'action.escape', group: 'view', shortcuts: ['Escape'], isEnabled: always, run: leave },
];

/** Pixels per frame that show the whole timeline in the timeline's own width. */
function fitZoom(editor: Editor): number {
  const { lengthFrames } = sourceOf(editor);
  const { timelineWidth } = editor.session.getState();
  return clampZoom((timelineWidth - 48) / Math.max(8, lengthFrames));
}

/** All actions of the window. */
export const studioActions = createActionRegistry(ACTIONS);
