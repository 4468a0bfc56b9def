import Box from '@mui/material/Box';
import { memo } from 'react';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import { AdvancedFields } from './AdvancedFields.tsx';
import { EventTakes } from './EventTakes.tsx';
import { GenerateBar } from './GenerateBar.tsx';
import { ItemFields } from './ItemFields.tsx';
import { MotionField } from './MotionField.tsx';
import { PresetPicker } from './PresetPicker.tsx';
import { PromptFields } from './PromptFields.tsx';
import { SeedField } from './SeedField.tsx';
import { StyleField } from './StyleField.tsx';

/** Words, time, seed and quality of one prompt event; without one, the same fields begin the first. */
export const EventPanel = memo(function EventPanel({ event }: { event: PromptEvent | null }) {
  return (
    <>
      <Box sx={{ flex: 1, minHeight: 0, overflowY: 'auto', py: 2 }}>
        <PromptFields event={event} />
        {event ? (
          <>
            <StyleField event={event} />
            <ItemFields ids={[event.id]} groups={['time']} plain />
            <SeedField event={event} />
            <ItemFields ids={[event.id]} groups={['strength']} plain />
            <MotionField event={event} />
            <PresetPicker event={event} />
            <AdvancedFields event={event} />
            <EventTakes event={event} />
          </>
        ) : null}
      </Box>
      <GenerateBar event={event} />
    </>
  );
});
