import Check from '@mui/icons-material/Check';
import ErrorOutlineOutlined from '@mui/icons-material/ErrorOutlineOutlined';
import HourglassEmpty from '@mui/icons-material/HourglassEmpty';
import Pause from '@mui/icons-material/Pause';
import RadioButtonUnchecked from '@mui/icons-material/RadioButtonUnchecked';
import Sync from '@mui/icons-material/Sync';
import UpdateOutlined from '@mui/icons-material/UpdateOutlined';
import Box from '@mui/material/Box';
import { memo } from 'react';
import type { EventState } from '../editor/event-state.ts';
import { t } from '../i18n/text.ts';

const SIGNS = { new: RadioButtonUnchecked, changed: UpdateOutlined, rendered: Check, waiting: HourglassEmpty, running: Sync, paused: Pause, failed: ErrorOutlineOutlined } as const satisfies Record<EventState, unknown>;
const COLORS = { new: 'text.secondary', changed: 'warning.main', rendered: 'success.main', waiting: 'text.secondary', running: 'primary.light', paused: 'warning.main', failed: 'error.main' } as const satisfies Record<EventState, string>;

/** Whether an event's frames are as its words are now, and what is being done about it: a sign and a word. */
export const EventBadge = memo(function EventBadge({ state }: { state: EventState }) {
  const Sign = SIGNS[state];
  return (
    <Box component="span" data-event-state={state} title={t(`eventState.${state}.help`)} sx={{ flex: 'none', display: 'inline-flex', alignItems: 'center', gap: 0.5, px: 0.75, borderRadius: 1, fontSize: 10, lineHeight: '15px', color: COLORS[state], border: 1, borderColor: 'currentColor', bgcolor: 'studio.panel', '& svg': { fontSize: 11 } }}>
      <Sign />{t(`eventState.${state}`)}
    </Box>
  );
});
