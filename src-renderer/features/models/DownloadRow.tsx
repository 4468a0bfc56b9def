import Close from '@mui/icons-material/Close';
import ErrorOutlineOutlined from '@mui/icons-material/ErrorOutlineOutlined';
import Pause from '@mui/icons-material/Pause';
import PlayArrow from '@mui/icons-material/PlayArrow';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Download } from '../../../src-shared/contract/hub.ts';
import { dropDownload, putDownload } from '../../api/downloads.ts';
import { useStudio } from '../../api/studio-context.tsx';
import { notifyError } from '../../editor/notices.ts';
import { formatBytes, formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

const STATE_COLOR = { available: 'text.secondary', running: 'primary.light', paused: 'warning.main', completed: 'success.main', cancelled: 'text.secondary', discarded: 'error.main' } as const;

/** What it does now, in words; never a number that nobody measured. */
function pace({ state, waitingFor, files, speed, remainingMs }: Download): string {
  if (state !== 'running') return t(`hub.state.${state}`);
  if (waitingFor !== null) return t('hub.waiting');
  const isChecking = files.some((file) => file.state === 'checking') && !files.some((file) => file.state === 'running');
  if (isChecking) return t('hub.checking');
  if (speed === null) return t('job.estimating');
  const words = t('hub.speed', { speed: formatBytes(speed) });
  return remainingMs === null ? words : `${words} · ${t('job.remaining', { time: formatDuration(Math.max(1000, remainingMs)) })}`;
}

/** How far a download is, what can be done about it, and what is wrong with one that stopped. */
export function DownloadRow({ download }: { download: Download }) {
  const { client } = useStudio();
  const queryClient = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const { id, state, doneBytes, totalBytes, error, waitingFor, files, packIds, folder } = download;
  const isOpen = state === 'running' || state === 'available' || state === 'paused';
  const act = (work: () => Promise<void>) => () => {
    setBusy(true);
    void work().catch(notifyError).finally(() => setBusy(false));
  };
  const command = (name: 'pause' | 'resume' | 'cancel') => act(async () => putDownload(queryClient, await client.hub[name]({ downloadId: id })));
  const dismiss = act(async () => {
    await client.hub.dismiss({ downloadId: id });
    dropDownload(queryClient, id);
  });
  const unproven = files.filter(({ proof }) => proof === 'size').length;
  return (
    <Box data-download={id} data-state={state} sx={{ mt: 2 }}>
      <LinearProgress variant="determinate" aria-label={t('hub.progress', { name: download.repository })} value={totalBytes === 0 ? 100 : (doneBytes / totalBytes) * 100} color={state === 'discarded' ? 'error' : state === 'paused' ? 'warning' : state === 'completed' ? 'success' : 'primary'} sx={{ height: 4 }} />
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.5, mt: 1.5, minHeight: 30, fontSize: 12, fontVariantNumeric: 'tabular-nums' }}>
        <Box component="span" data-testid="download-pace" sx={{ color: STATE_COLOR[state] }}>{pace(download)}</Box>
        <Box component="span" sx={{ color: 'text.secondary' }}>{t('hub.bytes', { done: formatBytes(doneBytes), total: formatBytes(totalBytes) })}</Box>
        <Box sx={{ ml: 'auto', display: 'flex', gap: 1 }}>
          {state === 'running' || state === 'available' ? <Button color="inherit" disabled={isBusy} startIcon={<Pause />} onClick={command('pause')}>{t('job.pause')}</Button> : null}
          {state === 'paused' || state === 'discarded' ? <Button color="inherit" disabled={isBusy} startIcon={<PlayArrow />} onClick={command('resume')}>{t(state === 'paused' ? 'job.resume' : 'job.retry')}</Button> : null}
          {isOpen ? <Button color="inherit" disabled={isBusy} startIcon={<Close />} onClick={command('cancel')}>{t('job.cancel')}</Button> : <Button color="inherit" disabled={isBusy} onClick={dismiss}>{t('job.dismiss')}</Button>}
        </Box>
      </Box>
      {waitingFor !== null && state === 'running' ? <Box role="status" sx={{ fontSize: 12, color: 'warning.main', overflowWrap: 'anywhere' }}>{waitingFor}</Box> : null}
      {error !== null && state !== 'running' ? <Box role="alert" sx={{ display: 'flex', gap: 1.5, mt: 1, fontSize: 12, color: state === 'paused' ? 'warning.main' : 'error.main', overflowWrap: 'anywhere', userSelect: 'text', '& svg': { fontSize: 16, flex: 'none' } }}><ErrorOutlineOutlined />{error.message}</Box> : null}
      {state === 'completed' ? <Box sx={{ fontSize: 12, color: 'text.secondary', overflowWrap: 'anywhere', userSelect: 'text' }}>{t('hub.completed', { packs: packIds.join(', '), folder })}{unproven > 0 ? ` ${t('hub.unproven', { count: unproven })}` : ''}</Box> : null}
      {state === 'completed' || state === 'cancelled' ? null : <FileList download={download} />}
    </Box>
  );
}

function FileList({ download: { files } }: { download: Download }) {
  const done = files.filter(({ state }) => state === 'done').length;
  return (
    <Box component="details" sx={{ mt: 0.5, fontSize: 11.5, color: 'text.secondary', '& summary': { cursor: 'pointer' } }}>
      <summary>{t('hub.files', { done, count: files.length })}</summary>
      <Box component="ul" sx={{ m: 0, mt: 1, p: 0, listStyle: 'none', display: 'grid', gridTemplateColumns: '1fr auto auto', columnGap: 4, rowGap: 0.5, fontVariantNumeric: 'tabular-nums', userSelect: 'text' }}>
        {files.map((file) => (
          <Box component="li" key={file.path} sx={{ display: 'contents', color: file.state === 'running' ? 'text.primary' : 'inherit' }}>
            <Box component="span" sx={{ overflowWrap: 'anywhere' }}>{file.path}</Box>
            <span>{formatBytes(file.sizeBytes)}</span>
            <span>{file.state === 'running' || (file.state === 'waiting' && file.doneBytes > 0) ? `${Math.floor((file.doneBytes / Math.max(1, file.sizeBytes)) * 100)} %` : t(`hub.file.${file.state}`)}{file.proof === 'size' ? ` · ${t('hub.noChecksum')}` : ''}</span>
          </Box>
        ))}
      </Box>
    </Box>
  );
}
