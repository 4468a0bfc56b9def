import Add from '@mui/icons-material/Add';
import AutoAwesome from '@mui/icons-material/AutoAwesome';
import Inventory2Outlined from '@mui/icons-material/Inventory2Outlined';
import FolderOpenOutlined from '@mui/icons-material/FolderOpenOutlined';
import PlayArrow from '@mui/icons-material/PlayArrow';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonBase from '@mui/material/ButtonBase';
import CircularProgress from '@mui/material/CircularProgress';
import Typography from '@mui/material/Typography';
import { useState, type DragEvent } from 'react';
import { useStudio } from '../../api/studio-context.tsx';
import { useRecentProjects } from '../../api/queries.ts';
import { PathDialog } from '../../components/PathDialog.tsx';
import { notify, notifyError } from '../../editor/notices.ts';
import { t } from '../../i18n/text.ts';
import markUrl from '../../app/motif-mark.svg?no-inline';
import { MachineFacts } from './MachineFacts.tsx';
import { RecentProjects } from './RecentProjects.tsx';
import stillUrl from './sample-still.jpg?no-inline';

export interface StartScreenProps {
  readonly onOpen: (path: string) => Promise<void>;
  /** `path` null: the host chooses a file in its projects folder. */
  readonly onCreate: (name: string, path: string | null) => Promise<void>;
  readonly onSample: () => Promise<void>;
  readonly onMakeClip: (prompt: string) => Promise<void>;
  readonly onModels: () => void;
}

/** What stands beside the main button. */
const SECOND = { minHeight: 36, bgcolor: 'studio.raised' } as const;

