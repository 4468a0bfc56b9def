import { endFrame } from '../../../src-shared/timeline/records/span.ts';
import { formatTimecode, type FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import { t } from '../../i18n/text.ts';
import type { Lane } from './lanes.ts';
import { spanStyle } from './span-style.ts';
import type { ArrivingItem, DropGhost } from './use-lane-drop.ts';

/** What hovers over the lanes and what is on its way onto them. */
export function DropGhosts({ ghost, arriving, lanes, frameRate }: { ghost: DropGhost | null; arriving: readonly ArrivingItem[]; lanes: readonly Lane[]; frameRate: FrameRate }) {
  const laneOf = (id: string) => lanes.find((lane) => lane.id === id);
  const lane = ghost === null ? undefined : laneOf(ghost.laneId);
  return (
    <>
      {ghost !== null && lane !== undefined ? (
        <div className={`ghost${ghost.meaning.kind === 'refused' ? ' refused' : ''}`} data-testid="drop-ghost" data-meaning={ghost.meaning.kind} style={{ ...spanStyle(ghost.startFrame, ghost.durationFrames), top: lane.top, height: lane.height }}>
          <span>{ghost.meaning.kind === 'item' ? `${formatTimecode(ghost.startFrame, frameRate)} – ${formatTimecode(endFrame(ghost), frameRate)}  ${ghost.label}` : ghost.label}</span>
        </div>
      ) : null}
      {arriving.map((item) => {
        const own = laneOf(item.laneId);
        return own === undefined ? null : <div key={item.id} className="ghost arriving" role="status" style={{ ...spanStyle(item.startFrame, item.durationFrames), top: own.top, height: own.height }}><span>{t('drop.arriving', { name: item.name })}</span></div>;
      })}
    </>
  );
}
