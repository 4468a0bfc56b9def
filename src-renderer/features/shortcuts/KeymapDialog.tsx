import Close from '@mui/icons-material/Close';
import Search from '@mui/icons-material/Search';
import Box from '@mui/material/Box';
import Dialog from '@mui/material/Dialog';
import InputAdornment from '@mui/material/InputAdornment';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useStore } from 'zustand';
import { IconAction } from '../../components/IconAction.tsx';
import { ACTION_GROUPS } from '../../editor/actions.ts';
import { studioActions } from '../../editor/studio-actions.ts';
import { studioKeymap } from '../../editor/studio-keymap.ts';
import { t } from '../../i18n/text.ts';
import { KeymapRow } from './KeymapRow.tsx';
import { KeymapTools } from './KeymapTools.tsx';

/** Every action with its keys: searched, recorded anew, reset, taken to another machine. */
export function KeymapDialog({ onClose }: { onClose: () => void }) {
  const [search, setSearch] = useState('');
  const keymap = useStore(studioKeymap, (state) => state.keymap);
  const wanted = search.trim().toLowerCase();
  const shown = studioActions.actions.filter((action) => t(action.label).toLowerCase().includes(wanted) || keymap.keysOf(action.id).some((keys) => keys.toLowerCase().includes(wanted)));
  return (
    <Dialog open onClose={onClose} maxWidth="md" fullWidth slotProps={{ paper: { 'aria-label': t('shortcuts.title'), sx: { height: 'min(820px, 88vh)' } } }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, p: 4, pb: 2 }}>
        <Typography variant="h2" component="h2">{t('shortcuts.title')}</Typography>
        <TextField
          autoFocus placeholder={t('shortcuts.search')} value={search} onChange={(event) => setSearch(event.target.value)} sx={{ ml: 'auto', maxWidth: 240 }}
          slotProps={{ input: { startAdornment: <InputAdornment position="start"><Search sx={{ fontSize: 16 }} /></InputAdornment> }, htmlInput: { 'aria-label': t('shortcuts.search') } }}
        />
        <IconAction label={t('action.close')} icon={<Close />} onClick={onClose} />
      </Box>
      <KeymapTools />
      <Box sx={{ px: 4, pb: 4, overflowY: 'auto', minHeight: 240 }}>
        {shown.length === 0 ? <Typography sx={{ py: 6, textAlign: 'center', color: 'text.secondary' }}>{t('keymap.nothingFound')}</Typography> : null}
        {ACTION_GROUPS.map((group) => {
          const actions = shown.filter((action) => action.group === group);
          if (actions.length === 0) return null;
          return (
            <Box key={group} component="section" aria-label={t(`group.${group}`)}>
              <Typography variant="overline" component="h3" sx={{ color: 'text.secondary', display: 'block', pt: 3, mb: 1 }}>{t(`group.${group}`)}</Typography>
              <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>{actions.map((action) => <KeymapRow key={action.id} action={action} />)}</Box>
            </Box>
          );
        })}
      </Box>
    </Dialog>
  );
}
