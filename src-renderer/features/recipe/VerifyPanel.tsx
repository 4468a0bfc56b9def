import CheckCircleOutlined from '@mui/icons-material/CheckCircleOutlined';
import Replay from '@mui/icons-material/Replay';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { RecipeVerdict } from '../../../src-shared/recipe/recipe-verdict.ts';
import { useJobs } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { StageStrip } from '../../components/StageStrip.tsx';
import { UNFINISHED } from '../../editor/editor.ts';
import { t } from '../../i18n/text.ts';

const SEVERITY = { identical: 'success', perceptuallyEqual: 'info', different: 'warning' } as const;
const dB = (value: number | null): string => (value === null ? '∞' : value.toFixed(1));

/** What a verification found, in words, with its reasons. */
function Verdict({ verdict }: { readonly verdict: RecipeVerdict }) {
  const { outcome, frames, meanDb, worstDb, worstFrame, reasons, checkedAt } = verdict;
  return (
    <Alert severity={SEVERITY[outcome]} variant="outlined" data-testid="recipe-verdict" data-outcome={outcome} icon={outcome === 'identical' ? <CheckCircleOutlined /> : undefined}>
      <Box sx={{ fontWeight: 600 }}>{t(`recipe.verdict.${outcome}`, { frames })}</Box>
      {worstDb === null ? null : <Box>{t('recipe.verdictNumbers', { mean: dB(meanDb), worst: dB(worstDb), frame: worstFrame ?? 0 })}</Box>}
      {reasons.length === 0 ? null : (
        <Box component="ul" sx={{ my: 1, pl: 4.5 }}>{reasons.map(({ reason, there, here }) => <li key={reason}>{t(`recipe.reason.${reason}`, { there, here })}</li>)}</Box>
      )}
      <Box sx={{ color: 'text.secondary', fontSize: 11 }}>{t('recipe.checkedAt', { at: new Date(checkedAt).toLocaleString() })}</Box>
    </Alert>
  );
}

/** Makes the clip again and says whether it is the same. */
export function VerifyPanel({ assetId, problem }: { readonly assetId: string; readonly problem: string | null }) {
  const { client, project } = useEditor();
  const [jobId, setJobId] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const job = useJobs().find(({ id, kind, state }) => (jobId === null ? kind === 'verify' && UNFINISHED.has(state) : id === jobId)) ?? null;
  const verdict = useQuery({ queryKey: [project.id, 'verdict', assetId], queryFn: () => client.recipes.verdict({ projectId: project.id, assetId }) });
  const isRunning = job !== null && UNFINISHED.has(job.state);
  const { refetch } = verdict;
  useEffect(() => {
    if (job?.state === 'completed') void refetch();
  }, [job?.state, refetch]);

  const start = () => {
    setError(null);
    client.recipes.verify({ projectId: project.id, assetId }).then(({ jobId: started }) => setJobId(started), (caught: unknown) => setError(caught instanceof Error ? caught.message : String(caught)));
  };
  const failure = error ?? (job?.state === 'discarded' ? (job.error?.message ?? null) : null);
  const found = verdict.data?.verdict ?? null;
  return (
    <Box component="section" aria-label={t('recipe.verify')} sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 3 }}>
        <Typography variant="body2" sx={{ flex: 1, color: 'text.secondary' }}>{t('recipe.verifyHelp')}</Typography>
        {isRunning ? <Button color="inherit" onClick={() => void client.jobs.cancel({ projectId: project.id, jobId: job.id })}>{t('job.cancel')}</Button>
          : <Button variant="outlined" color="inherit" startIcon={<Replay />} disabled={problem !== null || project.readOnly} onClick={start} sx={{ borderColor: 'divider', flex: 'none' }}>{t('recipe.verify')}</Button>}
      </Box>
      {isRunning ? <StageStrip parts={job.parts} dense /> : null}
      {failure === null ? null : <Alert severity="error" variant="outlined">{failure}</Alert>}
      {found === null || isRunning ? null : <Verdict verdict={found} />}
    </Box>
  );
}
