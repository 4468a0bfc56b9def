import LinkOff from '@mui/icons-material/LinkOff';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { TimelineRecord } from '../../../src-shared/timeline/document.ts';
import { useRemovedAsset } from '../../api/asset-queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { askWhere } from '../../editor/locate-files.ts';
import { replaceWithFile } from '../../editor/replace-source.ts';
import { formatBytes } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

/** Why an item shows nothing, and the way to mend it. */
export function MissingFile({ item }: { item: Extract<TimelineRecord, { type: 'clip' | 'audio' }> }) {
  const editor = useEditor();
  const was = useRemovedAsset(item.assetId);
  return (
    <Box role="note" sx={{ mx: 4, my: 2, p: 2.5, display: 'grid', gridTemplateColumns: 'auto 1fr', columnGap: 2, rowGap: 2, borderRadius: 1.5, border: 1, borderColor: 'divider', bgcolor: 'studio.well', fontSize: 12, lineHeight: 1.45 }}>
      <LinkOff sx={{ fontSize: 16, mt: '1px', color: 'warning.main' }} />
      <Box>
        {t('missing.inspector')}
        {was === null ? null : <Box sx={{ mt: 1, fontWeight: 600, overflowWrap: 'anywhere', userSelect: 'text' }}>{t('locate.was', { name: was.name, size: formatBytes(was.sizeBytes) })}</Box>}
      </Box>
      <Box sx={{ gridColumn: 2, display: 'flex', flexWrap: 'wrap', gap: 1.5 }}>
        {was === null ? null : <Button variant="contained" disabled={editor.project.readOnly} onClick={() => askWhere(editor)}>{t('locate.action')}</Button>}
        <Button variant="outlined" color="inherit" disabled={editor.project.readOnly} onClick={() => void replaceWithFile(editor, item)} sx={{ borderColor: 'divider' }}>{t('missing.replace')}</Button>
      </Box>
    </Box>
  );
}
