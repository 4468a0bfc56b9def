import Box from '@mui/material/Box';
import { useEffect, useState } from 'react';
import type { Job } from '../../src-shared/contract/jobs.ts';
import { formatDuration } from '../i18n/formats.ts';
import { t } from '../i18n/text.ts';

/** Time since `job` last changed, for clocks that run between two reports. */
function useSinceReport(job: Job): number {
  const [sinceMs, setSinceMs] = useState<{ job: Job; ms: number } | null>(null);
  useEffect(() => {
    if (job.state !== 'running') return undefined;
    const startMs = performance.now();
    const timer = setInterval(() => setSinceMs({ job, ms: performance.now() - startMs }), 1000);
    return () => clearInterval(timer);
  }, [job]);
  return sinceMs?.job === job ? sinceMs.ms : 0;
}

/** Remaining and elapsed time of a job in words; never a number that nobody measured. */
export function JobClock({ job }: { job: Job }) {
  const sinceMs = useSinceReport(job);
  const remaining =
    job.state === 'paused' ? t('job.state.paused')
    : job.state === 'available' ? t('job.state.available')
    : job.remainingMs === null ? t('job.estimating')
    : t('job.remaining', { time: formatDuration(Math.max(1000, job.remainingMs - sinceMs)) });
  return (
    <>
      <Box data-testid="remaining" sx={{ fontSize: 12, fontVariantNumeric: 'tabular-nums' }}>{remaining}</Box>
      <Box sx={{ fontSize: 11, color: 'text.secondary', fontVariantNumeric: 'tabular-nums' }}>{t('job.elapsed', { time: formatDuration(job.elapsedMs + sinceMs) })}</Box>
    </>
  );
}
