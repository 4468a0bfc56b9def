import Autocomplete from '@mui/material/Autocomplete';
import Box from '@mui/material/Box';
import Dialog from '@mui/material/Dialog';
import TextField from '@mui/material/TextField';
import { useEditor } from '../../api/studio-context.tsx';
import { ActionKeys } from '../../components/ActionKeys.tsx';
import { runAction, type Action } from '../../editor/actions.ts';
import { studioActions } from '../../editor/studio-actions.ts';
import { t } from '../../i18n/text.ts';

/** Every action that can be done now, by name. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const editor = useEditor();
  const actions = studioActions.actions.filter((action) => action.id !== 'palette' && action.id !== 'escape' && action.isEnabled(editor));
  const run = (action: Action) => {
    // Closed first: the action may open a dialog of its own.
    onClose();
    runAction(editor, action);
  };
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" slotProps={{ paper: { 'aria-label': t('palette.title') } }} sx={{ '& .MuiDialog-container': { alignItems: 'flex-start', pt: '12vh' } }}>
      <Autocomplete
        open disablePortal autoHighlight forcePopupIcon={false} clearIcon={null} options={actions} value={null} getOptionLabel={(action) => t(action.label)} getOptionKey={(action) => action.id}
        noOptionsText={t('keymap.nothingFound')} onChange={(_, action) => { if (action) run(action); }}
        onClose={(_, reason) => { if (reason === 'escape') onClose(); }}
        renderInput={(params) => <TextField {...params} autoFocus placeholder={t('palette.search')} aria-label={t('palette.search')} />}
        renderOption={({ key, ...props }, action) => <Box component="li" key={key} {...props} sx={{ justifyContent: 'space-between !important', fontSize: 12.5 }}>{t(action.label)}<ActionKeys id={action.id} /></Box>}
        slotProps={{ popper: { sx: { position: 'static !important', transform: 'none !important', width: '100% !important' } }, paper: { elevation: 0, sx: { bgcolor: 'transparent' } }, listbox: { sx: { maxHeight: 360 } } }}
        sx={{ p: 2 }}
      />
    </Dialog>
  );
}
