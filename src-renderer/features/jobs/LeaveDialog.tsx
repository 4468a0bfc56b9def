import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useJobs } from '../../api/queries.ts';
import { t } from '../../i18n/text.ts';
import { isAwaited } from '../../../src-shared/contract/jobs.ts';

/** How a project is left while it works: `background`, its work goes on; `pause`, it goes on when the project is opened again. */
export type Leaving = 'background' | 'pause';

/** Asks what becomes of work under way before a project is closed. */
export function LeaveDialog({ onLeave, onClose }: { onLeave: (how: Leaving) => void; onClose: () => void }) {
  const count = useJobs().filter(isAwaited).length;
  return (
    <Dialog open onClose={onClose} aria-labelledby="leave-title">
      <DialogTitle id="leave-title">{t('leave.title')}</DialogTitle>
      <DialogContent>{t('leave.body', { count })}</DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onClose}>{t('leave.stay')}</Button>
        <Button color="inherit" onClick={() => onLeave('pause')}>{t('leave.pause')}</Button>
        <Button variant="contained" autoFocus onClick={() => onLeave('background')}>{t('leave.background')}</Button>
      </DialogActions>
    </Dialog>
  );
}
