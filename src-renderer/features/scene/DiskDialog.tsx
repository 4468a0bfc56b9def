import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useState } from 'react';
import { useDiskUse } from '../../api/library-queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { notify, notifyError } from '../../editor/notices.ts';
import { formatBytes } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

/** What the project takes on disk, and the room that kept stage outputs would give back. */
export function DiskDialog({ onClose }: { onClose: () => void }) {
  const editor = useEditor();
  const { client, queryClient } = editor;
  const projectId = editor.project.id;
  const use = useDiskUse();
  const [isDeleting, setDeleting] = useState(false);
  const remove = async () => {
    setDeleting(true);
    try {
      const removed = await client.assets.removeIntermediates({ projectId });
      await queryClient.invalidateQueries({ queryKey: [projectId] });
      notify('success', t('disk.removed', { size: formatBytes(removed.sizeBytes) }));
      onClose();
    } catch (caught) {
      notifyError(caught);
      setDeleting(false);
    }
  };
  return (
    <Dialog open onClose={onClose} aria-labelledby="disk-title" fullWidth maxWidth="xs">
      <DialogTitle id="disk-title">{t('disk.title')}</DialogTitle>
      <DialogContent>
        <Box component="dl" sx={{ m: 0, mb: 3, display: 'grid', gridTemplateColumns: '1fr auto', rowGap: 1, fontSize: 13, fontVariantNumeric: 'tabular-nums', '& dd': { m: 0, textAlign: 'right' } }}>
          <dt>{t('disk.project')}</dt><dd>{use === null ? '' : formatBytes(Object.values(use).reduce((sum, bytes) => sum + bytes, 0))}</dd>
          <dt>{t('disk.intermediates')}</dt><dd data-testid="intermediates">{use === null ? '' : formatBytes(use.intermediates)}</dd>
        </Box>
        <Box sx={{ fontSize: 12.5, color: 'text.secondary' }}>{t('disk.explain')}</Box>
      </DialogContent>
      <DialogActions>
        <Button color="inherit" autoFocus onClick={onClose}>{t('action.close')}</Button>
        <Button color="error" variant="contained" disabled={isDeleting || editor.project.readOnly || use === null || use.intermediates === 0} onClick={() => void remove()}>
          {t('disk.remove', { size: formatBytes(use?.intermediates ?? 0) })}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
