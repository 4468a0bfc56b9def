import ButtonBase from '@mui/material/ButtonBase';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Tooltip from '@mui/material/Tooltip';
import { useState } from 'react';
import { useEditor, useSession } from '../../api/studio-context.tsx';
import { PLAYBACK_QUALITIES } from '../../compositor/playback-pace.ts';
import { t } from '../../i18n/text.ts';

/** How large the timeline is drawn while it plays. */
export function PlaybackQualityMenu() {
  const editor = useEditor();
  const quality = useSession((state) => state.playbackQuality);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <Tooltip title={t('viewer.qualityHelp')} disableInteractive>
        <ButtonBase
          aria-label={t('viewer.quality', { quality: t(`viewer.quality.${quality}`) })} aria-haspopup="menu" aria-expanded={anchor !== null} onClick={(event) => setAnchor(event.currentTarget)}
          sx={{ px: 1.5, height: 24, borderRadius: 1, fontSize: 11.5, color: quality === 'auto' ? 'text.secondary' : 'primary.light', '&:hover': { bgcolor: 'studio.raised', color: 'text.primary' } }}
        >
          {t(`viewer.quality.${quality}`)}
        </ButtonBase>
      </Tooltip>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {PLAYBACK_QUALITIES.map((each) => (
          <MenuItem
            key={each} dense selected={each === quality} role="menuitemradio" aria-checked={each === quality}
            onClick={() => {
              editor.session.setState({ playbackQuality: each });
              setAnchor(null);
            }}
          >
            {t(`viewer.quality.${each}`)}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
