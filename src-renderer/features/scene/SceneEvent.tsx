import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { memo } from 'react';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { AdherenceStrip } from '../../components/AdherenceStrip.tsx';
import { EventBadge } from '../../components/EventBadge.tsx';
import { t } from '../../i18n/text.ts';

interface SceneEventProps {
  readonly event: PromptEvent;
  /** From 1. */
  readonly number: number;
  readonly isSelected: boolean;
  readonly shares: readonly number[] | null;
}

/** One event of the scene, drawn again only when something of it changes: a film has hundreds, and every edit comes by here. */
export const SceneEvent = memo(function SceneEvent({ event, number, isSelected, shares }: SceneEventProps) {
  const editor = useEditor();
  return (
    <Box component="li" sx={{ flex: 'none' }}>
      <Button
        color="inherit" size="small" aria-pressed={isSelected} onClick={() => editor.session.setState({ selectedIds: [event.id], playhead: event.startFrame, viewerSource: { kind: 'timeline' } })}
        sx={{ minHeight: 26, px: 1.5, gap: 1, fontSize: 11.5, color: 'text.secondary', maxWidth: 200 }}
      >
        <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{number}. {event.prompt.trim() === '' ? t('event.empty') : event.prompt}</Box>
        <EventBadge event={event} />
        {shares === null ? null : <AdherenceStrip shares={shares} />}
      </Button>
    </Box>
  );
});
