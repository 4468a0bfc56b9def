import Close from '@mui/icons-material/Close';
import Pause from '@mui/icons-material/Pause';
import PlayArrow from '@mui/icons-material/PlayArrow';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { JobClock } from '../../components/JobClock.tsx';
import { StageStrip } from '../../components/StageStrip.tsx';
import { useJobCommands } from '../../components/use-job-commands.ts';
import { t } from '../../i18n/text.ts';

/** What the engine does for the picture above: stages, time left, and the way out. */
export function LiveStrip({ job }: { job: Job }) {
  const editor = useEditor();
  const { pending, run } = useJobCommands(editor);
  const isLeaving = pending.get(job.id) === 'cancel';
  return (
    <Box role="group" aria-label={t('live.label')} sx={{ flex: 'none', display: 'flex', alignItems: 'center', gap: 4, px: 4, py: 2, bgcolor: 'studio.panel', borderTop: 1, borderColor: 'studio.line' }}>
      <Box sx={{ flex: 1, minWidth: 0 }}><StageStrip parts={job.parts} /></Box>
      <Box sx={{ flex: 'none', textAlign: 'right', minWidth: 104 }}><JobClock job={job} /></Box>
      <Box sx={{ flex: 'none', display: 'flex', gap: 1 }}>
        {job.state === 'paused' ? (
          <Button color="inherit" startIcon={<PlayArrow />} onClick={() => run('resume', job.id)}>{t('job.resume')}</Button>
        ) : (
          <Button color="inherit" startIcon={<Pause />} disabled={job.state !== 'running' || isLeaving} onClick={() => run('pause', job.id)}>{t('job.pause')}</Button>
        )}
        <Button color="inherit" startIcon={<Close />} disabled={isLeaving} onClick={() => run('cancel', job.id)}>{t(isLeaving ? 'job.cancelling' : 'job.cancel')}</Button>
      </Box>
    </Box>
  );
}
