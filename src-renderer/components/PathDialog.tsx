import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import { useState, type SubmitEvent } from 'react';
import { t } from '../i18n/text.ts';

export interface PathDialogProps {
  readonly title: string;
  readonly label: string;
  readonly help?: string;
  readonly confirm: string;
  readonly initial: string;
  /** Nothing is an answer too. */
  readonly mayBeEmpty?: boolean;
  readonly onClose: () => void;
  /** Rejects with a message that is shown at the field; the dialog then stays with its value. */
  readonly onSubmit: (value: string) => Promise<void>;
}

/** Asks for one line of text: a name, or a path on hosts that have no file dialogs. */
export function PathDialog({ title, label, help, confirm, initial, mayBeEmpty = false, onClose, onSubmit }: PathDialogProps) {
  const [value, setValue] = useState(initial);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isEmpty = value.trim() === '' && !mayBeEmpty;

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isEmpty || isBusy) return;
    setBusy(true);
    setError(null);
    try {
      await onSubmit(value.trim());
    } catch (caught) {
      setError(caught instanceof Error ? caught.message : String(caught));
      setBusy(false);
    }
  };

  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" slotProps={{ paper: { 'aria-label': title } }}>
      <form onSubmit={(event) => void submit(event)}>
        <DialogTitle>{title}</DialogTitle>
        <DialogContent>
          <TextField
            autoFocus label={label} value={value} margin="dense" error={error !== null} helperText={error ?? help ?? ' '}
            onChange={(event) => setValue(event.target.value)} onFocus={(event) => event.target.select()} slotProps={{ htmlInput: { spellCheck: false } }}
          />
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" variant="contained" disabled={isEmpty || isBusy}>{confirm}</Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
