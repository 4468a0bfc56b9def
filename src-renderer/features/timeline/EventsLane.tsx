import AnimationOutlined from '@mui/icons-material/AnimationOutlined';
import ErrorOutlineOutlined from '@mui/icons-material/ErrorOutlineOutlined';
import Box from '@mui/material/Box';
import { memo, type MouseEvent, type PointerEvent } from 'react';
import type { Take } from '../../../src-shared/contract/takes.ts';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import { formatTimecode } from '../../../src-shared/timing/frame-rate.ts';
import { useJobs, useMotions } from '../../api/queries.ts';
import { useEventStates } from '../../api/event-states.ts';
import { useAdherence, type EventAdherence } from '../../api/scene-queries.ts';
import { useDocument, useEditor, useSession } from '../../api/studio-context.tsx';
import { AdherenceStrip } from '../../components/AdherenceStrip.tsx';
import { EventBadge } from '../../components/EventBadge.tsx';
import { partShare } from '../../components/StageStrip.tsx';
import { useMotionTarget } from '../../components/use-motion-target.ts';
import { UNFINISHED } from '../../editor/editor.ts';
import type { EventState } from '../../editor/event-state.ts';
import { takesOf } from '../../../src-shared/takes/take-of-event.ts';
import { motionsOf } from '../../editor/event-motions.ts';
import { createEvent } from '../../editor/generate.ts';
import { endFrame, sequenceOf } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { FadeHandles } from './FadeHandles.tsx';
import { spanStyle } from './span-style.ts';
import type { ItemRun } from './visible-items.ts';
import type { DragPart } from './use-item-drag.ts';

export interface LaneProps {
  readonly events: readonly PromptEvent[];
  readonly takes: readonly Take[];
}

/** Narrower than this, an event is only a bar. */
const DETAIL_PIXELS = 64;

interface EventsLaneProps extends LaneProps {
  readonly pixelsPerFrame: number;
  readonly runs: readonly ItemRun[];
  readonly selected: ReadonlySet<string>;
  readonly dragged: ReadonlySet<string>;
  readonly begin: BeginDrag;
  readonly onMenu: (event: MouseEvent, id: string) => void;
  readonly frameAt: (clientX: number) => number;
}

type BeginDrag = (down: PointerEvent<HTMLElement>, id: string, part: DragPart) => void;

/** Prompt events: double click adds one, drags move and retime, the right button opens the rest. */
export function EventsLane({ events, runs, takes, pixelsPerFrame, selected, dragged, begin, onMenu, frameAt }: EventsLaneProps) {
  const editor = useEditor();
  const states = useEventStates(events);
  const measured = useAdherence(useSession((state) => state.scenePreset));
  return (
    <Box
      role="list" aria-label={t('lane.events')}
      onDoubleClick={(event) => { if (event.target === event.currentTarget && !editor.project.readOnly) createEvent(editor, { frame: frameAt(event.clientX) }); }}
      sx={{ position: 'absolute', inset: 0 }}
    >
      {events.map((event) => event.durationFrames * pixelsPerFrame < DETAIL_PIXELS && !dragged.has(event.id) ? <EventBar key={event.id} event={event} isSelected={selected.has(event.id)} begin={begin} onMenu={onMenu} /> : <EventBlock key={event.id} event={event} state={states.get(event.id) ?? 'new'} adherence={measured.get(event.id) ?? null} takeCount={takesOf(takes, event.id).length} isDragged={dragged.has(event.id)} begin={begin} onMenu={onMenu} />)}
      {runs.map((run) => <div key={run.id} className="run" title={t('timeline.run', { count: run.count })} style={spanStyle(run.startFrame, run.endFrame - run.startFrame)} />)}
    </Box>
  );
}

/** An event that is too narrow for words: one plain element. */
const EventBar = memo(function EventBar({ event, isSelected, begin, onMenu }: { event: PromptEvent; isSelected: boolean; begin: BeginDrag; onMenu: (event: MouseEvent, id: string) => void }) {
  return (
    <div
      role="listitem" className={`item eventBar${event.prompt.trim() === '' ? ' empty' : ''}`} data-event={event.id} data-start={event.startFrame} data-duration={event.durationFrames} aria-current={isSelected} aria-label={event.prompt} title={event.prompt}
      style={spanStyle(event.startFrame, event.durationFrames)} onPointerDown={(down) => { down.stopPropagation(); begin(down, event.id, 'body'); }} onContextMenu={(click) => onMenu(click, event.id)}
    />
  );
});

interface EventBlockProps {
  readonly event: PromptEvent;
  readonly state: EventState;
  readonly adherence: EventAdherence | null;
  readonly takeCount: number;
  readonly isDragged: boolean;
  readonly begin: BeginDrag;
  readonly onMenu: (event: MouseEvent, id: string) => void;
}

