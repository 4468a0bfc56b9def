import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { ActionButton } from '../../components/ActionButton.tsx';
import DeleteSweepOutlined from '@mui/icons-material/DeleteSweepOutlined';
import type { JobCommand } from '../../components/use-job-commands.ts';
import { formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { queueTotal } from './queue-total.ts';

function totalText(jobs: readonly Job[]): string | null {
  const total = queueTotal(jobs);
  if (total === null) return null;
  if (total.isWhole) return t('queue.totalLeft', { time: formatDuration(total.knownMs) });
  return total.knownMs > 0 ? t('queue.totalAtLeast', { time: formatDuration(total.knownMs) }) : t('queue.totalUnknown');
}

/** Time left for the whole queue, and what can be done to all of it. Failed jobs stay until someone dismisses them. */
export function QueueSummary({ jobs, onCommand }: { jobs: readonly Job[]; onCommand: (command: JobCommand, jobId: string) => void }) {
  const finished = jobs.filter(({ state }) => state === 'completed' || state === 'cancelled');
  const total = totalText(jobs);
  if (total === null && finished.length === 0) return null;
  return (
    <Box sx={{ flex: 'none', display: 'flex', alignItems: 'center', gap: 1, px: 3, py: 1, minHeight: 38, borderBottom: 1, borderColor: 'studio.line', fontSize: 12, color: 'text.secondary', fontVariantNumeric: 'tabular-nums' }}>
      <Box sx={{ flex: 1 }} data-testid="queue-total">{total}</Box>
      {finished.length > 0 ? <Button color="inherit" onClick={() => finished.forEach(({ id }) => onCommand('dismiss', id))}>{t('queue.clearFinished')}</Button> : null}
      {total === null ? null : <ActionButton id="clearQueue" icon={<DeleteSweepOutlined />} />}
    </Box>
  );
}
