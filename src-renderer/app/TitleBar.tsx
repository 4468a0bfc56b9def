import Add from '@mui/icons-material/Add';
import CloudOffOutlined from '@mui/icons-material/CloudOffOutlined';
import IosShare from '@mui/icons-material/IosShare';
import HistoryIcon from '@mui/icons-material/History';
import Inventory2Outlined from '@mui/icons-material/Inventory2Outlined';
import DarkModeOutlined from '@mui/icons-material/DarkModeOutlined';
import KeyboardArrowDown from '@mui/icons-material/KeyboardArrowDown';
import KeyboardOutlined from '@mui/icons-material/KeyboardOutlined';
import LightModeOutlined from '@mui/icons-material/LightModeOutlined';
import Logout from '@mui/icons-material/Logout';
import MoreHoriz from '@mui/icons-material/MoreHoriz';
import PlaylistPlay from '@mui/icons-material/PlaylistPlay';
import Redo from '@mui/icons-material/Redo';
import SdStorageOutlined from '@mui/icons-material/SdStorageOutlined';
import Search from '@mui/icons-material/Search';
import SettingsOutlined from '@mui/icons-material/SettingsOutlined';
import Undo from '@mui/icons-material/Undo';
import Badge from '@mui/material/Badge';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonBase from '@mui/material/ButtonBase';
import Divider from '@mui/material/Divider';
import ListItemText from '@mui/material/ListItemText';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Tooltip from '@mui/material/Tooltip';
import { useColorScheme } from '@mui/material/styles';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useJobs, useProject, useTakes } from '../api/queries.ts';
import { useDocument, useEditor, useSession, useStudio } from '../api/studio-context.tsx';
import { ActionKeys } from '../components/ActionKeys.tsx';
import { ActionButton } from '../components/ActionButton.tsx';
import { IconAction } from '../components/IconAction.tsx';
import { PathDialog } from '../components/PathDialog.tsx';
import { runAction } from '../editor/actions.ts';
import { projectKeys, UNFINISHED } from '../editor/editor.ts';
import { exportableAssetId, studioActions } from '../editor/studio-actions.ts';
import { t } from '../i18n/text.ts';
import { formatAgo } from '../i18n/formats.ts';
import markUrl from './motif-mark.svg?no-inline';

/** `Saved`, and how long ago: re-read every ten seconds. */
function SavedState() {
  const { state } = useStudio();
  const isLost = useStore(state, (connection) => connection.status === 'lost');
  const saveState = useDocument((document) => document.saveState);
  const savedAtMs = useDocument((document) => document.savedAtMs);
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  const isAway = isLost || saveState === 'offline';
  const text = isAway
    ? t('save.offline')
    : saveState === 'saving'
      ? t('save.saving')
      : saveState === 'readOnly'
        ? t('save.readOnly')
        : savedAtMs === null
          ? t('save.saved')
          : t('save.savedAgo', { ago: formatAgo(new Date(savedAtMs).toISOString(), Math.max(nowMs, savedAtMs)) });
  return (
    <Box role="status" aria-label={t('save.label')} sx={{ display: 'flex', alignItems: 'center', gap: 1, fontSize: 11.5, color: isAway ? 'warning.main' : 'text.secondary', whiteSpace: 'nowrap', '& svg': { fontSize: 14 } }}>
      {isAway ? <CloudOffOutlined /> : null}
      {text}
    </Box>
  );
}

/** Before the words of a menu's line. */
const SIGN = { fontSize: 16, mr: 2, color: 'text.secondary' } as const;

