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
