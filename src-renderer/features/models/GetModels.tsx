import DownloadOutlined from '@mui/icons-material/DownloadOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import { RepositoryName, type Download, type WeightPrecision } from '../../../src-shared/contract/hub.ts';
import { KNOWN_REPOSITORIES } from '../../../src-shared/hub/known-repositories.ts';
import { putDownload, useDownloads } from '../../api/downloads.ts';
import { BESIDE_FIELD } from '../../components/beside-field.ts';
import { formatBytes } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { DownloadRow } from './DownloadRow.tsx';
import { HubSettings } from './HubSettings.tsx';
import { PlanDialog } from './PlanDialog.tsx';

interface Asked {
  readonly repository: string;
  readonly precision: WeightPrecision;
}

/** The published repositories with their sizes, others by name, and every download with what can be done about it. */
export function GetModels() {
  const queryClient = useQueryClient();
  const downloads = useDownloads();
  const [asked, setAsked] = useState<Asked | null>(null);
  const rowsOf = (repository: string) => downloads.filter((download) => download.repository.toLowerCase() === repository.toLowerCase());
  const row = (download: Download) => <DownloadRow key={download.id} download={download} />;
  const others = downloads.filter(({ repository }) => !KNOWN_REPOSITORIES.some((known) => known.repository.toLowerCase() === repository.toLowerCase()));
  return (
    <>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('hub.lead')}</Typography>
      <HubSettings />
      <Box component="ul" aria-label={t('hub.repositories')} sx={{ m: 0, p: 0, listStyle: 'none', display: 'flex', flexDirection: 'column', gap: 2 }}>
        {KNOWN_REPOSITORIES.map(({ repository, role, gated, precision, aboutBytes }) => {
          const rows = rowsOf(repository);
          const canGet = !rows.some(({ state }) => state !== 'cancelled');
          return (
            <Repository
              key={repository} name={repository} about={[t(`hub.role.${role}`), t('hub.about', { size: formatBytes(aboutBytes) }), t(gated ? 'hub.gated' : 'hub.nonCommercial')].join(' · ')}
              action={canGet ? <Button color="inherit" variant="outlined" aria-label={t('hub.getNamed', { name: repository })} startIcon={<DownloadOutlined />} sx={{ borderColor: 'divider' }} onClick={() => setAsked({ repository, precision })}>{t('hub.get')}</Button> : null}
            >
              {rows.map(row)}
            </Repository>
          );
        })}
        {others.map((download) => <Repository key={download.id} name={download.repository} about={download.address} action={null}>{row(download)}</Repository>)}
      </Box>
      <OtherRepository onAsk={(repository) => setAsked({ repository, precision: 'full' })} />
      {asked === null ? null : <PlanDialog {...asked} onClose={() => setAsked(null)} onStarted={(download) => { putDownload(queryClient, download); setAsked(null); }} />}
    </>
  );
}

function Repository({ name, about, action, children }: { name: string; about: string; action: ReactNode; children: ReactNode }) {
  return (
    <Box component="li" aria-label={name} sx={{ p: 3, borderRadius: 2, border: 1, borderColor: 'divider', bgcolor: 'studio.well' }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, minHeight: 30 }}>
        <Box sx={{ minWidth: 0 }}>
          <Typography variant="h3" component="h3" sx={{ overflowWrap: 'anywhere' }}>{name}</Typography>
          <Typography variant="caption" component="p" sx={{ m: 0, color: 'text.secondary' }}>{about}</Typography>
        </Box>
        <Box sx={{ ml: 'auto', flex: 'none' }}>{action}</Box>
      </Box>
      {children}
    </Box>
  );
}

function OtherRepository({ onAsk }: { onAsk: (repository: string) => void }) {
  const [name, setName] = useState('');
  const [isWrong, setWrong] = useState(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const parsed = RepositoryName.safeParse(name);
    setWrong(!parsed.success);
    if (parsed.success) onAsk(parsed.data);
  };
  return (
    <Box component="form" onSubmit={submit} sx={{ display: 'flex', gap: 1.5, alignItems: 'flex-start' }}>
      <TextField label={t('hub.other')} placeholder="owner/name" value={name} error={isWrong} helperText={isWrong ? t('hub.otherWrong') : t('hub.otherHelp')} onChange={(event) => setName(event.target.value)} slotProps={{ htmlInput: { spellCheck: false } }} />
      <Button type="submit" color="inherit" variant="outlined" sx={BESIDE_FIELD}>{t('hub.look')}</Button>
    </Box>
  );
}
