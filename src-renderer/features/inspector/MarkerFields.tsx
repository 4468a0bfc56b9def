import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import TextField from '@mui/material/TextField';
import { setProperties } from '../../../src-shared/timeline/edits/arrange.ts';
import type { Marker } from '../../../src-shared/timeline/records/marker.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { MARKER_COLORS } from '../../components/marker-colors.ts';
import { useDraftText } from '../../components/use-draft-text.ts';
import { t } from '../../i18n/text.ts';
import { Section } from './Section.tsx';

/** What a marker says and its colour. */
export function MarkerFields({ marker }: { marker: Marker }) {
  const editor = useEditor();
  const isReadOnly = editor.project.readOnly;
  const set = (what: string, patch: Partial<Pick<Marker, 'label' | 'color'>>) => editor.document.edit(t('item.edit', { what }), (records) => setProperties(records, [marker.id], patch));
  const label = useDraftText(marker.id, marker.label, (words) => set(t('item.label'), { label: words }));
  return (
    <Section title={t('item.label')}>
      <TextField value={label.text} placeholder={t('item.labelHere')} disabled={isReadOnly} onChange={(change) => label.setText(change.target.value)} onBlur={label.flush} slotProps={{ htmlInput: { 'aria-label': t('item.label'), maxLength: 200 } }} />
      <Box role="radiogroup" aria-label={t('item.color')} sx={{ display: 'flex', gap: 1.5, mt: 2 }}>
        {(Object.keys(MARKER_COLORS) as Marker['color'][]).map((color) => (
          <ButtonBase key={color} role="radio" aria-checked={marker.color === color} aria-label={t(`item.color.${color}`)} disabled={isReadOnly} onClick={() => set(t('item.color'), { color })} sx={{ width: 24, height: 24, borderRadius: 1, bgcolor: MARKER_COLORS[color], border: 2, borderColor: marker.color === color ? 'text.primary' : 'transparent' }} />
        ))}
      </Box>
    </Section>
  );
}
