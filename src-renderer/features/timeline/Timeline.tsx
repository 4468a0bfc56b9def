import AddBoxOutlined from '@mui/icons-material/AddBoxOutlined';
import Box from '@mui/material/Box';
import { useEffect, useRef, useState, type PointerEvent, type WheelEvent } from 'react';
import { useTakes } from '../../api/queries.ts';
import { useDocument, useEditor, useSession } from '../../api/studio-context.tsx';
import { endFrame, eventsInOrder, sequenceOf, timelineEnd } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { EventsLane } from './EventsLane.tsx';
import { GlobalPromptBar } from './GlobalPromptBar.tsx';
import { LANES, LANE_HEADER_WIDTH, RULER_HEIGHT } from './lanes.ts';
import { Ruler } from './Ruler.tsx';
import { TimelineToolbar } from './TimelineToolbar.tsx';
import { useEventDrag } from './use-event-drag.ts';
import { ResultLane } from './ResultLane.tsx';

/** Empty time kept to the right of the last event, in frames. */
const TAIL_FRAMES = 64;

/** Frames drawn beyond the visible part on either side. */
const OVERSCAN_PIXELS = 300;

/** The document on its time axis: global words, prompt events, and the clips they made. */
export function Timeline() {
  const editor = useEditor();
  const records = useDocument((state) => state.records);
  const pixelsPerFrame = useSession((state) => state.pixelsPerFrame);
  const playhead = useSession((state) => (state.viewerSource.kind === 'timeline' ? state.playhead : null));
  const isPlaying = useSession((state) => state.shuttle !== 0);
  const { markIn, markOut } = useSession((state) => state);
  const takes = useTakes();
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ left: 0, width: 900 });
  const drag = useEventDrag(editor);
  const { frameRate } = sequenceOf(records);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => {
      setView({ left: element.scrollLeft, width: element.clientWidth });
      editor.session.setState({ timelineWidth: element.clientWidth });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [editor]);

  // While playing, turn the page when the playhead leaves the view.
  useEffect(() => {
    const element = scroller.current;
    if (!element || playhead === null || !isPlaying) return;
    const x = playhead * pixelsPerFrame;
    if (x < element.scrollLeft || x > element.scrollLeft + element.clientWidth - 24) element.scrollLeft = Math.max(0, x - 24);
  }, [playhead, isPlaying, pixelsPerFrame]);

  const frames = Math.max(timelineEnd(records) + TAIL_FRAMES, Math.ceil(view.width / pixelsPerFrame));
  const from = (view.left - OVERSCAN_PIXELS) / pixelsPerFrame;
  const to = (view.left + view.width + OVERSCAN_PIXELS) / pixelsPerFrame;
  const shown = eventsInOrder(drag.records ?? records).filter((event) => endFrame(event) >= from && event.startFrame <= to);

  const frameAt = (clientX: number): number => {
    const element = scroller.current;
    if (!element) return 0;
    return Math.max(0, Math.floor((clientX - element.getBoundingClientRect().left + element.scrollLeft) / pixelsPerFrame));
  };

  const scrub = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    const seek = (clientX: number) => editor.session.setState({ viewerSource: { kind: 'timeline' }, playhead: Math.min(frameAt(clientX), Math.max(0, timelineEnd(editor.document.getState().records) - 1)), shuttle: 0 });
    seek(event.clientX);
    const onMove = (move: globalThis.PointerEvent) => seek(move.clientX);
    const onUp = () => {
      handle.removeEventListener('pointermove', onMove);
      handle.removeEventListener('pointerup', onUp);
      handle.removeEventListener('pointercancel', onUp);
    };
    handle.addEventListener('pointermove', onMove);
    handle.addEventListener('pointerup', onUp);
    handle.addEventListener('pointercancel', onUp);
  };

  const onWheel = (event: WheelEvent) => {
    const element = scroller.current;
    if (!element || !(event.ctrlKey || event.metaKey)) return;
    // The frame under the pointer stays under the pointer.
    const x = event.clientX - element.getBoundingClientRect().left;
    const frame = (x + element.scrollLeft) / pixelsPerFrame;
    const next = Math.max(0.5, Math.min(80, pixelsPerFrame * (event.deltaY < 0 ? 1.15 : 1 / 1.15)));
    editor.session.setState({ pixelsPerFrame: next });
    requestAnimationFrame(() => { element.scrollLeft = frame * next - x; });
  };

  return (
    <Box sx={{ flex: 1, minWidth: 0, display: 'flex', flexDirection: 'column', bgcolor: 'studio.panel' }}>
      <TimelineToolbar />
      <Box sx={{ flex: 1, minHeight: 0, display: 'flex', overflowY: 'auto', overflowX: 'hidden' }}>
        <Box sx={{ width: LANE_HEADER_WIDTH, flex: 'none', borderRight: 1, borderColor: 'studio.line', position: 'sticky', left: 0 }}>
          <Box sx={{ height: RULER_HEIGHT, borderBottom: 1, borderColor: 'studio.line' }} />
          {LANES.map((lane) => (
            <Box key={lane.id} sx={{ height: lane.height, display: 'flex', alignItems: 'center', gap: 1.5, px: 2.5, fontSize: 11.5, color: 'text.secondary', borderBottom: 1, borderColor: 'studio.line', '& svg': { fontSize: 15 } }}>
              <lane.icon />
              {t(lane.label)}
            </Box>
          ))}
        </Box>
        <Box sx={{ flex: 1, minWidth: 0, position: 'relative', minHeight: 'fit-content' }}>
          {/* The global words hold for all time, so they do not scroll with it. */}
          <Box sx={{ position: 'absolute', top: RULER_HEIGHT, left: 0, right: 0, height: LANES[0].height, zIndex: 3 }}><GlobalPromptBar /></Box>
          <Box ref={scroller} onScroll={(event) => setView((before) => ({ ...before, left: event.currentTarget.scrollLeft }))} onWheel={onWheel} data-testid="timeline-scroll" sx={{ height: 1, overflowX: 'auto', overflowY: 'hidden' }}>
            <Box sx={{ position: 'relative', width: frames * pixelsPerFrame, minWidth: 1, height: 1 }}>
              <Box onPointerDown={scrub} sx={{ touchAction: 'none' }}><Ruler frameRate={frameRate} pixelsPerFrame={pixelsPerFrame} from={Math.max(0, from)} to={Math.min(frames, to)} markIn={markIn} markOut={markOut} /></Box>
              <Box sx={{ height: LANES[0].height, borderBottom: 1, borderColor: 'studio.line' }} />
              <EventsLane events={shown} takes={takes} pixelsPerFrame={pixelsPerFrame} drag={drag} frameAt={frameAt} />
              <ResultLane events={shown} takes={takes} pixelsPerFrame={pixelsPerFrame} />
              {drag.snapLine === null ? null : <Box data-testid="snap-line" sx={{ position: 'absolute', top: 0, bottom: 0, left: 0, width: '1px', transform: `translateX(${drag.snapLine * pixelsPerFrame}px)`, bgcolor: 'warning.main', pointerEvents: 'none', zIndex: 4 }} />}
              {playhead === null ? null : (
                <Box data-testid="playhead" data-frame={playhead} sx={{ position: 'absolute', top: 0, bottom: 0, left: 0, width: '1px', pointerEvents: 'none', zIndex: 5 }} style={{ transform: `translateX(${playhead * pixelsPerFrame}px)` }}>
                  <Box sx={{ position: 'absolute', inset: 0, bgcolor: 'studio.playhead' }} />
                  <Box sx={{ position: 'absolute', top: 4, left: -5, width: 11, height: 12, bgcolor: 'studio.playhead', clipPath: 'polygon(0 0, 100% 0, 100% 55%, 50% 100%, 0 55%)' }} />
                </Box>
              )}
              {shown.length === 0 && timelineEnd(records) === 0 ? (
                <Box sx={{ position: 'absolute', top: RULER_HEIGHT + LANES[0].height, height: LANES[1].height, left: 12, display: 'flex', alignItems: 'center', gap: 2, fontSize: 12, color: 'text.secondary', pointerEvents: 'none', '& svg': { fontSize: 16 } }}><AddBoxOutlined />{t('empty.lane')}</Box>
              ) : null}
            </Box>
          </Box>
        </Box>
      </Box>
    </Box>
  );
}