export function TitleBar({ onLeave }: { onLeave: () => void }) {
  const editor = useEditor();
  const project = useProject();
  const jobs = useJobs();
  const queueOpen = useSession((state) => state.queueOpen);
  const undoLabel = useDocument((state) => state.undoLabel);
  const redoLabel = useDocument((state) => state.redoLabel);
  const { mode, setMode } = useColorScheme();
  const [menu, setMenu] = useState<HTMLElement | null>(null);
  const [exportMenu, setExportMenu] = useState<HTMLElement | null>(null);
  const [isRenaming, setRenaming] = useState(false);
  // Export depends on what is selected and which takes exist.
  useTakes();
  useSession((state) => state.selectedIds);
  const waiting = jobs.filter((job) => UNFINISHED.has(job.state)).length;
  const failed = jobs.filter((job) => job.state === 'discarded').length;
  const run = (id: string) => {
    setMenu(null);
    setExportMenu(null);
    runAction(editor, studioActions.get(id));
  };

  const rename = async (name: string) => {
    await editor.client.projects.rename({ projectId: project.id, name });
    await editor.queryClient.invalidateQueries({ queryKey: projectKeys.project(project.id) });
    setRenaming(false);
  };

  return (
    <Box component="header" sx={{ height: 46, flex: 'none', px: 2.5, display: 'grid', gridTemplateColumns: '1fr auto 1fr', alignItems: 'center', bgcolor: 'studio.panel', borderBottom: 1, borderColor: 'studio.line' }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2.5, minWidth: 0 }}>
        <Tooltip title={t('action.backToStart')}>
          <ButtonBase aria-label={t('action.backToStart')} onClick={onLeave} sx={{ borderRadius: 1.5 }}><Box component="img" src={markUrl} alt="" sx={{ width: 26, height: 26, display: 'block' }} /></ButtonBase>
        </Tooltip>
        <ButtonBase disabled={project.readOnly} onClick={() => setRenaming(true)} aria-label={t('action.renameProject', { name: project.name })} sx={{ fontSize: 13.5, fontWeight: 600, px: 1, py: 0.5, borderRadius: 1, minWidth: 0, '&:hover': { bgcolor: 'studio.raised' } }}>
          <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{project.name}</Box>
        </ButtonBase>
        <SavedState />
      </Box>
      <Box sx={{ display: 'flex', gap: 0.5 }}>
        <ActionButton id="undo" icon={<Undo />} label={undoLabel === null ? t('action.undo') : t('action.undoWhat', { what: undoLabel })} />
        <ActionButton id="redo" icon={<Redo />} label={redoLabel === null ? t('action.redo') : t('action.redoWhat', { what: redoLabel })} />
      </Box>
      <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'flex-end', gap: 1.5 }}>
        <Tooltip title={<ActionKeys id="queue" label={t('action.queue')} />}>
          <Button color="inherit" onClick={() => run('queue')} aria-expanded={queueOpen} startIcon={<PlaylistPlay />} sx={{ color: queueOpen ? 'primary.light' : 'text.secondary' }}>
            <Badge badgeContent={waiting > 0 ? waiting : failed} color={waiting > 0 ? 'primary' : 'error'} sx={{ '& .MuiBadge-badge': { position: 'static', transform: 'none', ml: 1.5, height: 17, minWidth: 17, fontSize: 10.5, display: waiting + failed > 0 ? 'flex' : 'none' } }}>
              {t('region.queue')}
            </Badge>
          </Button>
        </Tooltip>
        <Tooltip title={<ActionKeys id="export" label={t('action.export')} />}>
          <span>
            <Button variant="outlined" color="inherit" startIcon={<IosShare sx={{ fontSize: '16px !important' }} />} disabled={exportableAssetId(editor) === null} onClick={() => run('export')} sx={{ borderRadius: '6px 0 0 6px' }}>{t('action.export')}</Button>
            <Button variant="outlined" color="inherit" aria-label={t('titleBar.exportWhat')} aria-haspopup="menu" aria-expanded={exportMenu !== null} onClick={(click) => setExportMenu(click.currentTarget)} sx={{ minWidth: 0, px: 0.5, ml: '-1px', borderRadius: '0 6px 6px 0' }}><KeyboardArrowDown sx={{ fontSize: 18 }} /></Button>
          </span>
        </Tooltip>
        <IconAction label={t('action.more')} icon={<MoreHoriz />} onClick={(event) => setMenu(event.currentTarget)} />
      </Box>
      <Menu open={exportMenu !== null} anchorEl={exportMenu} onClose={() => setExportMenu(null)} anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }} transformOrigin={{ vertical: 'top', horizontal: 'right' }}>
        <MenuItem disabled={exportableAssetId(editor) === null} onClick={() => run('export')}><ListItemText primary={t('titleBar.exportClip')} /><Box sx={{ ml: 6 }}><ActionKeys id="export" /></Box></MenuItem>
        <MenuItem onClick={() => run('exportTimeline')}><ListItemText primary={t('titleBar.exportTimeline')} /><Box sx={{ ml: 6 }}><ActionKeys id="exportTimeline" /></Box></MenuItem>
      </Menu>
      <Menu open={menu !== null} anchorEl={menu} onClose={() => setMenu(null)}>
        <MenuItem onClick={() => run('addEvent')}><Add sx={SIGN} /><ListItemText primary={t('action.addEvent')} /><ActionKeys id="addEvent" /></MenuItem>
        <MenuItem onClick={() => run('exportTimeline')}><IosShare sx={SIGN} /><ListItemText primary={t('action.exportTimeline')} /><Box sx={{ ml: 4 }}><ActionKeys id="exportTimeline" /></Box></MenuItem>
        <MenuItem onClick={() => run('history')}><HistoryIcon sx={SIGN} /><ListItemText primary={t('history.action')} /><Box sx={{ ml: 4 }}><ActionKeys id="history" /></Box></MenuItem>
        <MenuItem onClick={() => run('shortcuts')}><KeyboardOutlined sx={SIGN} /><ListItemText primary={t('action.shortcuts')} /><Box sx={{ ml: 4 }}><ActionKeys id="shortcuts" /></Box></MenuItem>
        <MenuItem onClick={() => run('palette')}><Search sx={SIGN} /><ListItemText primary={t('action.palette')} /><Box sx={{ ml: 4 }}><ActionKeys id="palette" /></Box></MenuItem>
        <MenuItem onClick={() => run('models')}><Inventory2Outlined sx={SIGN} /><ListItemText primary={t('action.models')} /></MenuItem>
        <MenuItem onClick={() => run('settings')}><SettingsOutlined sx={SIGN} /><ListItemText primary={t('action.settings')} /><Box sx={{ ml: 4 }}><ActionKeys id="settings" /></Box></MenuItem>
        <MenuItem onClick={() => run('disk')}><SdStorageOutlined sx={SIGN} /><ListItemText primary={t('disk.action')} /></MenuItem>
        <Divider />
        <MenuItem onClick={() => { setMode(mode === 'light' ? 'dark' : 'light'); setMenu(null); }}>{mode === 'light' ? <DarkModeOutlined sx={SIGN} /> : <LightModeOutlined sx={SIGN} />}<ListItemText primary={t(mode === 'light' ? 'theme.dark' : 'theme.light')} /></MenuItem>
        <MenuItem onClick={onLeave}><Logout sx={SIGN} /><ListItemText primary={t('action.closeProject')} /></MenuItem>
      </Menu>
      {isRenaming ? <PathDialog title={t('project.rename')} label={t('project.name')} confirm={t('action.rename')} initial={project.name} onClose={() => setRenaming(false)} onSubmit={rename} /> : null}
    </Box>
  );
}
