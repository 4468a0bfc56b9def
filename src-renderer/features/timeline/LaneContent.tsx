import type { MouseEvent, PointerEvent } from 'react';
import type { Take } from '../../../src-shared/contract/takes.ts';
import type { PromptEvent, TimelineRecords, TrackItem } from '../../../src-shared/timeline/document.ts';
import type { FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import { filmstripUrl, thumbnailUrl, waveformUrl } from '../../api/media-address.ts';
import { useTimelineAssets } from '../../api/asset-queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { t } from '../../i18n/text.ts';
import { EventsLane } from './EventsLane.tsx';
import { ItemBlock } from './ItemBlock.tsx';
import { KeyframeLane } from './KeyframeLane.tsx';
import type { Lane } from './lanes.ts';
import { MotionDropArea } from './MotionDropArea.tsx';
import { ResultLane } from './ResultLane.tsx';
import { axisStyle, spanStyle } from './span-style.ts';
import type { DragPart } from './use-item-drag.ts';
import { isDetailed, type DetailView, type FrameWindow, type VisibleItems } from './visible-items.ts';

interface LaneContentProps {
  readonly lane: Lane;
  readonly records: TimelineRecords;
  readonly visible: ReadonlyMap<string, VisibleItems>;
  readonly window: FrameWindow;
  readonly pixelsPerFrame: number;
  readonly detail: DetailView;
  readonly frameRate: FrameRate;
  readonly selected: ReadonlySet<string>;
  readonly dragged: ReadonlySet<string>;
  readonly takes: readonly Take[];
  readonly begin: (down: PointerEvent<HTMLElement>, id: string, part: DragPart) => void;
  readonly onSelect: (id: string) => void;
  readonly onMenu: (event: MouseEvent, id: string) => void;
  readonly frameAt: (clientX: number) => number;
}

/** Narrower than this, an item shows no words and has no edges to take hold of. */
const DETAIL_PIXELS = 24;

const NOTHING: VisibleItems = { items: [], runs: [] };

const isEvent = (item: TrackItem): item is PromptEvent => item.type === 'promptEvent';

/** What lies on one lane within the drawn part of the time axis. */
export function LaneContent({ lane, records, visible, window, pixelsPerFrame, detail, frameRate, selected, dragged, takes, begin, onSelect, onMenu, frameAt }: LaneContentProps) {
  const editor = useEditor();
  const timelineAssets = useTimelineAssets();
  if (lane.kind === 'global') return null;
  if (lane.kind === 'keyframe') return <div className="axis" style={axisStyle(pixelsPerFrame)}><KeyframeLane records={records} window={window} onMenu={onMenu} /></div>;
  const drawn = visible.get(lane.kind === 'result' ? 'track:prompt' : lane.id) ?? NOTHING;
  if (lane.kind === 'result') return <ResultLane events={drawn.items.filter(isEvent)} takes={takes} pixelsPerFrame={pixelsPerFrame} frameRate={frameRate} selected={selected} />;
  if (lane.kind === 'prompt') return <EventsLane events={drawn.items.filter(isEvent)} runs={drawn.runs} takes={takes} pixelsPerFrame={pixelsPerFrame} detail={detail} frameRate={frameRate} selected={selected} dragged={dragged} begin={begin} onMenu={onMenu} frameAt={frameAt} />;
  const assetOf = (item: TrackItem) => ('assetId' in item ? timelineAssets.assetOf(item.assetId) : item.type === 'motion' ? editor.asset(item.motionId) : null);
  const nameOf = (item: TrackItem, asset: ReturnType<typeof assetOf>): string => {
    if (item.type === 'caption') return item.text.replaceAll('\n', ' ');
    return asset?.name ?? t(item.type === 'audio' ? 'timeline.item.audio' : item.type === 'motion' ? 'timeline.item.motion' : 'timeline.item.unknown');
  };
  const content = (
    <div role="list" aria-label={lane.label} className="axis" style={axisStyle(pixelsPerFrame)}>
      {drawn.items.map((item) => {
        const asset = assetOf(item);
        const detailed = isDetailed(item, DETAIL_PIXELS, detail);
        const { info: { mediaBase }, project } = editor;
        return (
          <ItemBlock
            key={item.id} item={item} name={nameOf(item, asset)} picture={item.type === 'clip' && asset ? thumbnailUrl(mediaBase, project.id, asset) : null} detailed={detailed} frameRate={frameRate}
            strip={item.type === 'clip' && asset !== null && detailed ? filmstripUrl(mediaBase, project.id, asset) : null} filmstrip={asset?.filmstrip ?? null} wave={asset !== null && detailed ? waveformUrl(mediaBase, project.id, asset) : null}
            isMissing={timelineAssets.isKnown && asset === null && (item.type === 'clip' || item.type === 'audio')} isSelected={selected.has(item.id)} isDragged={dragged.has(item.id)} canDrag={!editor.project.readOnly && lane.track?.locked === false} begin={begin} onSelect={onSelect} onMenu={onMenu}
          />
        );
      })}
      {drawn.runs.map((run) => <div key={run.id} className="run" title={t('timeline.run', { count: run.count })} style={spanStyle(run.startFrame, run.endFrame - run.startFrame)} />)}
    </div>
  );
  return lane.kind === 'motion' ? <MotionDropArea>{content}</MotionDropArea> : content;
}
