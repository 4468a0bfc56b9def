import Close from '@mui/icons-material/Close';
import Search from '@mui/icons-material/Search';
import Box from '@mui/material/Box';
import Dialog from '@mui/material/Dialog';
import InputAdornment from '@mui/material/InputAdornment';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { IconAction } from '../components/IconAction.tsx';
import { KeyCaps } from '../components/KeyCaps.tsx';
import { ACTION_GROUPS } from '../editor/actions.ts';
import { studioActions } from '../editor/studio-actions.ts';
import { t } from '../i18n/text.ts';

/** Every action with its keys, straight from the registry. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const shown = studioActions.actions.filter((action) => t(action.label).toLowerCase().includes(wanted) || action.shortcuts.some((keys) => keys.toLowerCase().includes(wanted)));
  return (
    <Dialog open onClose={onClose} maxWidth="md" fullWidth slotProps={{ paper: { 'aria-label': t('shortcuts.title') } }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, p: 4, pb: 2 }}>
        <Typography variant="h2" component="h2">{t('shortcuts.title')}</Typography>
        <TextField
          autoFocus placeholder={t('shortcuts.search')} value={search} onChange={(event) => setSearch(event.target.value)} sx={{ ml: 'auto', maxWidth: 240 }}
          slotProps={{ input: { startAdornment: <InputAdornment position="start"><Search sx={{ fontSize: 16 }} /></InputAdornment> }, htmlInput: { 'aria-label': t('shortcuts.search') } }}
        />
        <IconAction label={t('action.close')} icon={<Close />} onClick={onClose} />
      </Box>
      <Box sx={{ px: 4, pb: 4, columnCount: { xs: 1, sm: 2 }, columnGap: 10, overflowY: 'auto' }}>
        {ACTION_GROUPS.map((group) => {
          const actions = shown.filter((action) => action.group === group);
          if (actions.length === 0) return null;
          return (
            <Box key={group} component="section" sx={{ breakInside: 'avoid' }}>
              <Typography variant="overline" component="h3" sx={{ color: 'text.secondary', display: 'block', pt: 3, mb: 1 }}>{t(`group.${group}`)}</Typography>
              {actions.map((action) => (
                <Box key={action.id} sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: 3, py: 1, breakInside: 'avoid', borderBottom: 1, borderColor: 'studio.line', fontSize: 12.5 }}>
                  {t(action.label)}
                  <Box sx={{ display: 'flex', gap: 2, flex: 'none' }}>{action.shortcuts.map((keys) => <KeyCaps key={keys} shortcut={keys} />)}</Box>
                </Box>
              ))}
            </Box>
          );
        })}
      </Box>
    </Dialog>
  );
}
