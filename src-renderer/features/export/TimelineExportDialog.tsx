import FolderOpenOutlined from '@mui/icons-material/FolderOpenOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import LinearProgress from '@mui/material/LinearProgress';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ExportEstimate } from '../../../src-shared/contract/export.ts';
import { FORMATS } from '../../../src-shared/export/formats.ts';
import { BUILT_IN_PRESETS, ExportSettings } from '../../../src-shared/export/settings.ts';
import { useDocument, useEditor } from '../../api/studio-context.tsx';
import { partShare } from '../../components/StageStrip.tsx';
import { PathDialog } from '../../components/PathDialog.tsx';
import { sequenceOf } from '../../editor/timeline-edits.ts';
import { notify } from '../../editor/notices.ts';
import { formatBytes, formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { Choice, ExportFields } from './ExportFields.tsx';
import { useExportJobs } from './use-export-jobs.ts';

const REMEMBERED = 'motif.timelineExport';
type Target = 'all' | 'marked' | 'clips';

/** What was chosen last, in any project. */
function remembered(): ExportSettings {
  try {
    return ExportSettings.parse(JSON.parse(globalThis.localStorage.getItem(REMEMBERED) ?? 'null'));
  } catch {
    return BUILT_IN_PRESETS[0]?.settings ?? ExportSettings.parse({ format: 'mp4-h264' });
  }
}

/** The same name with the ending of another format. */
function withEnding(path: string, from: string, to: string): string {
  const stem = from !== '' && path.toLowerCase().endsWith(`.${from}`) ? path.slice(0, -from.length - 1) : path;
  return to === '' ? stem : `${stem}.${to}`;
}

/** Renders the timeline to files. Values stay after an error, and the last choices come back the next time. */
export function TimelineExportDialog() {
  const editor = useEditor();
  const { client, project, info, session } = editor;
  const sequence = useDocument((state) => sequenceOf(state.records));
  const [settings, setSettings] = useState(remembered);
  const [target, setTarget] = useState<Target>('all');
  const [path, setPath] = useState(() => withEnding(`${info.projectsFolder}/{project}`, '', FORMATS[settings.format].extension));
  const [error, setError] = useState<string | null>(null);
  const [isNaming, setNaming] = useState(false);
  const close = () => session.setState({ dialog: null });
  const hasDialogs = info.capabilities.includes('nativeDialogs');
  const clipIds = session.getState().selectedIds.filter((id) => id.startsWith('clip:') || id.startsWith('promptEvent:'));
  const request = { projectId: project.id, settings: { ...settings, range: { kind: target === 'marked' ? ('marked' as const) : ('all' as const) } }, path: path.trim(), clipIds: target === 'clips' ? clipIds : [] };

  const run = useExportJobs((jobs) => {
    const written = jobs[0]?.resultPath ?? path;
    notify('success', t('timelineExport.done', { path: written }), info.capabilities.includes('revealInFolder') ? { label: t('action.reveal'), run: () => void client.system.revealInFolder({ path: written }) } : null);
    close();
  });
  const formats = useQuery({ queryKey: ['exportFormats'], queryFn: () => client.export.formats({}) }).data?.formats ?? [settings.format];
  const presets = useQuery({ queryKey: ['exportPresets'], queryFn: () => client.export.presets({}) });
  const named = [...(presets.data?.builtIn ?? BUILT_IN_PRESETS), ...(presets.data?.own ?? [])].filter((preset) => formats.includes(preset.settings.format));
  const estimate = useQuery({ queryKey: ['exportEstimate', request], queryFn: () => client.export.estimate(request), retry: false, staleTime: 2000, enabled: request.path !== '' });
  const same = named.find((preset) => JSON.stringify({ ...preset.settings, range: null }) === JSON.stringify({ ...settings, range: null }));

  const change = (next: Partial<ExportSettings>) => {
    const merged = { ...settings, ...next };
    setPath((current) => withEnding(current, FORMATS[settings.format].extension, FORMATS[merged.format].extension));
    setSettings(merged);
    globalThis.localStorage.setItem(REMEMBERED, JSON.stringify(merged));
  };
  const attempt = async (work: () => Promise<void>) => {
    setError(null);
    await work().catch((caught: unknown) => setError(caught instanceof Error ? caught.message : String(caught)));
  };
  const begin = () => attempt(async () => run.begin((await client.export.startTimeline(request)).jobs.map(({ jobId }) => jobId)));
  const cancel = () => attempt(async () => void (await Promise.all(run.jobs.filter(({ finishedAt }) => finishedAt === null).map(({ id }) => client.jobs.cancel({ projectId: project.id, jobId: id })))));
  const browse = () => attempt(async () => {
    const chosen = await client.system.chooseSavePath({ defaultName: path.split(/[\\/]/).at(-1) ?? 'timeline.mp4' });
    if (chosen.path !== null) setPath(chosen.path);
  });
  const savePreset = async (name: string) => {
    await client.export.savePreset({ name, settings });
    await presets.refetch();
    setNaming(false);
  };

  const problem = error ?? run.problem ?? (estimate.error instanceof Error ? estimate.error.message : null);
  return (
    <Dialog open onClose={run.isRunning ? undefined : close} fullWidth maxWidth="sm" slotProps={{ paper: { 'aria-label': t('timelineExport.title') } }}>
      <DialogTitle>{t('timelineExport.title')}</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 3, '&&': { pt: 1.5 } }}>
        <Box sx={{ display: 'grid', gridTemplateColumns: '1fr auto', gap: 1.5, alignItems: 'center' }}>
          <Choice label={t('timelineExport.preset')} value={same?.name ?? ''} disabled={run.isRunning} options={[...(same === undefined ? [{ value: '', label: t('timelineExport.custom') }] : []), ...named.map(({ name }) => ({ value: name, label: name }))]} onChange={(name) => change(named.find((preset) => preset.name === name)?.settings ?? {})} />
          <Button color="inherit" disabled={run.isRunning || same !== undefined} onClick={() => setNaming(true)}>{t('timelineExport.savePreset')}</Button>
        </Box>
        <Choice
          label={t('timelineExport.range')} value={target} disabled={run.isRunning} onChange={setTarget}
          options={(['all', ...(sequence.inFrame !== null || sequence.outFrame !== null ? (['marked'] as const) : []), ...(clipIds.length > 0 ? (['clips'] as const) : [])] satisfies Target[]).map((value) => ({ value, label: t(`timelineExport.range.${value}`) }))}
        />
        <ExportFields settings={settings} formats={formats} sequenceHeight={sequence.height} disabled={run.isRunning} onChange={change} />
        <Box sx={{ display: 'flex', gap: 1.5, alignItems: 'flex-start' }}>
          <TextField fullWidth label={t('timelineExport.path')} value={path} disabled={run.isRunning} helperText={t('timelineExport.tokens')} onChange={(event) => setPath(event.target.value)} slotProps={{ htmlInput: { spellCheck: false } }} />
          {hasDialogs ? <Button color="inherit" variant="outlined" sx={{ borderColor: 'divider', height: 37, flex: 'none' }} startIcon={<FolderOpenOutlined />} disabled={run.isRunning} onClick={() => void browse()}>{t('export.browse')}</Button> : null}
        </Box>
        {estimate.data === undefined ? null : <Forecast estimate={estimate.data} />}
        {problem === null || run.isRunning ? null : (
          <Alert severity="error" variant="outlined" action={<Button size="small" color="inherit" onClick={() => void navigator.clipboard.writeText(problem)}>{t('timelineExport.copyDetails')}</Button>}>{problem}</Alert>
        )}
        {run.isRunning ? <Progress run={run} /> : null}
      </DialogContent>
      <DialogActions>
        {run.isRunning ? <Button color="inherit" onClick={() => void cancel()}>{t('job.cancel')}</Button> : <Button color="inherit" onClick={close}>{t('action.close')}</Button>}
        <Button variant="contained" disabled={run.isRunning || request.path === '' || (target === 'clips' && clipIds.length === 0)} onClick={() => void begin()}>{t('action.export')}</Button>
      </DialogActions>
      {isNaming ? <PathDialog title={t('timelineExport.savePreset')} label={t('timelineExport.presetName')} confirm={t('timelineExport.savePreset')} initial="" onClose={() => setNaming(false)} onSubmit={savePreset} /> : null}
    </Dialog>
  );
}

