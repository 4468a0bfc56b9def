import Add from '@mui/icons-material/Add';
import Close from '@mui/icons-material/Close';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { IconAction } from '../../components/IconAction.tsx';
import { t } from '../../i18n/text.ts';
import { nextRow, type SpanRow } from './span-rows.ts';

/** Other styles for parts of the clip: from, to, and how it is to look there. */
export function SpanRows({ rows, seconds, onChange }: { rows: readonly SpanRow[]; seconds: number; onChange: (rows: readonly SpanRow[]) => void }) {
  const patch = (id: string, change: Partial<SpanRow>) => onChange(rows.map((row) => (row.id === id ? { ...row, ...change } : row)));
  const time = (row: SpanRow, field: 'fromSeconds' | 'toSeconds', label: string) => (
    <TextField
      type="number" size="small" value={Number(row[field].toFixed(2))} onChange={(event) => patch(row.id, { [field]: Math.max(0, Math.min(seconds, Number(event.target.value) || 0)) })}
      slotProps={{ htmlInput: { 'aria-label': label, min: 0, max: seconds, step: 0.1 }, input: { sx: { fontSize: 12, height: 30 } } }}
    />
  );
  return (
    <Box role="group" aria-label={t('stylize.spans')} sx={{ display: 'flex', flexDirection: 'column', gap: 1 }}>
      {rows.map((row, index) => (
        <Box key={row.id} sx={{ display: 'grid', gridTemplateColumns: '78px 78px 1fr auto', gap: 1, alignItems: 'center' }}>
          {time(row, 'fromSeconds', t('stylize.span.from', { number: index + 1 }))}
          {time(row, 'toSeconds', t('stylize.span.to', { number: index + 1 }))}
          <TextField size="small" value={row.style} placeholder={t('stylize.span.style')} onChange={(event) => patch(row.id, { style: event.target.value })} slotProps={{ htmlInput: { 'aria-label': t('stylize.span.styleOf', { number: index + 1 }), maxLength: 300 }, input: { sx: { fontSize: 12, height: 30 } } }} />
          <IconAction label={t('stylize.span.remove', { number: index + 1 })} icon={<Close />} onClick={() => onChange(rows.filter(({ id }) => id !== row.id))} />
        </Box>
      ))}
      <Button size="small" color="inherit" startIcon={<Add />} onClick={() => onChange([...rows, nextRow(rows, seconds, crypto.randomUUID())])} sx={{ alignSelf: 'flex-start', color: 'text.secondary' }}>{t('stylize.span.add')}</Button>
    </Box>
  );
}
