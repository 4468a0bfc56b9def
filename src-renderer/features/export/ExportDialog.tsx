import FolderOpenOutlined from '@mui/icons-material/FolderOpenOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import LinearProgress from '@mui/material/LinearProgress';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import { thumbnailUrl } from '../../api/media-address.ts';
import { useAsset } from '../../api/asset-queries.ts';
import { useJobs, useTakes } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { BESIDE_FIELD } from '../../components/beside-field.ts';
import { Poster } from '../../components/Poster.tsx';
import { partShare } from '../../components/StageStrip.tsx';
import { formatBytes, formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { exportFileName } from './export-name.ts';

type EmbedRecipe = 'all' | 'withoutPrompts' | 'none';
const EMBED: readonly EmbedRecipe[] = ['all', 'withoutPrompts', 'none'];

/** Writes a clip to a file: a path on the host's disk, or a download through the browser. Values stay after an error. */
export function ExportDialog({ assetId }: { assetId: string }) {
  const editor = useEditor();
  const { client, project, info, session } = editor;
  const takes = useTakes();
  const file = useAsset(assetId);
  const take = takes.find((other) => other.asset.id === assetId) ?? null;
  const asset = take?.asset ?? file;
  const hasDialogs = info.capabilities.includes('nativeDialogs');
  const [path, setPath] = useState(() => `${info.projectsFolder}/${exportFileName(take?.recipe.prompt ?? asset?.name ?? project.name, take?.recipe.seed ?? null)}`);
  const [embed, setEmbed] = useState<EmbedRecipe>('all');
  const [error, setError] = useState<string | null>(null);
  const [jobId, setJobId] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const job = useJobs().find((other) => other.id === jobId) ?? null;
  const isRunning = isBusy || (job !== null && (job.state === 'running' || job.state === 'available' || job.state === 'retryable'));
  const close = () => session.setState({ dialog: null });

  const problem = error ?? (job?.state === 'discarded' ? (job.error?.message ?? t('export.failed')) : null);
  const isDone = job?.state === 'completed';

  useEffect(() => {
    if (isDone) session.setState({ dialog: null });
  }, [isDone, session]);

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    setJobId(null);
    await work().catch((caught: unknown) => setError(caught instanceof Error ? caught.message : String(caught)));
    setBusy(false);
  };

  const writeFile = () => attempt(async () => setJobId((await client.export.start({ projectId: project.id, assetId, path: path.trim(), embedRecipe: embed })).jobId));

  const download = () => attempt(async () => {
    const { url, fileName } = await client.export.downloadUrl({ projectId: project.id, assetId });
    const link = document.createElement('a');
    link.href = url;
    link.download = fileName;
    link.click();
    close();
  });

  const browse = () => attempt(async () => {
    const chosen = await client.system.chooseSavePath({ defaultName: path.split(/[\\/]/).at(-1) ?? 'clip.mp4' });
    if (chosen.path !== null) setPath(chosen.path);
  });

  const firstPart = job?.parts[0];
  return (
    <Dialog open onClose={isRunning ? undefined : close} fullWidth maxWidth="sm" slotProps={{ paper: { 'aria-label': t('export.title') } }}>
      <DialogTitle>{t('export.title')}</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 4 }}>
        <Box sx={{ display: 'grid', gridTemplateColumns: '148px 1fr', gap: 3, alignItems: 'center' }}>
          <Poster src={asset ? thumbnailUrl(info.mediaBase, project.id, asset) : null} />
          <Box sx={{ minWidth: 0 }}>
            <Typography variant="h3" component="p" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', display: '-webkit-box', WebkitLineClamp: 2, WebkitBoxOrient: 'vertical' }}>{take?.recipe.prompt ?? asset?.name}</Typography>
            {asset ? <Typography variant="body2" sx={{ color: 'text.secondary', mt: 0.5 }}>{[`${asset.width ?? '?'} × ${asset.height ?? '?'}`, asset.durationMs === null ? '' : formatDuration(asset.durationMs), 'MP4 (H.264)', formatBytes(asset.sizeBytes)].filter((part) => part !== '').join(' · ')}</Typography> : null}
          </Box>
        </Box>
        <Box sx={{ display: 'flex', gap: 1.5, alignItems: 'flex-start' }}>
          <TextField label={t('export.path')} value={path} disabled={isRunning} onChange={(event) => setPath(event.target.value)} slotProps={{ htmlInput: { spellCheck: false } }} />
          {hasDialogs ? <Button color="inherit" variant="outlined" sx={BESIDE_FIELD} startIcon={<FolderOpenOutlined />} disabled={isRunning} onClick={() => void browse()}>{t('export.browse')}</Button> : null}
        </Box>
        <Box component="fieldset" sx={{ border: 0, p: 0, m: 0 }}>
          <Typography component="legend" variant="overline" sx={{ color: 'text.secondary' }}>{t('export.embed')}</Typography>
          <RadioGroup value={embed} onChange={(event) => setEmbed(event.target.value as EmbedRecipe)}>
            {EMBED.map((value) => <FormControlLabel key={value} value={value} disabled={isRunning} control={<Radio size="small" sx={{ p: 1 }} />} label={<Box component="span" sx={{ fontSize: 12.5 }}>{t(`export.embed.${value}`)}</Box>} />)}
          </RadioGroup>
        </Box>
        {problem === null ? null : <Alert severity="error" variant="outlined">{problem}</Alert>}
        {isRunning ? <LinearProgress aria-label={t('export.running')} variant={firstPart && firstPart.total > 0 ? 'determinate' : 'indeterminate'} value={firstPart ? partShare(firstPart) * 100 : 0} /> : null}
      </DialogContent>
      <DialogActions>
        {hasDialogs ? null : <Button color="inherit" disabled={isRunning || asset === null} onClick={() => void download()} sx={{ mr: 'auto' }}>{t('export.download')}</Button>}
        {isRunning && jobId !== null ? (
          <Button color="inherit" onClick={() => void client.jobs.cancel({ projectId: project.id, jobId }).then(() => setJobId(null))}>{t('job.cancel')}</Button>
        ) : (
          <Button color="inherit" onClick={close}>{t('action.close')}</Button>
        )}
        <Button variant="contained" disabled={isRunning || asset === null || path.trim() === ''} onClick={() => void writeFile()}>{t('action.export')}</Button>
      </DialogActions>
    </Dialog>
  );
}
