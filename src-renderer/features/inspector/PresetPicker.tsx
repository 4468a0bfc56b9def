import Box from '@mui/material/Box';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import type { Preset } from '../../../src-shared/recipe/recipe.ts';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import { usePacks, usePlan } from '../../api/queries.ts';
import { useDocument, useEditor } from '../../api/studio-context.tsx';
import { motionChoices } from '../../editor/event-motions.ts';
import { seedOf, wordsOfEvent } from '../../editor/event-recipe.ts';
import { currentPack, packChoice } from '../../editor/generate.ts';
import { patchEvent } from '../../editor/timeline-edits.ts';
import { formatBytes, formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { tilesAhead } from '../../components/tile-words.ts';
import { Section } from './Section.tsx';

const PRESETS: readonly Preset[] = ['draft', 'standard', 'final'];

/** What a generation of `event` with `preset` would take; an empty prompt is planned with a stand-in, since times do not depend on words. */
function useEventPlan(event: PromptEvent, preset: Preset) {
  const { project } = useEditor();
  const records = useDocument((state) => state.records);
  const words = wordsOfEvent(records, event);
  return usePlan({ projectId: project.id, ...words, prompt: words.prompt === '' ? '-' : words.prompt, seed: seedOf(event), preset, motions: motionChoices(event), ...packChoice(usePacks()), promptEventId: event.id });
}

function PresetLabel({ event, preset }: { event: PromptEvent; preset: Preset }) {
  const plan = useEventPlan(event, preset);
  const time = plan === null ? '' : plan.cachedAssetId !== null ? t('preset.cached') : plan.expectedMs === null ? t('preset.unmeasured') : t(plan.isRough ? 'preset.aboutRough' : 'preset.about', { time: formatDuration(plan.expectedMs) });
  return (
    <Box sx={{ minWidth: 0, display: 'flex', flexDirection: 'column', alignItems: 'center', lineHeight: 1.3 }}>
      <Box component="span" sx={{ fontWeight: 550 }}>{currentPack(usePacks())?.presetNames?.[preset] ?? t(`preset.${preset}`)}</Box>
      {/* Its line is there before the time is known: nothing moves when it comes. */}
      <Box component="span" sx={{ minHeight: '1.3em', maxWidth: 1, fontSize: 10.5, color: 'text.secondary', whiteSpace: 'nowrap', overflow: 'hidden', textOverflow: 'ellipsis' }}>{time}</Box>
    </Box>
  );
}

/** Draft, standard or final, each with the time it takes on this machine. */
export function PresetPicker({ event }: { event: PromptEvent }) {
  const editor = useEditor();
  const plan = useEventPlan(event, event.preset);
  const reused = plan?.stages.filter((stage) => stage.cached).length ?? 0;
  return (
    <Section title={t('inspector.preset')}>
      <ToggleButtonGroup
        exclusive fullWidth value={event.preset} aria-label={t('inspector.preset')} disabled={editor.project.readOnly}
        onChange={(_, preset: Preset | null) => { if (preset !== null) editor.document.transact(t('edit.preset'), (records) => patchEvent(records, event.id, { preset })); }}
        sx={{ '& .MuiToggleButton-root': { minWidth: 0, flex: 1, px: 0.5 }}}
      >
        {PRESETS.map((preset) => <ToggleButton key={preset} value={preset}><PresetLabel event={event} preset={preset} /></ToggleButton>)}
      </ToggleButtonGroup>
      <Box sx={{ mt: 1.5, fontSize: 11.5, color: 'text.secondary', minHeight: 17 }}>
        {plan === null ? null : [
          t('preset.output', { frames: plan.output.frames, width: plan.output.width, height: plan.output.height }),
          plan.expectedMemoryBytes === null ? '' : t('preset.memory', { memory: formatBytes(plan.expectedMemoryBytes) }),
          reused > 0 && plan.cachedAssetId === null ? t('preset.reused', { count: reused }) : '',
        ].filter((part) => part !== '').join(' · ')}
      </Box>
      {plan === null || plan.tiles.length === 0 ? null : <Box role="note" sx={{ mt: 1, fontSize: 11.5, color: 'text.secondary' }}>{tilesAhead(plan.tiles)}</Box>}
    </Section>
  );
}
