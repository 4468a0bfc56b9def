import Box from '@mui/material/Box';
import { useCallback, useLayoutEffect, useMemo, useRef, type MouseEvent, type PointerEvent } from 'react';
import { itemsByTrack, sequenceOf } from '../../../src-shared/timeline/tracks.ts';
import { useTakes } from '../../api/queries.ts';
import { useTimelineAssets } from '../../api/asset-queries.ts';
import { useDocument, useEditor, useSession } from '../../api/studio-context.tsx';
import { ContextMenu, useContextMenu } from '../../components/ContextMenu.tsx';
import { usePointerDrag } from '../../components/use-pointer-drag.ts';
import { useUnchanged } from '../../components/use-unchanged.ts';
import { timelineEnd } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { DropGhosts } from './DropGhosts.tsx';
import { EmptyLane } from './EmptyLane.tsx';
import { GlobalPromptBar } from './GlobalPromptBar.tsx';
import { itemMenu } from './item-menu.ts';
import { LANE_STYLES } from './lane-styles.ts';
import { LaneContent } from './LaneContent.tsx';
import { lanesOf, RULER_HEIGHT } from './lanes.ts';
import { Markers } from './Markers.tsx';
import { Playhead } from './Playhead.tsx';
import { Ruler } from './Ruler.tsx';
import { axisStyle, placeStyle } from './span-style.ts';
import { TimelineToolbar } from './TimelineToolbar.tsx';
import { TrackHeader } from './TrackHeader.tsx';
import { useBoxSelect } from './use-box-select.ts';
import { useItemDrag } from './use-item-drag.ts';
import { useLaneDrop } from './use-lane-drop.ts';
import { useTimelineView } from './use-timeline-view.ts';
import { visibleLanes } from './visible-items.ts';

/** Empty time kept to the right of the last item, in frames. */
const TAIL_FRAMES = 64;

/** The document on its time axis, under the tools for it. The styles are here, where nothing is drawn again while one zooms. */
export function Timeline() {
  return (
    <Box sx={{ ...LANE_STYLES, flex: 1, minWidth: 0, display: 'flex', flexDirection: 'column', bgcolor: 'studio.panel' }}>
      <TimelineToolbar />
      <TimelineLanes />
    </Box>
  );
}