/** How large, how long and where to; and what to know before it is started. */
function Forecast({ estimate }: { readonly estimate: ExportEstimate }) {
  const { width, height, frames, durationMs, sizeBytes, freeBytes, copies, paths, present, missingAssets, missingCharacters } = estimate;
  const facts = [
    t('timelineExport.estimate', { size: `${width} × ${height}`, frames, duration: formatDuration(durationMs), bytes: formatBytes(sizeBytes) }),
    copies ? t('timelineExport.copies') : '', paths.length > 1 ? t('timelineExport.files', { count: paths.length }) : (paths[0] ?? ''), freeBytes === null ? '' : t('timelineExport.free', { bytes: formatBytes(freeBytes) }),
  ].filter((fact) => fact !== '');
  const warnings = [
    missingAssets > 0 ? t('timelineExport.missing', { count: missingAssets }) : '', missingCharacters.length > 0 ? t('timelineExport.boxes', { characters: missingCharacters.join(' ') }) : '',
    freeBytes !== null && freeBytes < sizeBytes ? t('timelineExport.tooLittle', { free: formatBytes(freeBytes), needed: formatBytes(sizeBytes) }) : '', present.length > 0 ? t('timelineExport.overwrites', { name: present.map((path) => path.split(/[\\/]/).at(-1)).join(', ') }) : '',
  ].filter((warning) => warning !== '');
  return (
    <Box>
      <Typography variant="body2" data-testid="export-estimate" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>{facts.join(' · ')}</Typography>
      {warnings.map((warning) => <Alert key={warning} severity="warning" variant="outlined" sx={{ mt: 1.5 }}>{warning}</Alert>)}
    </Box>
  );
}

function Progress({ run }: { readonly run: ReturnType<typeof useExportJobs> }) {
  const job = run.jobs.find(({ finishedAt }) => finishedAt === null);
  const part = job?.parts.at(-1);
  const share = run.jobs.length === 0 ? 0 : run.jobs.reduce((sum, each) => sum + (each.state === 'completed' ? 1 : partShare(each.parts.at(-1) ?? { name: 'export', state: 'waiting', step: 0, total: 0, wallMs: null })), 0) / run.jobs.length;
  const words = part === undefined || part.state === 'waiting' ? t('timelineExport.preparing') : [t('timelineExport.frame', { step: part.step, total: part.total }), job?.remainingMs == null ? '' : t('timelineExport.left', { duration: formatDuration(job.remainingMs) })].filter((word) => word !== '').join(' · ');
  return (
    <Box role="status">
      <LinearProgress aria-label={t('timelineExport.running')} variant={part?.state === 'running' && part.step > 0 ? 'determinate' : 'indeterminate'} value={share * 100} />
      <Typography variant="body2" sx={{ color: 'text.secondary', mt: 1 }}>{words}</Typography>
    </Box>
  );
}
