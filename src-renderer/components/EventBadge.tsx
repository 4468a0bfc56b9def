import Check from '@mui/icons-material/Check';
import ErrorOutlineOutlined from '@mui/icons-material/ErrorOutlineOutlined';
import HourglassEmpty from '@mui/icons-material/HourglassEmpty';
import Pause from '@mui/icons-material/Pause';
import RadioButtonUnchecked from '@mui/icons-material/RadioButtonUnchecked';
import Sync from '@mui/icons-material/Sync';
import UpdateOutlined from '@mui/icons-material/UpdateOutlined';
import { memo } from 'react';
import type { EventState } from '../editor/event-state.ts';
import { t } from '../i18n/text.ts';

const SIGNS = { new: RadioButtonUnchecked, changed: UpdateOutlined, rendered: Check, waiting: HourglassEmpty, running: Sync, paused: Pause, failed: ErrorOutlineOutlined } as const satisfies Record<EventState, unknown>;

/** Styles of badges, for the list that they stand in: a film has hundreds of them. */
export const EVENT_BADGE_STYLES = {
  '& .eventBadge': { flex: 'none', display: 'inline-flex', alignItems: 'center', gap: '2px', px: '3px', borderRadius: '4px', fontSize: 10, lineHeight: '15px', color: 'text.secondary', border: '1px solid currentColor', bgcolor: 'studio.panel' },
  '& .eventBadge > svg': { fontSize: 11 },
  '& .eventBadge.changed, & .eventBadge.paused': { color: 'warning.main' },
  '& .eventBadge.rendered': { color: 'success.main' },
  '& .eventBadge.running': { color: 'primary.light' },
  '& .eventBadge.failed': { color: 'error.main' },
} as const;

/** Whether an event's frames are as its words are now, and what is being done about it: a sign and a word. */
export const EventBadge = memo(function EventBadge({ state }: { state: EventState }) {
  const Sign = SIGNS[state];
  return <span className={`eventBadge ${state}`} data-event-state={state} title={t(`eventState.${state}.help`)}><Sign />{t(`eventState.${state}`)}</span>;
});
