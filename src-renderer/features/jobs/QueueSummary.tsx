import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { ActionButton } from '../../components/ActionButton.tsx';
import Pause from '@mui/icons-material/Pause';
import PlayArrow from '@mui/icons-material/PlayArrow';
import DeleteSweepOutlined from '@mui/icons-material/DeleteSweepOutlined';
import type { JobCommand } from '../../components/use-job-commands.ts';
import { formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { goesOn } from '../../../src-shared/contract/jobs.ts';
import { queueTotal } from './queue-total.ts';

function totalText(jobs: readonly Job[]): string | null {
  const total = queueTotal(jobs);
  if (total === null) return null;
  if (total.isWhole) return t('queue.totalLeft', { time: formatDuration(total.knownMs) });
  return total.knownMs > 0 ? t('queue.totalAtLeast', { time: formatDuration(total.knownMs) }) : t('queue.totalUnknown');
}

/** Time left for the whole queue, and what can be done to all that is unfinished. */
export function QueueSummary({ jobs, onCommand }: { jobs: readonly Job[]; onCommand: (command: JobCommand, jobId: string) => void }) {
  const going = jobs.filter(goesOn);
  const paused = jobs.filter(({ state }) => state === 'paused');
  const total = totalText(jobs);
  if (total === null && paused.length === 0) return null;
  // Those that wait first, so that none of them starts when the running one stops.
  const pauseAll = () => going.toSorted((a, b) => Number(a.state === 'running') - Number(b.state === 'running')).forEach(({ id }) => onCommand('pause', id));
  return (
    <Box sx={{ flex: 'none', display: 'flex', alignItems: 'center', gap: 1, px: 3, py: 1, minHeight: 38, borderBottom: 1, borderColor: 'studio.line', fontSize: 12, color: 'text.secondary', fontVariantNumeric: 'tabular-nums' }}>
      <Box sx={{ flex: 1, minWidth: 0, whiteSpace: 'nowrap', overflow: 'hidden', textOverflow: 'ellipsis' }} data-testid="queue-total">{total}</Box>
      {going.length > 0 ? <Button color="inherit" startIcon={<Pause />} onClick={pauseAll}>{t('queue.pauseAll')}</Button> : null}
      {going.length === 0 && paused.length > 0 ? <Button color="inherit" startIcon={<PlayArrow />} onClick={() => paused.forEach(({ id }) => onCommand('resume', id))}>{t('queue.resumeAll')}</Button> : null}
      {total === null ? null : <ActionButton id="clearQueue" icon={<DeleteSweepOutlined />} />}
    </Box>
  );
}
