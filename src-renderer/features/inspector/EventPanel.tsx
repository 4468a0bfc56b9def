import Box from '@mui/material/Box';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import { useDocument, useEditor } from '../../api/studio-context.tsx';
import { NumberField } from '../../components/NumberField.tsx';
import { formatTimecode } from '../../../src-shared/timing/frame-rate.ts';
import { clipFrames } from '../../editor/generate.ts';
import { endFrame, moveEvent, retimeEvent, sequenceOf } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { EventTakes } from './EventTakes.tsx';
import { GenerateBar } from './GenerateBar.tsx';
import { MotionField } from './MotionField.tsx';
import { PresetPicker } from './PresetPicker.tsx';
import { PromptFields } from './PromptFields.tsx';
import { Section } from './Section.tsx';
import { SeedField } from './SeedField.tsx';

/** Words, time, seed and quality of one prompt event; without one, the same fields begin the first. */
export function EventPanel({ event }: { event: PromptEvent | null }) {
  const editor = useEditor();
  const frameRate = useDocument((state) => sequenceOf(state.records).frameRate);
  const { transact } = editor.document;
  return (
    <>
      <Box sx={{ flex: 1, minHeight: 0, overflowY: 'auto', py: 2 }}>
        <PromptFields event={event} />
        {event ? (
          <>
            <Section title={t('inspector.time')} end={<Box component="span" sx={{ fontSize: 11.5, color: 'text.secondary', fontVariantNumeric: 'tabular-nums' }}>{formatTimecode(event.startFrame, frameRate)} – {formatTimecode(endFrame(event), frameRate)}</Box>}>
              <Box sx={{ display: 'flex', gap: 2 }}>
                <NumberField label={t('inspector.start')} value={event.startFrame} min={0} max={1_000_000} disabled={editor.project.readOnly} onCommit={(frame) => transact(t('edit.moveEvent'), (records) => moveEvent(records, event.id, frame))} />
                <NumberField label={t('inspector.length')} value={event.durationFrames} min={1} max={100_000} defaultValue={clipFrames(editor)} disabled={editor.project.readOnly} onCommit={(frames) => transact(t('edit.retimeEvent'), (records) => retimeEvent(records, event.id, 'end', event.startFrame + frames))} />
              </Box>
            </Section>
            <MotionField event={event} />
            <SeedField event={event} />
            <PresetPicker event={event} />
            <EventTakes event={event} />
          </>
        ) : null}
      </Box>
      <GenerateBar event={event} />
    </>
  );
}
