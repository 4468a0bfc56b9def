import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import LockOpenOutlined from '@mui/icons-material/LockOpenOutlined';
import LockOutlined from '@mui/icons-material/LockOutlined';
import VisibilityOffOutlined from '@mui/icons-material/VisibilityOffOutlined';
import VisibilityOutlined from '@mui/icons-material/VisibilityOutlined';
import VolumeOffOutlined from '@mui/icons-material/VolumeOffOutlined';
import VolumeUpOutlined from '@mui/icons-material/VolumeUpOutlined';
import Box from '@mui/material/Box';
import { memo } from 'react';
import { removeTrack, setTrack } from '../../../src-shared/timeline/edits/lanes.ts';
import { isDefaultTrack } from '../../../src-shared/timeline/tracks.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { t } from '../../i18n/text.ts';
import type { Lane } from './lanes.ts';

const SMALL = { p: 0.25, '& svg': { fontSize: 14 } } as const;

/** A lane's name and what can be switched about it. */
export const TrackHeader = memo(function TrackHeader({ lane }: { lane: Lane }) {
  const editor = useEditor();
  const { track, label: name } = lane;
  const set = (patch: Parameters<typeof setTrack>[2]) => editor.document.edit(t('timeline.edit.track'), (records) => (track === null ? { added: [], updated: [], removed: [] } : setTrack(records, track.id, patch)));
  const disabled = editor.project.readOnly;
  return (
    <Box data-track={lane.id} sx={{ height: lane.height, display: 'flex', alignItems: 'center', pl: 2.5, pr: 1, fontSize: 11.5, color: 'text.secondary', borderBottom: 1, borderColor: 'studio.line', overflow: 'hidden' }}>
      <Box component="span" sx={{ flex: 1, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{name}</Box>
      {track === null ? null : (
        <>
          {isDefaultTrack(track.id) ? null : <IconAction label={t('timeline.track.remove', { name })} disabled={disabled || track.locked} icon={<DeleteOutlined />} sx={SMALL} onClick={() => editor.document.edit(t('timeline.edit.removeTrack'), (records) => removeTrack(records, track.id))} />}
          {track.kind === 'video' || track.kind === 'audio' ? <IconAction label={t('timeline.track.mute', { name })} disabled={disabled} pressed={track.muted} icon={track.muted ? <VolumeOffOutlined /> : <VolumeUpOutlined />} sx={SMALL} onClick={() => set({ muted: !track.muted })} /> : null}
          {track.kind === 'audio' ? null : <IconAction label={t('timeline.track.hide', { name })} disabled={disabled} pressed={track.hidden} icon={track.hidden ? <VisibilityOffOutlined /> : <VisibilityOutlined />} sx={SMALL} onClick={() => set({ hidden: !track.hidden })} />}
          <IconAction label={t('timeline.track.lock', { name })} disabled={disabled} pressed={track.locked} icon={track.locked ? <LockOutlined /> : <LockOpenOutlined />} sx={SMALL} onClick={() => set({ locked: !track.locked })} />
        </>
      )}
    </Box>
  );
});
