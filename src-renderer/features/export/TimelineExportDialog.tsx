import FolderOpenOutlined from '@mui/icons-material/FolderOpenOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { FORMATS } from '../../../src-shared/export/formats.ts';
import type { MissingMediaChoice } from '../../../src-shared/export/missing-media.ts';
import { BUILT_IN_PRESETS, ExportSettings } from '../../../src-shared/export/settings.ts';
import { canSign } from '../../../src-shared/export/signing.ts';
import { useDocument, useEditor } from '../../api/studio-context.tsx';
import { BESIDE_FIELD } from '../../components/beside-field.ts';
import { notify } from '../../editor/notices.ts';
import { sequenceOf } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { Choice, ExportFields } from './ExportFields.tsx';
import { ExportProgress } from './ExportProgress.tsx';
import { Forecast, MissingMediaField } from './Forecast.tsx';
import { PresetField } from './PresetField.tsx';
import { SigningField } from './SigningField.tsx';
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
  const [clipIds] = useState(() => session.getState().selectedIds.filter((id) => id.startsWith('clip:') || id.startsWith('promptEvent:')));
  const [target, setTarget] = useState<Target>('all');
  const [missingMedia, setMissingMedia] = useState<MissingMediaChoice>('placeholder');
  const [path, setPath] = useState(() => withEnding(`${info.projectsFolder}/{project}`, '', FORMATS[settings.format].extension));
  const [error, setError] = useState<string | null>(null);
  const [isStarting, setStarting] = useState(false);
  const close = () => session.setState({ dialog: null });
  const hasDialogs = info.capabilities.includes('nativeDialogs');
  const request = {
    projectId: project.id, settings: { ...settings, range: { kind: target === 'marked' ? ('marked' as const) : ('all' as const) } }, path: path.trim(), clipIds: target === 'clips' ? clipIds : [], missingMedia,
  };

  const run = useExportJobs(close);
  const isBusy = isStarting || run.isRunning;
  const formats = useQuery({ queryKey: ['exportFormats'], queryFn: () => client.export.formats({}) }).data?.formats ?? [settings.format];
  // Typing a name waits for no answer.
  const asked = { ...request, path: useDeferredValue(request.path) };
  const estimate = useQuery({ queryKey: ['exportEstimate', asked], queryFn: () => client.export.estimate(asked), retry: false, staleTime: 0, gcTime: 0, enabled: asked.path !== '' && !isBusy, placeholderData: keepPreviousData });

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
  const begin = () => attempt(async () => {
    setStarting(true);
    run.begin([]);
    try {
      // What is exported is what is seen: edits on their way to the host arrive first.
      await editor.document.flush();
      run.begin((await client.export.startTimeline(request)).jobs.map(({ jobId }) => jobId));
    } finally {
      setStarting(false);
    }
  });
  const cancel = () => attempt(async () => {
    await Promise.all(run.jobs.filter(({ finishedAt }) => finishedAt === null).map(({ id }) => client.jobs.cancel({ projectId: project.id, jobId: id })));
    run.begin([]);
    notify('info', t('timelineExport.cancelled'));
  });
  const browse = () => attempt(async () => {
    const chosen = await client.system.chooseSavePath({ defaultName: path.split(/[\\/]/).at(-1) ?? 'timeline.mp4' });
    if (chosen.path !== null) setPath(chosen.path);
  });

  const problem = error ?? run.problem ?? (estimate.error instanceof Error ? estimate.error.message : null);
  const copyDetails = () => attempt(async () => {
    await navigator.clipboard.writeText([problem, '', JSON.stringify({ ...request, projectId: undefined }), `ffmpeg ${info.ffmpegVersion ?? '?'}`, `Motif Studio ${info.appVersion}`].join('\n'));
    notify('info', t('timelineExport.detailsCopied'));
  });
  const targets = (['all', ...(sequence.inFrame !== null || sequence.outFrame !== null ? (['marked'] as const) : []), ...(clipIds.length > 0 ? (['clips'] as const) : [])] satisfies Target[]);
  return (
    <Dialog open onClose={close} fullWidth maxWidth="sm" slotProps={{ paper: { 'aria-label': t('timelineExport.title') } }}>
      <DialogTitle>{t('timelineExport.title')}</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 3, '&&': { pt: 1.5 } }}>
        <PresetField settings={settings} formats={formats} disabled={isBusy} onChange={change} />
        <Choice label={t('timelineExport.range')} value={target} disabled={isBusy} onChange={setTarget} options={targets.map((value) => ({ value, label: t(`timelineExport.range.${value}`) }))} />
        <ExportFields settings={settings} formats={formats} sequenceHeight={sequence.height} disabled={isBusy} onChange={change} />
        {canSign(settings.format) ? <SigningField checked={settings.sign} disabled={isBusy} onChange={(sign) => change({ sign })} /> : null}
        <Box sx={{ display: 'flex', gap: 1.5, alignItems: 'flex-start' }}>
          <TextField fullWidth label={t('timelineExport.path')} value={path} disabled={isBusy} helperText={t('timelineExport.tokens')} onChange={(event) => setPath(event.target.value)} slotProps={{ htmlInput: { spellCheck: false } }} />
          {hasDialogs ? <Button color="inherit" variant="outlined" sx={BESIDE_FIELD} startIcon={<FolderOpenOutlined />} disabled={isBusy} onClick={() => void browse()}>{t('export.browse')}</Button> : null}
        </Box>
        {estimate.data === undefined || estimate.isError ? null : (
          <>
            <MissingMediaField missing={estimate.data.missing} frameRate={sequence.frameRate} choice={missingMedia} disabled={isBusy} onChange={setMissingMedia} />
            {isBusy ? null : <Forecast estimate={estimate.data} />}
          </>
        )}
        {problem === null || isBusy ? null : (
          <Alert severity="error" variant="outlined" action={<Button size="small" color="inherit" onClick={() => void copyDetails()}>{t('timelineExport.copyDetails')}</Button>} sx={{ overflowWrap: 'anywhere', '& .MuiAlert-action': { flex: 'none' } }}>{problem}</Alert>
        )}
        {isBusy ? <ExportProgress run={run} /> : null}
      </DialogContent>
      <DialogActions>
        {run.isRunning ? <Button color="inherit" onClick={() => void cancel()} sx={{ mr: 'auto' }}>{t('timelineExport.cancel')}</Button> : null}
        <Button color="inherit" onClick={close}>{t(run.isRunning ? 'timelineExport.hide' : 'action.close')}</Button>
        <Button variant="contained" disabled={isBusy || request.path === '' || (target === 'clips' && clipIds.length === 0)} onClick={() => void begin()}>{t('action.export')}</Button>
      </DialogActions>
    </Dialog>
  );
}
