import Box from '@mui/material/Box';
import { useState } from 'react';
import type { Job } from '../../src-shared/contract/jobs.ts';
import { formatDuration } from '../i18n/formats.ts';
import { t } from '../i18n/text.ts';

/** Steps that must have been seen before their pace counts. */
const STEPS_NEEDED = 3;

/** The first report of a part that was seen here. */
interface Beginning {
  readonly key: string;
  readonly step: number;
  readonly elapsedMs: number;
}

/**
 * Time left in the running part, from the pace seen here: what can be said while a later part was never measured on this
 * machine, so that the whole job's time is not known.
 */
export function PartClock({ job }: { job: Job }) {
  const part = job.state === 'running' && job.remainingMs === null ? (job.parts.find(({ state }) => state === 'running') ?? null) : null;
  const [beginning, setBeginning] = useState<Beginning | null>(null);
  const key = part === null ? '' : `${job.id} ${job.attempt} ${part.name}`;
  if (part !== null && part.step > 0 && beginning?.key !== key) setBeginning({ key, step: part.step, elapsedMs: job.elapsedMs });
  if (part === null || beginning === null || beginning.key !== key) return null;
  const steps = part.step - beginning.step;
  if (steps < STEPS_NEEDED || part.total <= part.step) return null;
  const leftMs = ((job.elapsedMs - beginning.elapsedMs) / steps) * (part.total - part.step);
  return <Box data-testid="part-left" sx={{ mt: 1, fontSize: 11, color: 'text.secondary', fontVariantNumeric: 'tabular-nums' }}>{t('job.partLeft', { time: formatDuration(Math.max(1000, leftMs)) })}</Box>;
}
