import HeadphonesOutlined from '@mui/icons-material/HeadphonesOutlined';
import LockOpenOutlined from '@mui/icons-material/LockOpenOutlined';
import LockOutlined from '@mui/icons-material/LockOutlined';
import MoreVert from '@mui/icons-material/MoreVert';
import VisibilityOffOutlined from '@mui/icons-material/VisibilityOffOutlined';
import VisibilityOutlined from '@mui/icons-material/VisibilityOutlined';
import VolumeOffOutlined from '@mui/icons-material/VolumeOffOutlined';
import VolumeUpOutlined from '@mui/icons-material/VolumeUpOutlined';
import Box from '@mui/material/Box';
import { memo, useState } from 'react';
import { setTrack } from '../../../src-shared/timeline/edits/lanes.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { ContextMenu, useContextMenu } from '../../components/ContextMenu.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { PathDialog } from '../../components/PathDialog.tsx';
import { t } from '../../i18n/text.ts';
import type { Lane } from './lanes.ts';
import { trackMenu } from './track-menu.ts';

const SMALL = { p: 0.25, '& svg': { fontSize: 14 } } as const;

/** A lane's name and what can be switched about it. */
export const TrackHeader = memo(function TrackHeader({ lane }: { lane: Lane }) {
  const editor = useEditor();
  const { track, label: name } = lane;
  const set = (patch: Parameters<typeof setTrack>[2]) => editor.document.edit(t('timeline.edit.track'), (records) => (track === null ? { added: [], updated: [], removed: [] } : setTrack(records, track.id, patch)));
  const disabled = editor.project.readOnly;
  const { menu, open, close } = useContextMenu<string>();
  const [isNaming, setNaming] = useState(false);
  return (
    <Box data-track={lane.id} onContextMenu={(click) => { if (track !== null) open(click, track.id); }} sx={{ height: lane.height, display: 'flex', alignItems: 'center', pl: 2.5, pr: 1, fontSize: 11.5, color: 'text.secondary', borderBottom: 1, borderColor: 'studio.line', overflow: 'hidden' }}>
      <Box component="span" sx={{ flex: 1, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{name}</Box>
      {track === null ? null : (
        <>
          {track.kind === 'video' || track.kind === 'audio' ? <IconAction label={t('timeline.track.mute', { name })} disabled={disabled} pressed={track.muted} icon={track.muted ? <VolumeOffOutlined /> : <VolumeUpOutlined />} sx={SMALL} onClick={() => set({ muted: !track.muted })} /> : null}
          {track.kind === 'video' || track.kind === 'audio' ? <IconAction label={t('timeline.track.solo', { name })} disabled={disabled} pressed={track.solo === true} icon={<HeadphonesOutlined />} sx={SMALL} onClick={() => set({ solo: track.solo !== true })} /> : null}
          {track.kind === 'audio' ? null : <IconAction label={t('timeline.track.hide', { name })} disabled={disabled} pressed={track.hidden} icon={track.hidden ? <VisibilityOffOutlined /> : <VisibilityOutlined />} sx={SMALL} onClick={() => set({ hidden: !track.hidden })} />}
          <IconAction label={t('timeline.track.lock', { name })} disabled={disabled} pressed={track.locked} icon={track.locked ? <LockOutlined /> : <LockOpenOutlined />} sx={SMALL} onClick={() => set({ locked: !track.locked })} />
          <IconAction label={t('menu.trackOf', { name })} icon={<MoreVert />} sx={{ ...SMALL, mr: -0.5 }} onClick={(click) => open(click, track.id)} />
          {menu === null ? null : <ContextMenu at={menu.at} lines={trackMenu(track, name, disabled, () => setNaming(true))} label={t('menu.trackOf', { name })} onClose={close} />}
          {isNaming ? <PathDialog title={t('menu.renameTrack')} label={t('menu.trackName')} confirm={t('action.rename')} initial={track.name === '' ? name : track.name} onClose={() => setNaming(false)} onSubmit={(next) => { set({ name: next.trim().slice(0, 100) }); setNaming(false); return Promise.resolve(); }} /> : null}
        </>
      )}
    </Box>
  );
});
