import { useEffect, useRef, useState, type PointerEvent } from 'react';
import type { TimelineRecords } from '../../../src-shared/timeline/document.ts';
import type { Editor } from '../../editor/editor.ts';
import { snapEdges, snapPoints } from '../../editor/snapping.ts';
import { endFrame, eventById, moveEvent, retimeEvent } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';

export type DragPart = 'body' | 'start' | 'end';

/** A drag in progress as the lanes draw it. Nothing of it is an edit until the button is released. */
export interface EventDrag {
  readonly eventId: string | null;
  /** The document with the drag applied; null while nothing is dragged. */
  readonly records: TimelineRecords | null;
  readonly snapLine: number | null;
  begin(event: PointerEvent<HTMLElement>, eventId: string, part: DragPart): void;
}

const SNAP_PIXELS = 8;
const START_PIXELS = 3;

interface Active {
  readonly eventId: string;
  readonly records: TimelineRecords | null;
  readonly snapLine: number | null;
}

/** Moves and retimes prompt events with the pointer; Escape lets go without a change, Ctrl suspends snapping. */
export function useEventDrag(editor: Editor): EventDrag {
  const [active, setActive] = useState<Active | null>(null);
  const cancel = useRef<(() => void) | null>(null);
  useEffect(() => () => cancel.current?.(), []);

  const begin = (down: PointerEvent<HTMLElement>, eventId: string, part: DragPart) => {
    if (down.button !== 0) return;
    editor.session.setState({ selectedIds: [eventId], viewerSource: { kind: 'timeline' } });
    if (editor.project.readOnly) return;
    const handle = down.currentTarget;
    handle.setPointerCapture(down.pointerId);
    const before = editor.document.getState().records;
    const origin = eventById(before, eventId);
    if (!origin) return;
    let latest: TimelineRecords | null = null;

    const onMove = (move: globalThis.PointerEvent) => {
      const pixels = move.clientX - down.clientX;
      if (latest === null && Math.abs(pixels) < START_PIXELS) return;
      const { pixelsPerFrame, snapping, playhead, markIn, markOut } = editor.session.getState();
      const edges = part === 'body' ? [origin.startFrame, endFrame(origin)] : [part === 'start' ? origin.startFrame : endFrame(origin)];
      const delta = pixels / pixelsPerFrame;
      const points = snapping && !move.ctrlKey ? snapPoints(before, { excludeId: eventId, playhead, marks: [markIn, markOut] }) : [];
      const snap = snapEdges(edges.map((edge) => edge + delta), points, SNAP_PIXELS / pixelsPerFrame);
      const shifted = Math.round(delta + snap.offset);
      latest = part === 'body' ? moveEvent(before, eventId, origin.startFrame + shifted) : retimeEvent(before, eventId, part, (edges[0] ?? 0) + shifted);
      const result = eventById(latest, eventId) ?? origin;
      // The line is drawn where an edge really stands: a neighbour may have stopped it earlier.
      const stands = part === 'body' ? [result.startFrame, endFrame(result)] : [part === 'start' ? result.startFrame : endFrame(result)];
      setActive({ eventId, records: latest, snapLine: snap.line !== null && stands.includes(snap.line) ? snap.line : null });
    };
    const finish = () => {
      handle.removeEventListener('pointermove', onMove);
      handle.removeEventListener('pointerup', onUp);
      handle.removeEventListener('pointercancel', finish);
      window.removeEventListener('keydown', onKeyDown, true);
      cancel.current = null;
      setActive(null);
    };
    const onUp = () => {
      const dragged = latest;
      finish();
      const moved = dragged ? eventById(dragged, eventId) : null;
      if (!moved) return;
      editor.document.transact(t(part === 'body' ? 'edit.moveEvent' : 'edit.retimeEvent'), (records) => {
        const current = eventById(records, eventId);
        return current ? { ...records, [eventId]: { ...current, startFrame: moved.startFrame, durationFrames: moved.durationFrames } } : records;
      });
    };
    const onKeyDown = (key: KeyboardEvent) => {
      if (key.key !== 'Escape') return;
      key.preventDefault();
      key.stopPropagation();
      finish();
    };
    handle.addEventListener('pointermove', onMove);
    handle.addEventListener('pointerup', onUp);
    handle.addEventListener('pointercancel', finish);
    // In the capture phase: the window's own Escape would deselect.
    window.addEventListener('keydown', onKeyDown, true);
    cancel.current = finish;
    setActive({ eventId, records: null, snapLine: null });
  };

  return { eventId: active?.records ? active.eventId : null, records: active?.records ?? null, snapLine: active?.snapLine ?? null, begin };
}
