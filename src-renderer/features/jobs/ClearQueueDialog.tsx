import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useJobs } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { useJobCommands } from '../../components/use-job-commands.ts';
import { UNFINISHED } from '../../editor/editor.ts';
import { t } from '../../i18n/text.ts';

/** Asks before everything unfinished is cancelled. Cancelled jobs stay in the list and can be tried again. */
export function ClearQueueDialog({ onClose }: { onClose: () => void }) {
  const commands = useJobCommands(useEditor());
  const unfinished = useJobs().filter(({ state }) => UNFINISHED.has(state));
  const clear = () => {
    // Waiting jobs first, so that none of them starts when the running one ends.
    for (const job of unfinished.toSorted((a, b) => Number(a.state === 'running') - Number(b.state === 'running'))) commands.run('cancel', job.id);
    onClose();
  };
  return (
    <Dialog open onClose={onClose} aria-labelledby="clear-queue-title">
      <DialogTitle id="clear-queue-title">{t('queue.clearTitle')}</DialogTitle>
      <DialogContent>{t('queue.clearBody', { count: unfinished.length })}</DialogContent>
      <DialogActions>
        <Button color="inherit" autoFocus onClick={onClose}>{t('queue.keep')}</Button>
        <Button variant="contained" color="error" onClick={clear}>{t('queue.clearConfirm')}</Button>
      </DialogActions>
    </Dialog>
  );
}
