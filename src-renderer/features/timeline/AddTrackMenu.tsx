import PlaylistAdd from '@mui/icons-material/PlaylistAdd';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useState } from 'react';
import { addTrack } from '../../../src-shared/timeline/edits/lanes.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { newRecordId } from '../../editor/edit-actions.ts';
import { t } from '../../i18n/text.ts';

/** Adds a lane for pictures, sound or captions. */
export function AddTrackMenu() {
  const editor = useEditor();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const add = (kind: 'video' | 'audio' | 'caption') => {
    setAnchor(null);
    editor.document.edit(t('timeline.edit.addTrack'), (records) => addTrack(records, { id: newRecordId('track'), kind, name: '' }));
  };
  return (
    <>
      <IconAction label={t('timeline.track.add')} icon={<PlaylistAdd />} disabled={editor.project.readOnly} onClick={(event) => setAnchor(event.currentTarget)} />
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)}>
        <MenuItem onClick={() => add('video')}>{t('timeline.track.addVideo')}</MenuItem>
        <MenuItem onClick={() => add('audio')}>{t('timeline.track.addAudio')}</MenuItem>
        <MenuItem onClick={() => add('caption')}>{t('timeline.track.addCaption')}</MenuItem>
      </Menu>
    </>
  );
}
