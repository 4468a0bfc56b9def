import LinkOff from '@mui/icons-material/LinkOff';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { MissingSpan } from '../../../src-shared/compose/composition-plan.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { t } from '../../i18n/text.ts';

/** Over the picture: what should be seen or heard here, and is no longer in the project. */
export function MissingNote({ spans, coversAll }: { spans: readonly MissingSpan[]; coversAll: boolean }) {
  const editor = useEditor();
  const ids = spans.map(({ id }) => id);
  const stripes = 'repeating-linear-gradient(135deg, rgb(255 255 255 / 0.05) 0 10px, transparent 10px 20px)';
  return (
    <Box role="note" data-testid="missing-note" sx={{ position: 'absolute', left: 0, right: 0, bottom: 0, ...(coversAll ? { top: 0, background: stripes } : {}), display: 'grid', placeItems: 'center', p: 3, color: 'grey.300', fontSize: 12.5 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, px: 3, py: 1, borderRadius: 1.5, bgcolor: 'rgb(0 0 0 / 0.72)' }}>
        <LinkOff sx={{ fontSize: 16, color: 'warning.main' }} />
        {spans.length === 1 ? t('viewer.clipMissing') : t('viewer.clipsMissing', { count: spans.length })}
        <Button size="small" color="inherit" onClick={() => editor.session.setState({ selectedIds: ids, rightOpen: true })}>{t('viewer.selectMissing')}</Button>
      </Box>
    </Box>
  );
}
