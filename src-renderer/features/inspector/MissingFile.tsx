import LinkOff from '@mui/icons-material/LinkOff';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { TimelineRecord } from '../../../src-shared/timeline/document.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { replaceWithFile } from '../../editor/replace-source.ts';
import { t } from '../../i18n/text.ts';

/** Why an item shows nothing, and the way to mend it. */
export function MissingFile({ item }: { item: Extract<TimelineRecord, { type: 'clip' | 'audio' }> }) {
  const editor = useEditor();
  return (
    <Box role="note" sx={{ mx: 4, my: 2, p: 2.5, display: 'grid', gridTemplateColumns: 'auto 1fr', columnGap: 2, rowGap: 2, borderRadius: 1.5, border: 1, borderColor: 'divider', bgcolor: 'studio.well', fontSize: 12, lineHeight: 1.45 }}>
      <LinkOff sx={{ fontSize: 16, mt: '1px', color: 'warning.main' }} />
      <Box>{t('missing.inspector')}</Box>
      <Button variant="outlined" color="inherit" disabled={editor.project.readOnly} onClick={() => void replaceWithFile(editor, item)} sx={{ gridColumn: 2, justifySelf: 'start', borderColor: 'divider' }}>{t('missing.replace')}</Button>
    </Box>
  );
}
