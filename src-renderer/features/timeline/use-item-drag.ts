import { useState, type PointerEvent } from 'react';
import { applyDiff, type TimelineDiff } from '../../../src-shared/timeline/diff.ts';
import type { TimelineRecords, TrackItem } from '../../../src-shared/timeline/document.ts';
import { duplicate, move, split } from '../../../src-shared/timeline/edits/arrange.ts';
import { fadesOf, setFade } from '../../../src-shared/timeline/edits/fades.ts';
import { hasSource } from '../../../src-shared/timeline/edits/source-range.ts';
import { rippleTrim, roll, slide, slip, trim, trimMany } from '../../../src-shared/timeline/edits/trim.ts';
import { endFrame } from '../../../src-shared/timeline/records/span.ts';
import { isTrackItem, trackById } from '../../../src-shared/timeline/tracks.ts';
import { usePointerDrag } from '../../components/use-pointer-drag.ts';
import { editAndSelect, newRecordId, selectedRecordIds } from '../../editor/edit-actions.ts';
import type { Editor } from '../../editor/editor.ts';
import type { TimelineTool } from '../../editor/session-store.ts';
import { keyframeStride } from '../../editor/generate.ts';
import { keyframeGrid, snapEdges, snapPoints, snapToKeyframes } from '../../editor/snapping.ts';
import { t } from '../../i18n/text.ts';

export type DragPart = 'body' | 'start' | 'end' | 'fadeIn' | 'fadeOut';

/** A drag in progress as the lanes draw it. Nothing of it is an edit until the button is released. */
export interface ItemDrag {
  /** Ids that move with the pointer. */
  readonly ids: ReadonlySet<string>;
  /** The document with the drag applied; null while nothing is dragged. */
  readonly records: TimelineRecords | null;
  readonly snapLine: number | null;
}

const SNAP_PIXELS = 8;
const START_PIXELS = 3;
const NOTHING: ItemDrag = { ids: new Set(), records: null, snapLine: null };

/** What a drag does, from the tool and its keys: Shift slips footage or ripples an edge, Alt copies or fades one side only, Ctrl suspends snapping. */
interface Gesture {
  readonly part: DragPart;
  readonly item: TrackItem;
  readonly ids: readonly string[];
  readonly deltaFrames: number;
  readonly trackId: string | undefined;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly tool: TimelineTool;
}

const isSlip = ({ part, shift, item, tool }: Pick<Gesture, 'part' | 'shift' | 'item' | 'tool'>) => part === 'body' && (shift || tool === 'slip') && hasSource(item);

const isFade = (part: DragPart): part is 'fadeIn' | 'fadeOut' => part === 'fadeIn' || part === 'fadeOut';

/** Frame of what is pulled, before the drag. */
function grabbed(item: TrackItem, part: DragPart): number {
  const [fadeIn, fadeOut] = fadesOf(item);
  if (part === 'fadeIn') return item.startFrame + fadeIn;
  if (part === 'fadeOut') return endFrame(item) - fadeOut;
  return part === 'end' ? endFrame(item) : item.startFrame;
}

function diffOf(records: TimelineRecords, gesture: Gesture): TimelineDiff {
  const { part, item, ids, deltaFrames, trackId, shift, alt, tool } = gesture;
  if (isFade(part)) {
    const [fadeIn, fadeOut] = fadesOf(item);
    return setFade(records, { id: item.id, edge: part === 'fadeIn' ? 'start' : 'end', frames: part === 'fadeIn' ? fadeIn + deltaFrames : fadeOut - deltaFrames, both: !alt });
  }
  if (part !== 'body') {
    const frame = grabbed(item, part) + deltaFrames;
    if (tool === 'roll') return roll(records, { id: item.id, edge: part, frame });
    if (shift || tool === 'ripple') return rippleTrim(records, { id: item.id, edge: part, frame });
    return ids.length > 1 ? trimMany(records, { ids, edge: part, deltaFrames }) : trim(records, { id: item.id, edge: part, frame });
  }
  if (isSlip(gesture)) return slip(records, { ids, deltaFrames: -deltaFrames });
  if (tool === 'slide') return slide(records, { id: item.id, deltaFrames });
  // Words are never covered by accident; footage is, as in every editor.
  const mode = ids.every((id) => records[id]?.type === 'promptEvent') ? 'free' : 'overwrite';
  if (alt) return duplicate(records, { ids, deltaFrames, mode, newId: newRecordId });
  return move(records, { ids, deltaFrames, mode, newId: newRecordId, ...(trackId === undefined ? {} : { trackId }) });
}

