import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonBase from '@mui/material/ButtonBase';
import Tooltip from '@mui/material/Tooltip';
import { memo } from 'react';
import type { DiskUse } from '../../../src-shared/contract/library.ts';
import { useDiskUse } from '../../api/library-queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { emptyTrash } from '../../editor/library-commands.ts';
import { formatBytes } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { diskParts } from './disk-parts.ts';
import { DiskParts } from './DiskParts.tsx';

/** What the project takes on disk, by what it is for; a press tells more. */
export const DiskUseBar = memo(function DiskUseBar({ isTrash }: { isTrash: boolean }) {
  const editor = useEditor();
  const use = useDiskUse();
  if (!use) return null;
  const { parts, total } = diskParts(use);
  const say = (name: keyof DiskUse): string => t('mediaLibrary.diskPart', { what: t(`mediaLibrary.disk.${name}`), size: formatBytes(use[name]) });
  return (
    <Box sx={{ flex: 'none', borderTop: 1, borderColor: 'studio.line', px: 2.5, py: 1.5, fontSize: 11, color: 'text.secondary' }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>
        <Tooltip title={parts.map(({ name }) => <div key={name}>{say(name)}</div>)} placement="top-start">
          <ButtonBase
            aria-label={t('mediaLibrary.diskAll', { size: formatBytes(total), parts: parts.map(({ name }) => say(name)).join(', ') })} onClick={() => editor.session.setState({ dialog: { kind: 'disk' } })}
            sx={{ display: 'block', flex: 1, minWidth: 0, textAlign: 'left', fontSize: 11, borderRadius: 1, '&:hover': { color: 'text.primary' } }}
          >
            <DiskParts use={use} />
            {t('mediaLibrary.disk', { size: formatBytes(total) })}
          </ButtonBase>
        </Tooltip>
        {isTrash && use.trash > 0 ? <Button size="small" color="error" disabled={editor.project.readOnly} onClick={() => void emptyTrash(editor)}>{t('mediaLibrary.emptyTrash', { size: formatBytes(use.trash) })}</Button> : null}
      </Box>
    </Box>
  );
});
