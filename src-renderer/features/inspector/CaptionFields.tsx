import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import type { Caption } from '../../../src-shared/timeline/records/caption.ts';
import { setProperties } from '../../../src-shared/timeline/edits/arrange.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { useDraftText } from '../../components/use-draft-text.ts';
import { t } from '../../i18n/text.ts';
import { Section } from './Section.tsx';

/** The words of a caption or title, and how they look. */
export function CaptionFields({ captions }: { captions: readonly Caption[] }) {
  const editor = useEditor();
  const ids = captions.map(({ id }) => id);
  const [first] = captions;
  const isReadOnly = editor.project.readOnly;
  const set = (what: string, patch: Partial<Pick<Caption, 'text' | 'kind' | 'color'>>) => editor.document.edit(t('item.edit', { what }), (records) => setProperties(records, ids, patch));
  const isShared = captions.every(({ text }) => text === first?.text);
  const text = useDraftText(ids.join(' '), isShared ? (first?.text ?? '') : '', (words) => set(t('item.words'), { text: words }));
  const color = captions.every((caption) => caption.color === first?.color) ? (first?.color ?? '#ffffff') : '#ffffff';
  const kind = captions.every((caption) => caption.kind === first?.kind) ? (first?.kind ?? null) : null;
  return (
    <Section title={t('item.words')}>
      <TextField
        multiline minRows={2} maxRows={8} value={text.text} placeholder={t(isShared ? 'item.wordsHere' : 'item.mixed')} disabled={isReadOnly} onChange={(change) => text.setText(change.target.value)} onBlur={text.flush}
        slotProps={{ htmlInput: { 'aria-label': t('item.words'), maxLength: 2000 }, input: { sx: { p: 2.5, lineHeight: 1.5 } } }}
      />
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, mt: 2 }}>
        <ToggleButtonGroup exclusive value={kind} aria-label={t('item.captionKind')} disabled={isReadOnly} onChange={(_, next: Caption['kind'] | null) => { if (next !== null) set(t('item.captionKind'), { kind: next }); }} sx={{ flex: 1, '& .MuiToggleButton-root': { flex: 1 } }}>
          <ToggleButton value="caption">{t('item.caption')}</ToggleButton>
          <ToggleButton value="title">{t('item.title')}</ToggleButton>
        </ToggleButtonGroup>
        <Box component="label" sx={{ display: 'flex', alignItems: 'center', gap: 1.5, fontSize: 12, color: 'text.secondary' }}>
          {t('item.color')}
          <Box component="input" type="color" value={color} disabled={isReadOnly} onChange={(change) => set(t('item.color'), { color: change.currentTarget.value })} sx={{ width: 34, height: 28, p: 0, border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'studio.well' }} />
        </Box>
      </Box>
    </Section>
  );
}
