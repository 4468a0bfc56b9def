import { useState, type MouseEvent } from 'react';
import type { TimelineRecords } from '../../../src-shared/timeline/document.ts';
import { markersOf, moveMarker } from '../../../src-shared/timeline/edits/lanes.ts';
import { formatTimecode, type FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import { useEditor, useSession } from '../../api/studio-context.tsx';
import { MARKER_COLORS } from '../../components/marker-colors.ts';
import { usePointerDrag } from '../../components/use-pointer-drag.ts';
import { t } from '../../i18n/text.ts';
import { placeStyle } from './span-style.ts';
import type { FrameWindow } from './visible-items.ts';

interface MarkersProps {
  readonly records: TimelineRecords;
  readonly frameRate: FrameRate;
  readonly window: FrameWindow;
  readonly onMenu: (event: MouseEvent, id: string) => void;
}

/** Flags on the ruler: click goes there, a drag moves one. */
export function Markers({ records, frameRate, window: { from, to }, onMenu }: MarkersProps) {
  const editor = useEditor();
  const selectedIds = useSession((state) => state.selectedIds);
  const beginDrag = usePointerDrag();
  const [dragged, setDragged] = useState<{ id: string; frame: number } | null>(null);
  return markersOf(records).filter(({ frame }) => frame >= from && frame <= to).map((marker) => {
    const frame = dragged?.id === marker.id ? dragged.frame : marker.frame;
    return (
      <button
        key={marker.id} type="button" data-marker={marker.frame} aria-label={t('timeline.marker', { time: formatTimecode(marker.frame, frameRate) })} title={marker.label} aria-current={selectedIds.includes(marker.id)}
        style={{ position: 'absolute', top: 2, width: 11, height: 12, padding: 0, border: 0, cursor: 'pointer', zIndex: 4, ...placeStyle(frame, -5), background: MARKER_COLORS[marker.color], clipPath: 'polygon(0 0, 100% 0, 100% 60%, 50% 100%, 0 60%)', outline: selectedIds.includes(marker.id) ? '1px solid white' : undefined }}
        onContextMenu={(click) => onMenu(click, marker.id)}
        onPointerDown={(down) => {
          down.stopPropagation();
          if (down.button !== 0) return;
          editor.session.setState({ selectedIds: [marker.id], viewerSource: { kind: 'timeline' } });
          let target = marker.frame;
          beginDrag(down, {
            threshold: 3,
            onMove: (_move, by) => {
              if (editor.project.readOnly) return;
              target = Math.max(0, Math.round(marker.frame + by.x / editor.session.getState().pixelsPerFrame));
              setDragged({ id: marker.id, frame: target });
            },
            onDrop: (_up, moved) => {
              if (moved && !editor.project.readOnly) editor.document.edit(t('timeline.edit.moveMarker'), (current) => moveMarker(current, marker.id, target));
              else editor.session.setState({ playhead: marker.frame, shuttle: 0 });
            },
            onEnd: () => setDragged(null),
          });
        }}
      />
    );
  });
}
