import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { Fragment, useState } from 'react';
import { useDiskUse } from '../../api/library-queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { notify, notifyError } from '../../editor/notices.ts';
import { formatBytes } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { diskParts } from './disk-parts.ts';
import { DiskParts } from './DiskParts.tsx';

/** What the project takes on disk, and the room that kept stage outputs would give back. */
export function DiskDialog({ onClose }: { onClose: () => void }) {
  const editor = useEditor();
  const { client, queryClient } = editor;
  const projectId = editor.project.id;
  const use = useDiskUse();
  // What can be deleted here is named even when there is none of it.
  const { parts, total } = use === null ? { parts: [], total: 0 } : diskParts(use, ['intermediates']);
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
        {use === null ? null : (
          <>
            <DiskParts use={use} height={8} />
            <Box component="dl" sx={{ m: 0, mt: 2, mb: 3, display: 'grid', gridTemplateColumns: 'auto 1fr auto', alignItems: 'center', columnGap: 2, rowGap: 1, fontSize: 13, fontVariantNumeric: 'tabular-nums', '& dd': { m: 0, textAlign: 'right' } }}>
              {parts.map(({ name, colour }) => (
                <Fragment key={name}>
                  <Box aria-hidden sx={{ width: 8, height: 8, borderRadius: '2px', bgcolor: colour }} />
                  <dt>{t(`mediaLibrary.disk.${name}`)}</dt><dd data-testid={name}>{formatBytes(use[name])}</dd>
                </Fragment>
              ))}
              <Box component="dt" sx={{ gridColumn: '1 / 3', mt: 1, fontWeight: 600 }}>{t('disk.project')}</Box>
              <Box component="dd" sx={{ '&&': { mt: 1 }, fontWeight: 600 }}>{formatBytes(total)}</Box>
            </Box>
          </>
        )}
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
