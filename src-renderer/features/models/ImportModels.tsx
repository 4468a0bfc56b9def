import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type SubmitEvent } from 'react';
import type { LookProgress } from '../../../src-shared/contract/models.ts';
import { useStudio } from '../../api/studio-context.tsx';
import { BESIDE_FIELD } from '../../components/beside-field.ts';
import { notify } from '../../editor/notices.ts';
import { t } from '../../i18n/text.ts';
import { FolderReportView } from './FolderReportView.tsx';

const messageOf = (caught: unknown): string => (caught instanceof Error ? caught.message : String(caught));

/** Finds models in a folder of the creator's, says what they are and lack, and uses them where they lie once their licences are accepted. */
export function ImportModels() {
  const { client, info } = useStudio();
  const queryClient = useQueryClient();
  const [folder, setFolder] = useState('');
  const [look, setLook] = useState<LookProgress | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isImporting, setImporting] = useState(false);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const lookInto = async (path: string) => {
    stop.current?.abort();
    const own = new AbortController();
    stop.current = own;
    setProblem(null);
    setLook({ lookedAt: 0, of: 0, path, report: null });
    try {
      for await (const next of client.models.lookIntoFolder({ folder: path }, { signal: own.signal })) setLook(next);
    } catch (caught) {
      if (own.signal.aborted) return;
      setLook(null);
      setProblem(messageOf(caught));
    }
  };
  const choose = async () => {
    const { path } = await client.system.chooseFolder({});
    if (path === null) return;
    setFolder(path);
    await lookInto(path);
  };
  const importAll = async (accepted: readonly string[]) => {
    if (look?.report == null) return;
    setImporting(true);
    setProblem(null);
    try {
      const { packIds } = await client.models.importFolder({ folder: look.report.folder, acceptedLicences: [...accepted] });
      notify('info', t('modelImport.done', { packs: packIds.join(', ') }));
      setLook(null);
      setFolder('');
      await queryClient.invalidateQueries({ queryKey: ['models'] });
    } catch (caught) {
      setProblem(messageOf(caught));
    } finally {
      setImporting(false);
    }
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (folder.trim() !== '') void lookInto(folder.trim());
  };
  const isLooking = look !== null && look.report === null;
  return (
    <>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('modelImport.lead')}</Typography>
      <Box component="form" onSubmit={submit} sx={{ display: 'flex', gap: 2, alignItems: 'flex-start' }}>
        <TextField fullWidth label={t('modelImport.folder')} helperText={t('modelImport.folderHelp')} value={folder} onChange={(event) => setFolder(event.target.value)} slotProps={{ htmlInput: { spellCheck: false } }} />
        {info.capabilities.includes('nativeDialogs') ? <Button color="inherit" variant="outlined" sx={BESIDE_FIELD} onClick={() => void choose()}>{t('modelImport.choose')}</Button> : null}
        <Button type="submit" variant="contained" disabled={folder.trim() === '' || isLooking} sx={BESIDE_FIELD}>{t('modelImport.look')}</Button>
      </Box>
      {isLooking ? (
        <Box role="status">
          <Typography variant="caption" component="p" sx={{ m: 0, mb: 0.75, color: 'text.secondary', overflowWrap: 'anywhere' }}>{t('modelImport.looking', { path: look.path })}</Typography>
          <LinearProgress aria-label={t('modelImport.lookingLabel')} {...(look.of === 0 ? {} : { variant: 'determinate' as const, value: (look.lookedAt / look.of) * 100 })} />
        </Box>
      ) : null}
      {problem === null ? null : <Alert severity="error" variant="outlined">{problem}</Alert>}
      {look?.report == null ? null : <FolderReportView key={look.report.folder} report={look.report} isBusy={isImporting} onImport={(accepted) => void importAll(accepted)} />}
    </>
  );
}
