import { memo, type MouseEvent } from 'react';
import type { Take } from '../../../src-shared/contract/takes.ts';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import { takesOf } from '../../../src-shared/takes/take-of-event.ts';
import type { FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import { useJobs, useMotions } from '../../api/queries.ts';
import { useEventStates } from '../../api/event-states.ts';
import { useAdherence } from '../../api/scene-queries.ts';
import { useEditor, useSession } from '../../api/studio-context.tsx';
import { partShare } from '../../components/StageStrip.tsx';
import { UNFINISHED } from '../../editor/editor.ts';
import { motionsOf } from '../../editor/event-motions.ts';
import { createEvent } from '../../editor/generate.ts';
import { t } from '../../i18n/text.ts';
import { EventBlock, type BeginDrag } from './EventBlock.tsx';
import { axisStyle, spanStyle } from './span-style.ts';
import { isDetailed, type DetailView, type ItemRun } from './visible-items.ts';

export interface LaneProps {
  readonly events: readonly PromptEvent[];
  readonly takes: readonly Take[];
}

/** Narrower than this, an event is only a bar. */
const DETAIL_PIXELS = 64;

interface EventsLaneProps extends LaneProps {
  readonly pixelsPerFrame: number;
  readonly detail: DetailView;
  readonly frameRate: FrameRate;
  readonly runs: readonly ItemRun[];
  readonly selected: ReadonlySet<string>;
  readonly dragged: ReadonlySet<string>;
  readonly begin: BeginDrag;
  readonly onMenu: (event: MouseEvent, id: string) => void;
  readonly frameAt: (clientX: number) => number;
}

/** Prompt events: double click adds one, drags move and retime, the right button opens the rest. What they are drawn from is asked for once, not by each. */
export function EventsLane({ events, runs, takes, pixelsPerFrame, detail, frameRate, selected, dragged, begin, onMenu, frameAt }: EventsLaneProps) {
  const editor = useEditor();
  const stateOf = useEventStates();
  const measured = useAdherence(useSession((state) => state.scenePreset));
  const { motions } = useMotions();
  const working = useJobs().filter(({ state }) => UNFINISHED.has(state));
  const progressOf = (event: PromptEvent): number | null => {
    const job = working.find(({ promptEventId }) => promptEventId === event.id);
    return job === undefined ? null : job.parts.reduce((sum, part) => sum + partShare(part), 0) / Math.max(1, job.parts.length);
  };
  const motionsOn = (event: PromptEvent): string => motionsOf(event).map(({ motionId, strength }) => t('motions.used', { name: motions.find(({ id }) => id === motionId)?.name ?? t('motions.missing'), percent: Math.round(strength * 100) })).join('\n');
  return (
    <div
      role="list" aria-label={t('lane.events')} className="axisGround"
      onDoubleClick={(event) => { if (event.target === event.currentTarget && !editor.project.readOnly) createEvent(editor, { frame: frameAt(event.clientX) }); }}
    >
      <div role="none" className="axis" style={axisStyle(pixelsPerFrame)}>
        {events.map((event) => !isDetailed(event, DETAIL_PIXELS, detail) && !dragged.has(event.id) ? <EventBar key={event.id} event={event} isSelected={selected.has(event.id)} begin={begin} onMenu={onMenu} /> : (
          <EventBlock
            key={event.id} event={event} frameRate={frameRate} state={stateOf(event)} adherence={measured.get(event.id) ?? null} takeCount={takesOf(takes, event.id).length} motions={motionsOn(event)} progress={progressOf(event)}
            isSelected={selected.has(event.id)} isDragged={dragged.has(event.id)} begin={begin} onMenu={onMenu}
          />
        ))}
        {runs.map((run) => <div key={run.id} className="run" title={t('timeline.run', { count: run.count })} style={spanStyle(run.startFrame, run.endFrame - run.startFrame)} />)}
      </div>
    </div>
  );
}

/** An event that is too narrow for words: one plain element. */
const EventBar = memo(function EventBar({ event, isSelected, begin, onMenu }: { event: PromptEvent; isSelected: boolean; begin: BeginDrag; onMenu: (event: MouseEvent, id: string) => void }) {
  return (
    <div
      role="listitem" className={`item bar eventBar${event.prompt.trim() === '' ? ' empty' : ''}`} data-event={event.id} data-start={event.startFrame} data-duration={event.durationFrames} aria-current={isSelected} aria-label={event.prompt} title={event.prompt}
      style={spanStyle(event.startFrame, event.durationFrames)} onPointerDown={(down) => { down.stopPropagation(); begin(down, event.id, 'body'); }} onContextMenu={(click) => onMenu(click, event.id)}
    />
  );
});