/** An event with its words. Plain elements with the styles of the lanes: zooming brings dozens of them at once. */
const EventBlock = memo(function EventBlock({ event, state, adherence, takeCount, isDragged, begin, onMenu }: EventBlockProps) {
  const editor = useEditor();
  const isSelected = useSession((state) => state.selectedIds.includes(event.id));
  const frameRate = useDocument((state) => sequenceOf(state.records).frameRate);
  const job = useJobs().find((other) => other.promptEventId === event.id && UNFINISHED.has(other.state));
  const isEmpty = event.prompt.trim() === '';
  const { motions } = useMotions();
  const target = useMotionTarget(event.id);
  const used = motionsOf(event).map(({ motionId, strength }) => t('motions.used', { name: motions.find(({ id }) => id === motionId)?.name ?? t('motions.missing'), percent: Math.round(strength * 100) }));
  const parts = job?.parts ?? [];
  const share = parts.length === 0 ? 0 : parts.reduce((sum, part) => sum + partShare(part), 0) / parts.length;
  const name = isEmpty ? t('event.empty') : event.prompt;
  const edge = (part: 'start' | 'end') => (
    <div className={`eventEdge ${part}`} data-edge={part} onPointerDown={(down) => { down.stopPropagation(); begin(down, event.id, part); }} />
  );
  const press = (part: DragPart) => (down: PointerEvent<HTMLElement>) => {
    down.stopPropagation();
    begin(down, event.id, part);
  };
  const blend = (frames: number, side: 'left' | 'right') => (frames === 0 ? null : <div className="blend" style={{ [side]: 0, width: `calc(var(--pixels-per-frame) * ${frames}px)`, backgroundImage: `linear-gradient(to ${side}, transparent, var(--mui-palette-studio-eventLine))` }} />);
  return (
    <div
      role="listitem" tabIndex={0} className={`eventBlock${isEmpty ? ' empty' : ''}${target.isTarget ? ' target' : ''}${isDragged ? ' dragged' : ''}`} data-event={event.id} data-start={event.startFrame} data-duration={event.durationFrames} aria-current={isSelected}
      aria-label={t('event.named', { name, start: formatTimecode(event.startFrame, frameRate), end: formatTimecode(endFrame(event), frameRate), takes: takeCount })}
      aria-description={used.length === 0 ? undefined : t('motions.onEvent', { names: used.join(', ') })} {...target.handlers}
      onPointerDown={(down) => { down.stopPropagation(); begin(down, event.id, 'body'); }} onContextMenu={(click) => onMenu(click, event.id)}
      onFocus={(focus) => { if (focus.target === focus.currentTarget && focus.currentTarget.matches(':focus-visible')) editor.session.setState({ selectedIds: [event.id] }); }}
      onDoubleClick={() => editor.session.setState(({ promptFocusRequest }) => ({ selectedIds: [event.id], rightOpen: true, promptFocusRequest: promptFocusRequest + 1 }))}
      style={spanStyle(event.startFrame, event.durationFrames)}
    >
      {blend(event.blendInFrames, 'left')}
      {blend(event.blendOutFrames, 'right')}
      <div className="eventWords">
        {isEmpty ? <ErrorOutlineOutlined /> : null}
        <span>{name}</span>
      </div>
      <div className="eventFacts">
        <EventBadge state={state} />
        {used.map((words) => (
          <Box key={words} component="span" data-testid="motion-chip" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75, minWidth: 20, maxWidth: 150, px: 1, borderRadius: 1, lineHeight: '15px', bgcolor: 'primary.dark', color: 'primary.contrastText', '& svg': { fontSize: 11, flex: 'none' } }}>
            <AnimationOutlined /><Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>{words}</Box>
          </Box>
        ))}
        <span className="eventEnd">{isDragged ? `${formatTimecode(event.startFrame, frameRate)} – ${formatTimecode(endFrame(event), frameRate)}` : [t(`preset.${event.preset}`), takeCount > 0 ? t('event.takes', { count: takeCount }) : ''].filter((part) => part !== '').join(' · ')}</span>
      </div>
      {/* Under the words and behind the handles, over the event's own time. */}
      {adherence === null ? null : <div className="adherence"><AdherenceStrip adherence={adherence} width="100%" height={5} /></div>}
      {job ? <Box sx={{ position: 'absolute', left: 0, right: 0, bottom: 0, height: 3, bgcolor: 'studio.raised' }}><Box sx={{ height: 1, width: 1, transformOrigin: 'left', transform: `scaleX(${share})`, bgcolor: 'primary.light', transition: 'transform 240ms linear' }} /></Box> : null}
      {editor.project.readOnly ? null : <FadeHandles fadeIn={event.blendInFrames} fadeOut={event.blendOutFrames} press={press} />}
      {editor.project.readOnly ? null : edge('start')}
      {editor.project.readOnly ? null : edge('end')}
    </div>
  );
});
