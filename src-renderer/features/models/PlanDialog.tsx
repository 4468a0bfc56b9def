import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import LinearProgress from '@mui/material/LinearProgress';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Download, DownloadPlan, WeightPrecision } from '../../../src-shared/contract/hub.ts';
import { useStudio } from '../../api/studio-context.tsx';
import { formatBytes } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { TokenField } from './HubSettings.tsx';

export interface PlanDialogProps {
  readonly repository: string;
  readonly precision: WeightPrecision;
  readonly onClose: () => void;
  readonly onStarted: (download: Download) => void;
}

const messageOf = (caught: unknown): string => (caught instanceof Error ? caught.message : String(caught));

/** Asks the hub what a repository would bring, shows it with its licence, and downloads once that is accepted. */
export function PlanDialog({ repository, precision, onClose, onStarted }: PlanDialogProps) {
  const { client } = useStudio();
  const queryClient = useQueryClient();
  const [into, setInto] = useState<string | null>(null);
  const [isAccepted, setAccepted] = useState(false);
  const [isStarting, setStarting] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const request = { repository, precision, ...(into === null ? {} : { into }) };
  const settings = useQuery({ queryKey: ['hubSettings'], queryFn: () => client.hub.settings({}) }).data;
  const { data: plan, error, isFetching } = useQuery({
    queryKey: ['hubPlan', request, settings?.address, settings?.hasToken], queryFn: ({ signal }) => client.hub.plan(request, { signal }),
    enabled: settings !== undefined, retry: false, gcTime: 0, staleTime: Infinity, refetchOnWindowFocus: false,
  });
  const problem = failure ?? (error === null ? (plan?.problem ?? null) : messageOf(error));
  const start = async () => {
    if (plan === undefined) return;
    setStarting(true);
    setFailure(null);
    try {
      onStarted(await client.hub.start({ ...request, acceptedLicence: plan.licence.id }));
    } catch (caught) {
      setFailure(messageOf(caught));
      setStarting(false);
    }
  };
  return (
    <Dialog open onClose={onClose} maxWidth="sm" fullWidth slotProps={{ paper: { 'aria-label': t('hub.getNamed', { name: repository }) } }}>
      <DialogTitle>{t('hub.getNamed', { name: repository })}</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 3 }}>
        {isFetching ? <LinearProgress aria-label={t('hub.asking')} /> : null}
        {plan === undefined ? null : <PlanFacts plan={plan} onFolder={setInto} />}
        {problem === null ? null : <Alert severity="error" variant="outlined">{problem}</Alert>}
        {problem !== null && plan?.gated === true && settings !== undefined ? <TokenField settings={settings} onKept={(next) => { setFailure(null); queryClient.setQueryData(['hubSettings'], next); void queryClient.invalidateQueries({ queryKey: ['hubPlan'] }); }} /> : null}
        {plan === undefined || plan.licence.text === '' ? null : (
          <Box>
            <Typography variant="h3" component="h3">{plan.licence.name}</Typography>
            {plan.statedLicence === null ? null : <Typography variant="caption" component="p" sx={{ color: 'text.secondary', m: 0 }}>{t('hub.stated', { licence: plan.statedLicence })}</Typography>}
            <Box tabIndex={0} role="document" aria-label={t('hub.licenceText')} sx={{ mt: 1.5, p: 2.5, maxHeight: 190, overflowY: 'auto', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', fontSize: 12, borderRadius: 1.5, bgcolor: 'studio.well', border: 1, borderColor: 'divider', userSelect: 'text' }}>{plan.licence.text}</Box>
            {plan.problem !== null ? null : <FormControlLabel sx={{ mt: 1 }} control={<Checkbox size="small" checked={isAccepted} onChange={(_, on) => setAccepted(on)} />} label={<Box component="span" sx={{ fontSize: 12.5 }}>{t('hub.accept')}</Box>} />}
          </Box>
        )}
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onClose}>{t('action.cancel')}</Button>
        <Button variant="contained" disabled={plan === undefined || plan.problem !== null || !isAccepted || isStarting || isFetching} onClick={() => void start()}>{plan === undefined || plan.problem !== null ? t('hub.download') : t('hub.downloadSize', { size: formatBytes(plan.neededBytes) })}</Button>
      </DialogActions>
    </Dialog>
  );
}

function PlanFacts({ plan, onFolder }: { plan: DownloadPlan; onFolder: (into: string) => void }) {
  const parent = plan.folder.slice(0, plan.folder.length - plan.repository.length - 1);
  const [folder, setFolder] = useState(parent);
  const unproven = plan.files.filter(({ proof }) => proof === 'size').length;
  const change = () => {
    if (folder.trim() !== '' && folder.trim() !== parent) onFolder(folder.trim());
  };
  return (
    <>
      <Typography variant="body2">
        {t('hub.planFacts', { count: plan.files.length, needed: formatBytes(plan.neededBytes), free: formatBytes(plan.freeBytes) })}
        {plan.totalBytes > plan.neededBytes ? ` ${t('hub.planHave', { size: formatBytes(plan.totalBytes - plan.neededBytes) })}` : ''}
        {plan.skippedFiles > 0 ? ` ${t('hub.planSkipped', { count: plan.skippedFiles, size: formatBytes(plan.skippedBytes) })}` : ''}
        {unproven > 0 ? ` ${t('hub.planUnproven', { count: unproven })}` : ''}
      </Typography>
      <TextField label={t('hub.folder')} value={folder} helperText={t('hub.folderHelp', { name: plan.repository })} onChange={(event) => setFolder(event.target.value)} onBlur={change} onKeyDown={(event) => { if (event.key === 'Enter') change(); }} slotProps={{ htmlInput: { spellCheck: false } }} />
    </>
  );
}