/** Global words, and a lane for every track. */
function TimelineLanes() {
  const editor = useEditor();
  const stored = useDocument((state) => state.records);
  const pixelsPerFrame = useSession((state) => state.pixelsPerFrame);
  const playhead = useSession((state) => (state.viewerSource.kind === 'timeline' && state.shuttle !== 0 ? state.playhead : null));
  const isPlaying = useSession((state) => state.shuttle !== 0);
  const markIn = useSession((state) => state.markIn);
  const markOut = useSession((state) => state.markOut);
  const tool = useSession((state) => state.tool);
  const selectedIds = useSession((state) => state.selectedIds);
  const takes = useTakes();
  const content = useRef<HTMLDivElement>(null);
  const { scroller, ...view } = useTimelineView(editor, pixelsPerFrame, playhead, isPlaying);
  const lanes = useUnchanged(useMemo(() => lanesOf(stored), [stored]));
  const beginScrub = usePointerDrag();

  const originOf = () => {
    const corner = content.current?.getBoundingClientRect();
    return { x: corner?.left ?? 0, y: (corner?.top ?? 0) + RULER_HEIGHT };
  };
  const laneAt = (clientY: number) => {
    const y = clientY - originOf().y;
    return lanes.find((lane) => lane.top <= y && y < lane.top + lane.height) ?? null;
  };
  const trackIdAt = (clientY: number): string | null => laneAt(clientY)?.track?.id ?? null;
  const drag = useItemDrag(editor, { frame: view.frameAt, trackId: trackIdAt });
  const { box, begin: beginBox } = useBoxSelect(editor, lanes, originOf);
  const drop = useLaneDrop(editor, { frame: view.exactFrameAt, laneId: (clientY) => laneAt(clientY)?.id ?? null });

  // The blocks are drawn again only when they change, so what they call keeps its identity.
  const latest = useRef(drag.begin);
  useLayoutEffect(() => {
    latest.current = drag.begin;
  });
  const begin = useCallback<typeof drag.begin>((...input) => latest.current(...input), []);
  const { menu, open, close } = useContextMenu<string>();
  const { assetOf, isKnown } = useTimelineAssets();
  const isMissing = (id: string): boolean => {
    const record = stored[id];
    return isKnown && record !== undefined && 'assetId' in record && assetOf(record.assetId) === null;
  };
  const onMenu = useCallback((event: MouseEvent, id: string) => {
    const { selectedIds: before } = editor.session.getState();
    if (!before.includes(id)) editor.session.setState({ selectedIds: [id], viewerSource: { kind: 'timeline' } });
    open(event, id);
  }, [editor, open]);
  const select = useCallback((id: string) => editor.session.setState({ selectedIds: [id] }), [editor]);

  const records = drag.records ?? stored;
  const { frameRate } = sequenceOf(records);
  const items = useMemo(() => itemsByTrack(records), [records]);
  const selected = useMemo(() => new Set(selectedIds), [selectedIds]);
  const end = timelineEnd(records);
  const frames = Math.max(end + TAIL_FRAMES, Math.ceil(view.width / pixelsPerFrame));
  const { from, to } = view.window;
  const visible = visibleLanes(items, view.window, pixelsPerFrame, drag.ids);

  const scrub = (down: PointerEvent<HTMLElement>) => {
    const seek = (clientX: number) => editor.session.setState({ viewerSource: { kind: 'timeline' }, playhead: Math.min(view.frameAt(clientX), Math.max(0, timelineEnd(editor.document.getState().records) - 1)), shuttle: 0 });
    seek(down.clientX);
    beginScrub(down, { onMove: (move) => seek(move.clientX) });
  };

  const snapLine = drag.snapLine ?? drop.ghost?.snapLine ?? null;
  const promptLane = lanes.find(({ kind }) => kind === 'prompt');
  return (
    <div className="lanesAndHeaders">
      <div className="headers">
        <div className="rulerPlace" />
        {lanes.map((lane) => <TrackHeader key={lane.id} lane={lane} />)}
      </div>
      <div className="timeAxis">
        {/* The global words hold for all time, so they do not scroll with it. */}
        <div className="globalWords" style={{ height: lanes[0]?.height }}><GlobalPromptBar /></div>
        <div ref={scroller} onScroll={view.onScroll} onWheel={view.onWheel} data-testid="timeline-scroll" className="scroller">
          <div ref={content} className={`content ${tool}`} style={{ width: frames * pixelsPerFrame, height: RULER_HEIGHT + lanes.reduce((sum, lane) => sum + lane.height, 0) }}>
            <div onPointerDown={scrub} className="scrubber">
              <Ruler frameRate={frameRate} pixelsPerFrame={pixelsPerFrame} from={from} to={Math.min(frames, to)} markIn={markIn} markOut={markOut} />
              <div className="axis" style={axisStyle(pixelsPerFrame)}><Markers records={stored} frameRate={frameRate} window={view.window} onMenu={onMenu} /></div>
            </div>
            <div onPointerDown={beginBox} {...drop.handlers} data-testid="lanes" className="lanes">
              {lanes.map((lane) => (
                <div key={lane.id} className={`lane${lane.track?.locked ? ' locked' : ''}${lane.track?.hidden ? ' hiddenLane' : ''}`} data-lane={lane.id} style={{ top: lane.top, height: lane.height }}>
                  <LaneContent lane={lane} records={records} visible={visible} window={view.window} pixelsPerFrame={pixelsPerFrame} detail={view.detail} frameRate={frameRate} selected={selected} dragged={drag.ids} takes={takes} begin={begin} onSelect={select} onMenu={onMenu} frameAt={view.frameAt} />
                </div>
              ))}
              {/* Inside, so that what is dropped on it still lands on the lane. */}
              {end === 0 && promptLane ? <EmptyLane top={promptLane.top} height={promptLane.height} frameRate={frameRate} /> : null}
              <div className="axis" style={axisStyle(pixelsPerFrame)}><DropGhosts ghost={drop.ghost} arriving={drop.arriving} lanes={lanes} frameRate={frameRate} /></div>
              {box === null ? null : <Box data-testid="selection-box" sx={{ position: 'absolute', border: 1, borderColor: 'primary.light', bgcolor: 'primary.main', opacity: 0.3, pointerEvents: 'none', zIndex: 5 }} style={{ ...box }} />}
            </div>
            <div className="axis" style={axisStyle(pixelsPerFrame)}>
              {snapLine === null ? null : <Box data-testid="snap-line" sx={{ position: 'absolute', top: 0, bottom: 0, width: '1px', bgcolor: 'warning.main', pointerEvents: 'none !important', zIndex: 4 }} style={placeStyle(snapLine)} />}
              <Playhead />
            </div>
          </div>
        </div>
      </div>
      {menu === null ? null : <ContextMenu at={menu.at} lines={itemMenu(stored[menu.target], isMissing(menu.target))} label={t('menu.item')} onClose={close} />}
    </div>
  );
}