/** First run and every run: one button to a clip, what it can look like, the projects one had open, and what this machine can do. */
export function StartScreen({ onOpen, onCreate, onSample, onMakeClip, onModels }: StartScreenProps) {
  const { client, info } = useStudio();
  const { projects } = useRecentProjects();
  const [dialog, setDialog] = useState<'new' | 'open' | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isDropTarget, setDropTarget] = useState(false);
  const hasDialogs = info.capabilities.includes('nativeDialogs');

  const busyWhile = async (work: () => Promise<void>) => {
    setBusy(true);
    await work().catch(notifyError);
    setBusy(false);
  };

  const openWithDialog = () => (hasDialogs ? void busyWhile(async () => {
    const { path } = await client.system.chooseProjectToOpen({});
    if (path !== null) await onOpen(path);
  }) : setDialog('open'));

  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setDropTarget(false);
    const file = event.dataTransfer.files[0];
    if (!file) return;
    // Pages are told a dropped file's name, not its place on disk: look for it among the projects the host knows.
    const known = projects.find((project) => project.path.endsWith(`/${file.name}`) || project.path.endsWith(`\\${file.name}`));
    if (!file.name.endsWith('.motif')) notify('info', t('start.dropMedia'));
    else if (known) void busyWhile(() => onOpen(known.path));
    else {
      notify('info', t('start.dropUnknown', { name: file.name }));
      setDialog('open');
    }
  };

  return (
    <Box
      component="main" onDragOver={(event) => { event.preventDefault(); setDropTarget(true); }} onDragLeave={() => setDropTarget(false)} onDrop={onDrop}
      sx={{ height: 1, overflowY: 'auto', bgcolor: 'studio.desk', display: 'grid', justifyItems: 'center', alignContent: { xs: 'start', md: 'safe center' }, px: 6, py: 8, outline: isDropTarget ? '2px dashed' : 'none', outlineColor: 'primary.main', outlineOffset: -12 }}
    >
      <Box sx={{ width: 1, maxWidth: 960, display: 'flex', flexDirection: 'column', gap: 9 }}>
        <Box sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr', md: 'minmax(0, 1fr) 392px' }, alignItems: 'center', gap: 9 }}>
          <Box sx={{ display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: 3 }}>
            <Box sx={{ display: 'flex', alignItems: 'center', gap: 2.5 }}>
              <Box component="img" src={markUrl} alt="" sx={{ width: 34, height: 34 }} />
              <Typography sx={{ fontSize: 15, fontWeight: 600, letterSpacing: '-0.01em' }}>{t('app.name')}</Typography>
            </Box>
            <Typography variant="h1" sx={{ textWrap: 'balance' }}>{t('start.headline')}</Typography>
            <Typography sx={{ fontSize: 14.5, color: 'text.secondary', textWrap: 'pretty' }}>{t('start.lead')}</Typography>
            <Button size="large" variant="contained" disabled={isBusy} startIcon={isBusy ? <CircularProgress size={16} color="inherit" /> : <AutoAwesome />} onClick={() => void busyWhile(() => onMakeClip(t('prompt.example.1')))} sx={{ mt: 3 }}>{t('start.makeClip')}</Button>
            <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap' }}>
              <Button color="inherit" disabled={isBusy} startIcon={<Add />} onClick={() => setDialog('new')} sx={SECOND}>{t('start.newProject')}</Button>
              <Button color="inherit" disabled={isBusy} startIcon={<FolderOpenOutlined />} onClick={openWithDialog} sx={SECOND}>{t('start.openProject')}</Button>
              <Button color="inherit" disabled={isBusy} startIcon={<Inventory2Outlined />} onClick={onModels} sx={SECOND}>{t('start.models')}</Button>
            </Box>
          </Box>
          <ButtonBase
            disabled={isBusy} onClick={() => void busyWhile(onSample)}
            sx={{ display: 'block', position: 'relative', width: 1, maxWidth: 460, aspectRatio: '9 / 5', borderRadius: 2, overflow: 'hidden', textAlign: 'left', bgcolor: 'studio.stage', border: 1, borderColor: 'studio.line', boxShadow: '0 12px 40px rgb(0 0 0 / 0.28)', '& img': { transition: 'transform 240ms' }, '&:hover img': { transform: 'scale(1.03)' }, '&:hover .open': { bgcolor: 'primary.main' } }}
          >
            <Box component="img" src={stillUrl} alt="" width={576} height={320} sx={{ width: 1, height: 1, objectFit: 'cover', display: 'block' }} />
            <Box sx={{ position: 'absolute', inset: 'auto 0 0 0', p: 3, pt: 10, display: 'flex', alignItems: 'flex-end', gap: 2.5, color: 'common.white', background: 'linear-gradient(transparent, rgb(0 0 0 / 0.78))' }}>
              <Box className="open" sx={{ flex: 'none', width: 32, height: 32, borderRadius: '50%', display: 'grid', placeItems: 'center', bgcolor: 'rgb(255 255 255 / 0.18)', transition: 'background-color 120ms' }}><PlayArrow sx={{ fontSize: 20 }} /></Box>
              <Box sx={{ minWidth: 0 }}>
                <Box sx={{ fontSize: 13.5, fontWeight: 600 }}>{t('start.sample')}</Box>
                <Box sx={{ fontSize: 12, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{t('start.sampleHelp')}</Box>
              </Box>
            </Box>
          </ButtonBase>
        </Box>
        <RecentProjects projects={projects} onOpen={(path) => void busyWhile(() => onOpen(path))} />
        <MachineFacts info={info} />
        <Typography variant="caption" sx={{ color: 'text.secondary' }}>{t('start.footer', { version: info.appVersion, folder: info.projectsFolder })}</Typography>
      </Box>
      {dialog === 'new' ? <PathDialog title={t('start.newProject')} label={t('project.name')} help={t('start.newHelp', { folder: info.projectsFolder })} confirm={t('start.create')} initial={t('start.untitled')} onClose={() => setDialog(null)} onSubmit={(name) => onCreate(name, null)} /> : null}
      {dialog === 'open' ? <PathDialog title={t('start.openProject')} label={t('start.path')} help={t('start.openHelp')} confirm={t('action.open')} initial={projects[0]?.path ?? `${info.projectsFolder}/`} onClose={() => setDialog(null)} onSubmit={onOpen} /> : null}
    </Box>
  );
}