function labelOf(gesture: Gesture): string {
  if (isFade(gesture.part)) return t(gesture.item.type === 'promptEvent' ? 'timeline.edit.blend' : 'timeline.edit.fade');
  if (gesture.part !== 'body' && gesture.tool === 'roll') return t('timeline.edit.roll');
  if (gesture.part === 'body' && gesture.tool === 'slide') return t('timeline.edit.slide');
  if (gesture.item.type === 'promptEvent' && gesture.ids.length === 1 && !gesture.alt) return t(gesture.part === 'body' ? 'edit.moveEvent' : 'edit.retimeEvent');
  if (gesture.part !== 'body') return t('timeline.edit.trim');
  return t(isSlip(gesture) ? 'timeline.edit.slip' : gesture.alt ? 'timeline.edit.duplicate' : 'timeline.edit.move');
}

/** Moves, trims, slips, copies and cuts items with the pointer; Escape lets go without a change. `trackAt` tells the track at a height. */
export function useItemDrag(editor: Editor, at: { readonly frame: (clientX: number) => number; readonly trackId: (clientY: number) => string | null }) {
  const [active, setActive] = useState<ItemDrag>(NOTHING);
  const beginDrag = usePointerDrag();

  const select = (down: PointerEvent<HTMLElement>, id: string): readonly string[] => {
    const selected = selectedRecordIds(editor);
    const extend = down.ctrlKey || down.metaKey;
    const next = extend ? (selected.includes(id) ? selected.filter((other) => other !== id) : [...selected, id]) : selected.includes(id) ? selected : [id];
    // The first one fills the inspector: the pressed one is meant.
    editor.session.setState({ selectedIds: extend ? next : [id, ...next.filter((other) => other !== id)], viewerSource: { kind: 'timeline' } });
    return next;
  };

  const begin = (down: PointerEvent<HTMLElement>, id: string, part: DragPart): void => {
    if (down.button !== 0) return;
    const before = editor.document.getState().records;
    const item = before[id];
    if (!isTrackItem(item)) return;
    if (editor.session.getState().tool === 'blade' && !editor.project.readOnly) {
      down.preventDefault();
      editor.document.edit(t('timeline.edit.split'), (records) => split(records, { ids: [id], frame: at.frame(down.clientX), newId: newRecordId }));
      return;
    }
    const selected = select(down, id);
    if (editor.project.readOnly || !selected.includes(id) || trackById(before, item.trackId)?.locked !== false) return;
    const ids = selected.filter((other) => isTrackItem(before[other]));
    const { tool } = editor.session.getState();
    const moving = new Set(part === 'body' && tool !== 'slide' ? ids : [id]);
    const points = snapPoints(before, { exclude: moving, playhead: editor.session.getState().playhead });
    const grid = item.type === 'promptEvent' ? keyframeGrid(before, keyframeStride(editor), part === 'body' || part === 'start' ? moving : new Set()) : null;
    let gesture: Gesture | null = null;

    beginDrag(down, {
      threshold: START_PIXELS,
      onMove: (move_, by) => {
        const { pixelsPerFrame, snapping } = editor.session.getState();
        const delta = by.x / pixelsPerFrame;
        const shift = move_.shiftKey;
        const slips = isSlip({ part, shift, item, tool });
        const edges = slips ? [] : part === 'body' ? [...moving].flatMap((other) => { const moved = before[other]; return isTrackItem(moved) ? [moved.startFrame, endFrame(moved)] : []; }) : [grabbed(item, part)];
        const dragged = edges.map((edge) => edge + delta);
        const near = snapping && !move_.ctrlKey ? snapEdges(dragged, points, SNAP_PIXELS / pixelsPerFrame) : { offset: 0, line: null };
        const snap = near.line === null && grid !== null && snapping && !move_.ctrlKey ? snapToKeyframes(dragged, grid, SNAP_PIXELS / pixelsPerFrame) : near;
        const trackId = part === 'body' && tool !== 'slide' && ids.length === 1 ? (at.trackId(move_.clientY) ?? undefined) : undefined;
        gesture = { part, item, ids, deltaFrames: Math.round(delta + snap.offset), trackId, shift, alt: move_.altKey, tool };
        const records = applyDiff(before, diffOf(before, gesture));
        const result = records[id];
        // The line is drawn where an edge really stands: a neighbour may have stopped it earlier.
        const stands = isTrackItem(result) ? [result.startFrame, endFrame(result), ...(isFade(part) ? [grabbed(result, part)] : [])] : [];
        const holds = snap.line !== null && (moving.size > 1 || gesture.alt || stands.includes(snap.line));
        setActive({ ids: moving, records, snapLine: holds ? snap.line : null });
      },
      onDrop: (_up, moved) => {
        if (!moved || gesture === null) return;
        const done = gesture;
        (done.alt && part === 'body' ? editAndSelect : (_: Editor, label: string, change: Parameters<Editor['document']['edit']>[1]) => editor.document.edit(label, change))(editor, labelOf(done), (records) => diffOf(records, done));
      },
      onEnd: () => setActive(NOTHING),
    });
  };
  return { ...active, begin };
}
