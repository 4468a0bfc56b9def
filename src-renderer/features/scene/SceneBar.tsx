import MovieFilterOutlined from '@mui/icons-material/MovieFilterOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import { useMemo, useState } from 'react';
import { Preset } from '../../../src-shared/recipe/recipe.ts';
import { promptEventsOf } from '../../../src-shared/build/scene-from-timeline.ts';
import { useJobs, usePacks } from '../../api/queries.ts';
import { useEventStates } from '../../api/event-states.ts';
import { useAdherence, useScenePlan } from '../../api/scene-queries.ts';
import { useDocument, useEditor, useSession } from '../../api/studio-context.tsx';
import { UNFINISHED } from '../../editor/editor.ts';
import { clipFrames } from '../../editor/generate.ts';
import { needsScene, sceneNeeds } from '../../editor/scene-needs.ts';
import { renderScene } from '../../editor/scene.ts';
import { t } from '../../i18n/text.ts';
import { sceneEstimate, sceneObstacle } from './scene-estimate.ts';
import { SCENE_EVENT_STYLES } from './scene-event-styles.ts';
import { SceneEvent } from './SceneEvent.tsx';

/** A plain list that looks like the other fields. */
const SELECT = {
  flex: 'none', height: 30, pl: 2, pr: 6, font: 'inherit', fontSize: 12, color: 'text.primary', bgcolor: 'studio.well', border: 1, borderColor: 'divider', borderRadius: 1, appearance: 'none', cursor: 'pointer',
  // A chevron drawn in the colour of the words.
  backgroundImage: 'linear-gradient(45deg, transparent 50%, currentColor 50%), linear-gradient(-45deg, transparent 50%, currentColor 50%)', backgroundSize: '4px 4px', backgroundPosition: 'right 13px center, right 9px center', backgroundRepeat: 'no-repeat',
  '&:hover': { borderColor: 'text.disabled' },
} as const;

/**
 * The whole timeline as one scene: what is out of date, what rendering it takes, and the button. Shown once there are two events, or one
 * that no single clip can hold.
 */
export function SceneBar() {
  const editor = useEditor();
  const records = useDocument((state) => state.records);
  // The clip's length hangs on the model.
  usePacks();
  const [first, second] = promptEventsOf(records);
  return first === undefined || (second === undefined && !needsScene(sceneNeeds(records, first, clipFrames(editor)))) ? null : <Bar />;
}

function Bar() {
  const editor = useEditor();
  const records = useDocument((state) => state.records);
  const events = useMemo(() => promptEventsOf(records), [records]);
  const stateOf = useEventStates();
  const selectedIds = useSession((state) => state.selectedIds);
  const preset = useSession((state) => state.scenePreset);
  const [adherence, setAdherence] = useState(false);
  const { plan, problem: refusal } = useScenePlan(preset);
  const problem = refusal ?? (plan === null ? null : sceneObstacle(plan, editor.info.memory.totalBytes));
  const measured = useAdherence(preset);
  const isRunning = useJobs().some((job) => job.kind === 'scene' && job.promptEventId === null && UNFINISHED.has(job.state));
  return (
    <Box component="section" aria-label={t('scene.region')} sx={{ flex: 'none', display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) auto', alignItems: 'center', columnGap: 2, px: 2, py: 1, rowGap: 0.5, borderTop: 1, borderColor: 'studio.line', bgcolor: 'studio.panel', minWidth: 0 }}>
      <Box component="ol" aria-label={t('scene.events')} sx={{ display: 'flex', gap: 1, m: 0, p: 0, listStyle: 'none', minWidth: 0, overflowX: 'auto', gridColumn: '1 / -1', minHeight: 30, alignItems: 'center', ...SCENE_EVENT_STYLES }}>
        {events.map((event, index) => <SceneEvent key={event.id} event={event} number={index + 1} isSelected={selectedIds.includes(event.id)} state={stateOf(event)} adherence={measured.get(event.id) ?? null} />)}
      </Box>
      <Box role="status" title={problem ?? (plan === null ? '' : sceneEstimate(plan))} sx={{ fontSize: 11.5, color: problem === null ? 'text.secondary' : 'error.main', lineHeight: 1.3, display: '-webkit-box', WebkitLineClamp: '2', WebkitBoxOrient: 'vertical', overflow: 'hidden', pl: 1.5 }}>{problem ?? (plan === null ? '' : sceneEstimate(plan))}</Box>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>
        <FormControlLabel control={<Checkbox size="small" checked={adherence} onChange={(change) => setAdherence(change.target.checked)} />} label={t('scene.measure')} title={t('scene.measureHelp')} sx={{ mr: 0, flex: 'none', '& .MuiFormControlLabel-label': { fontSize: 11.5 } }} />
        <Box component="select" aria-label={t('scene.preset')} value={preset} onChange={(change) => editor.session.setState({ scenePreset: Preset.parse((change.target as HTMLSelectElement).value) })} sx={SELECT}>
          {Preset.options.map((option) => <option key={option} value={option}>{t(`preset.${option}`)}</option>)}
        </Box>
        <Button variant="contained" disableElevation size="small" startIcon={<MovieFilterOutlined />} disabled={editor.project.readOnly || isRunning || refusal !== null} onClick={() => void renderScene(editor, preset, { adherence })} sx={{ flex: 'none' }}>
          {isRunning ? t('scene.running') : t('scene.render')}
        </Button>
      </Box>
    </Box>
  );
}
