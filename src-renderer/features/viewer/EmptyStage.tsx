import AutoAwesomeOutlined from '@mui/icons-material/AutoAwesomeOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import { useDocument, useEditor } from '../../api/studio-context.tsx';
import { useJobs } from '../../api/queries.ts';
import { ActionKeys } from '../../components/ActionKeys.tsx';
import { JobClock } from '../../components/JobClock.tsx';
import { StageStrip } from '../../components/StageStrip.tsx';
import { eventsInOrder } from '../../editor/timeline-edits.ts';
import { addExampleScene, createEvent, generateEvent } from '../../editor/generate.ts';
import { t } from '../../i18n/text.ts';

/** The viewer with nothing to show: it says what to do next, and does it. */
export function EmptyStage({ event }: { event: PromptEvent | null }) {
  const editor = useEditor();
  const hasEvents = useDocument((state) => eventsInOrder(state.records).length > 0);

  const scene = useJobs().find((job) => job.kind === 'scene' && job.state === 'running');
  if (event && scene) {
    return (
      <Message title={t('viewer.sceneRunning')} body={t('viewer.sceneRunningHelp')}>
        <Box sx={{ width: 280, textAlign: 'left' }}>
          <StageStrip parts={scene.parts} dense />
          <Box sx={{ display: 'flex', justifyContent: 'space-between', color: '#e8e9ec' }}><JobClock job={scene} /></Box>
        </Box>
      </Message>
    );
  }
  if (event) {
    return (
      <Message title={t('viewer.noTake')} body={event.prompt.trim() === '' ? t('viewer.noPrompt') : `“${event.prompt}”`}>
        {event.prompt.trim() === '' ? null : (
          <Button variant="contained" startIcon={<AutoAwesomeOutlined />} onClick={() => { editor.drafts.commitAll(); void generateEvent(editor, event, { front: false }); }}>{t('action.generate')}</Button>
        )}
      </Message>
    );
  }
  if (hasEvents) return <Message title={t('viewer.gap')} body={t('viewer.gapHelp')} />;
  return (
    <Message title={t('empty.project')} body={t('empty.projectHelp')}>
      <Box sx={{ display: 'flex', gap: 2 }}>
        <Button variant="contained" onClick={() => void createEvent(editor, { frame: 0 })}>{t('empty.write')}<Box component="span" sx={{ ml: 2 }}><ActionKeys id="addEvent" /></Box></Button>
        <Button color="inherit" variant="outlined" sx={{ borderColor: 'divider' }} onClick={() => addExampleScene(editor)}>{t('empty.example')}</Button>
      </Box>
    </Message>
  );
}

function Message({ title, body, children }: { title: string; body: string; children?: React.ReactNode }) {
  return (
    // Room below for two toasts: they must never lie on what this offers.
    <Box sx={{ textAlign: 'center', maxWidth: 440, px: 4, pb: 'min(128px, 36cqh)', display: 'flex', flexDirection: 'column', alignItems: 'center', gap: 3, color: '#e8e9ec' }}>
      <Box>
        <Typography variant="h2" component="p" sx={{ mb: 1 }}>{title}</Typography>
        <Typography variant="body2" sx={{ color: '#9b9fa8', textWrap: 'balance' }}>{body}</Typography>
      </Box>
      {children}
    </Box>
  );
}
