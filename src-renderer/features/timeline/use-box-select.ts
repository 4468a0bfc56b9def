import { useState, type PointerEvent } from 'react';
import { endFrame } from '../../../src-shared/timeline/records/span.ts';
import { isTrackItem } from '../../../src-shared/timeline/tracks.ts';
import { usePointerDrag } from '../../components/use-pointer-drag.ts';
import type { Editor } from '../../editor/editor.ts';
import type { Lane } from './lanes.ts';

/** A rectangle over the lanes, in CSS pixels from their top left. */
export interface SelectionBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const START_PIXELS = 4;

/** Selects what a rectangle touches that is drawn over free ground; a click there deselects. Ctrl adds to the selection. */
export function useBoxSelect(editor: Editor, lanes: readonly Lane[], originOf: () => { readonly x: number; readonly y: number }) {
  const beginDrag = usePointerDrag();
  const [box, setBox] = useState<SelectionBox | null>(null);

  const begin = (down: PointerEvent<HTMLElement>): void => {
    const origin = originOf();
    const [x, y] = [down.clientX - origin.x, down.clientY - origin.y];
    const before = editor.session.getState().selectedIds;
    const kept = down.ctrlKey || down.metaKey ? before : [];
    let dropped = false;
    beginDrag(down, {
      threshold: START_PIXELS,
      onMove: (_move, by) => {
        const shown = { left: Math.min(x, x + by.x), top: Math.min(y, y + by.y), width: Math.abs(by.x), height: Math.abs(by.y) };
        setBox(shown);
        const { pixelsPerFrame } = editor.session.getState();
        const [from, to] = [shown.left / pixelsPerFrame, (shown.left + shown.width) / pixelsPerFrame];
        const touched = new Set(lanes.filter((lane) => lane.top < shown.top + shown.height && lane.top + lane.height > shown.top).map(({ id }) => id));
        const inside = Object.values(editor.document.getState().records).filter((record) => isTrackItem(record) && touched.has(record.trackId) && record.startFrame < to && endFrame(record) > from).map(({ id }) => id);
        editor.session.setState({ selectedIds: [...new Set([...kept, ...inside])] });
      },
      onDrop: (_up, moved) => {
        dropped = true;
        if (!moved) editor.session.setState({ selectedIds: [] });
      },
      onEnd: () => {
        setBox(null);
        if (!dropped) editor.session.setState({ selectedIds: before });
      },
    });
  };
  return { box, begin };
}
