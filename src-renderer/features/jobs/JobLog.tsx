import Box from '@mui/material/Box';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { tilesOfPart } from '../../components/tile-words.ts';
import { formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

/** What a job did part by part and how long each took. */
export function JobLog({ job }: { job: Job }) {
  const rows: readonly (readonly [string, string])[] = [
    [t('jobLog.begun'), new Date(job.createdAt).toLocaleString()],
    ...job.parts.map(({ name, state, step, total, wallMs }) => [
      t(`stage.${name}`),
      state === 'done' ? (wallMs === null ? t('stage.done') : t('jobLog.took', { time: formatDuration(wallMs) })) : state === 'cached' ? t('stage.cached') : state === 'running' ? t('stage.step', { step, total }) : t('stage.waiting'),
    ] as const),
    ...job.parts.flatMap((part): (readonly [string, string])[] => {
      const words = tilesOfPart(part);
      return words === null ? [] : [[t('tiles.title', { stage: t(`stage.${part.name}`) }), words]];
    }),
    ...(job.attempt > 1 ? [[t('jobLog.attempts'), String(job.attempt)] as const] : []),
    ...(job.finishedAt === null ? [] : [[t('jobLog.ended'), new Date(job.finishedAt).toLocaleString()] as const]),
    ...(job.error === null ? [] : [[job.error.code, job.error.message] as const]),
  ];
  return (
    <Box component="dl" aria-label={t('jobLog.title')} sx={{ m: 0, mt: 1, display: 'grid', gridTemplateColumns: 'auto 1fr', columnGap: 2, rowGap: 0.5, fontSize: 11, fontVariantNumeric: 'tabular-nums', userSelect: 'text' }}>
      {rows.map(([name, value]) => (
        <Box key={name} sx={{ display: 'contents' }}>
          <Box component="dt" sx={{ color: 'text.secondary' }}>{name}</Box>
          <Box component="dd" sx={{ m: 0, textAlign: 'right', overflowWrap: 'anywhere' }}>{value}</Box>
        </Box>
      ))}
    </Box>
  );
}
