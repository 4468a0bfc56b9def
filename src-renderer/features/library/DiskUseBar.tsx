import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Tooltip from '@mui/material/Tooltip';
import type { DiskUse } from '../../../src-shared/contract/library.ts';
import { useDiskUse } from '../../api/library-queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { emptyTrash } from '../../editor/library-commands.ts';
import { formatBytes } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

const PARTS: readonly { readonly name: keyof DiskUse; readonly colour: string }[] = [
  { name: 'imported', colour: 'info.main' }, { name: 'generated', colour: 'primary.main' }, { name: 'intermediates', colour: 'warning.main' },
  { name: 'motions', colour: 'success.main' }, { name: 'trash', colour: 'error.main' }, { name: 'other', colour: 'text.disabled' },
];

/** What the project takes on disk, by what it is for. */
export function DiskUseBar({ isTrash }: { isTrash: boolean }) {
  const editor = useEditor();
  const use = useDiskUse();
  if (!use) return null;
  const parts = PARTS.filter(({ name }) => use[name] > 0);
  const total = parts.reduce((sum, { name }) => sum + use[name], 0);
  const say = (name: keyof DiskUse): string => t('mediaLibrary.diskPart', { what: t(`mediaLibrary.disk.${name}`), size: formatBytes(use[name]) });
  return (
    <Box sx={{ flex: 'none', borderTop: 1, borderColor: 'studio.line', px: 2.5, py: 1.5, fontSize: 11, color: 'text.secondary' }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>
        <Tooltip title={parts.map(({ name }) => <div key={name}>{say(name)}</div>)} placement="top-start">
          <Box role="img" aria-label={t('mediaLibrary.diskAll', { size: formatBytes(total), parts: parts.map(({ name }) => say(name)).join(', ') })} sx={{ flex: 1, minWidth: 0 }}>
            <Box sx={{ display: 'flex', height: 4, borderRadius: 1, overflow: 'hidden', bgcolor: 'studio.well', mb: 0.75 }}>
              {parts.map(({ name, colour }) => <Box key={name} sx={{ bgcolor: colour }} style={{ width: `${(use[name] / Math.max(1, total)) * 100}%` }} />)}
            </Box>
            {t('mediaLibrary.disk', { size: formatBytes(total) })}
          </Box>
        </Tooltip>
        {isTrash && use.trash > 0 ? <Button size="small" color="error" disabled={editor.project.readOnly} onClick={() => void emptyTrash(editor)}>{t('mediaLibrary.emptyTrash', { size: formatBytes(use.trash) })}</Button> : null}
      </Box>
    </Box>
  );
}
