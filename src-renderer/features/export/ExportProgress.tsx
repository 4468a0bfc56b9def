import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { partShare } from '../../components/StageStrip.tsx';
import { formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import type { ExportRun } from './use-export-jobs.ts';

/** How far an export is, over all of its files. */
export function ExportProgress({ run }: { readonly run: ExportRun }) {
  const job = run.jobs.find(({ finishedAt }) => finishedAt === null);
  const part = job?.parts.at(-1);
  const shares = run.jobs.map(({ state, parts }) => (state === 'completed' ? 1 : parts.at(-1) === undefined ? 0 : partShare(parts.at(-1)!)));
  const share = shares.length === 0 ? 0 : shares.reduce((sum, each) => sum + each, 0) / shares.length;
  const done = run.jobs.filter(({ state }) => state === 'completed').length;
  const words = [
    run.jobs.length > 1 ? t('timelineExport.file', { number: Math.min(run.jobs.length, done + 1), count: run.jobs.length }) : '',
    part === undefined || part.state === 'waiting' ? t('timelineExport.preparing') : t('timelineExport.frame', { step: part.step, total: part.total }),
    job?.remainingMs == null ? '' : t('timelineExport.left', { duration: formatDuration(job.remainingMs) }),
  ].filter((word) => word !== '');
  return (
    <Box role="status" data-testid="export-progress">
      <LinearProgress aria-label={t('timelineExport.running')} variant={share > 0 ? 'determinate' : 'indeterminate'} value={share * 100} />
      <Typography variant="body2" sx={{ color: 'text.secondary', mt: 1 }}>{words.join(' · ')}</Typography>
    </Box>
  );
}
