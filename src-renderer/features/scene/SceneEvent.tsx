import { memo } from 'react';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import type { EventAdherence } from '../../api/scene-queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { AdherenceStrip } from '../../components/AdherenceStrip.tsx';
import { EventBadge } from '../../components/EventBadge.tsx';
import type { EventState } from '../../editor/event-state.ts';
import { t } from '../../i18n/text.ts';

interface SceneEventProps {
  readonly event: PromptEvent;
  /** From 1. */
  readonly number: number;
  readonly isSelected: boolean;
  readonly state: EventState;
  readonly adherence: EventAdherence | null;
}

/**
 * One event of the scene, drawn again only when something of it changes: a film has hundreds, and every edit comes by here. Plain
 * elements for the same reason; their styles are on the list.
 */
export const SceneEvent = memo(function SceneEvent({ event, number, isSelected, state, adherence }: SceneEventProps) {
  const editor = useEditor();
  return (
    <li>
      <button type="button" aria-pressed={isSelected} onClick={() => editor.session.setState({ selectedIds: [event.id], playhead: event.startFrame, viewerSource: { kind: 'timeline' } })}>
        <span>{number}. {event.prompt.trim() === '' ? t('event.empty') : event.prompt}</span>
        <EventBadge state={state} />
        {adherence === null ? null : <AdherenceStrip adherence={adherence} />}
      </button>
    </li>
  );
});

/** Styles of the list that events stand in. What is scrolled out of sight costs no layout and no paint. */
export const SCENE_EVENT_STYLES = {
  '& > li': { flex: 'none', contentVisibility: 'auto', containIntrinsicSize: 'auto 150px auto 26px' },
  '& button': {
    display: 'inline-flex', alignItems: 'center', gap: 1.75, minHeight: 26, maxWidth: 240, px: 1.5, border: 0, borderRadius: 1.5, bgcolor: 'transparent', color: 'text.secondary', font: 'inherit', fontSize: 11.5, fontWeight: 500, cursor: 'pointer',
    '&:hover': { bgcolor: 'action.hover' }, '&[aria-pressed=true]': { color: 'text.primary', bgcolor: 'studio.raised' }, '&:focus-visible': { outline: '2px solid var(--mui-palette-primary-light)', outlineOffset: -2 },
  },
  '& button > span:first-of-type': { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
} as const;
