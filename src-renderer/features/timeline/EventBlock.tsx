import AnimationOutlined from '@mui/icons-material/AnimationOutlined';
import ErrorOutlineOutlined from '@mui/icons-material/ErrorOutlineOutlined';
import { memo, type MouseEvent, type PointerEvent } from 'react';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import { endFrame } from '../../../src-shared/timeline/records/span.ts';
import { formatTimecode, type FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import type { EventAdherence } from '../../api/scene-queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { AdherenceStrip } from '../../components/AdherenceStrip.tsx';
import { EventBadge } from '../../components/EventBadge.tsx';
import { useMotionTarget } from '../../components/use-motion-target.ts';
import type { EventState } from '../../editor/event-state.ts';
import { t } from '../../i18n/text.ts';
import { FadeHandles } from './FadeHandles.tsx';
import { spanStyle } from './span-style.ts';
import type { DragPart } from './use-item-drag.ts';

/** Takes hold of an item, or of a part of it. */
export type BeginDrag = (down: PointerEvent<HTMLElement>, id: string, part: DragPart) => void;

export interface EventBlockProps {
  readonly event: PromptEvent;
  readonly frameRate: FrameRate;
  readonly state: EventState;
  readonly adherence: EventAdherence | null;
  readonly takeCount: number;
  /** What stands on its chips: name and strength of each of its motions, one a line. */
  readonly motions: string;
  /** How far the work on it is, in [0, 1]; null: there is none. */
  readonly progress: number | null;
  readonly isSelected: boolean;
  readonly isDragged: boolean;
  readonly begin: BeginDrag;
  readonly onMenu: (event: MouseEvent, id: string) => void;
}

/** An event with its words. Plain elements with the styles of the lanes: zooming brings dozens of them at once. */
export const EventBlock = memo(function EventBlock({ event, frameRate, state, adherence, takeCount, motions, progress, isSelected, isDragged, begin, onMenu }: EventBlockProps) {
  const editor = useEditor();
  const isEmpty = event.prompt.trim() === '';
  const target = useMotionTarget(event.id);
  const used = motions === '' ? [] : motions.split('\n');
  const name = isEmpty ? t('event.empty') : event.prompt;
  const edge = (part: 'start' | 'end') => (
    <div className={`eventEdge ${part}`} data-edge={part} onPointerDown={(down) => { down.stopPropagation(); begin(down, event.id, part); }} />
  );
  const press = (part: DragPart) => (down: PointerEvent<HTMLElement>) => {
    down.stopPropagation();
    begin(down, event.id, part);
  };
  const blend = (frames: number, side: 'left' | 'right') => (frames === 0 ? null : <div className="blend" style={{ [side]: 0, width: `${(100 * frames) / event.durationFrames}%`, backgroundImage: `linear-gradient(to ${side}, transparent, var(--mui-palette-studio-eventLine))` }} />);
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
          <span key={words} className="eventMotion" data-testid="motion-chip"><AnimationOutlined /><span>{words}</span></span>
        ))}
        <span className="eventEnd">{isDragged ? `${formatTimecode(event.startFrame, frameRate)} – ${formatTimecode(endFrame(event), frameRate)}` : [t(`preset.${event.preset}`), takeCount > 0 ? t('event.takes', { count: takeCount }) : ''].filter((part) => part !== '').join(' · ')}</span>
      </div>
      {/* Under the words and behind the handles, over the event's own time. */}
      {adherence === null ? null : <div className="adherence"><AdherenceStrip adherence={adherence} width="100%" height={5} /></div>}
      {progress === null ? null : <div className="eventWork"><div style={{ transform: `scaleX(${progress})` }} /></div>}
      {editor.project.readOnly ? null : <FadeHandles fadeIn={event.blendInFrames} fadeOut={event.blendOutFrames} duration={event.durationFrames} press={press} />}
      {editor.project.readOnly ? null : edge('start')}
      {editor.project.readOnly ? null : edge('end')}
    </div>
  );
});
