import Box from '@mui/material/Box';
import Slider from '@mui/material/Slider';
import { useState } from 'react';
import { t } from '../i18n/text.ts';

export interface ShareSliderProps {
  readonly label: string;
  /** Spoken name where `label` alone would stand for several sliders. */
  readonly name: string;
  readonly value: number;
  readonly max: number;
  readonly marks?: readonly number[];
  readonly disabled: boolean;
  /** Called once per finished change. */
  readonly onCommit: (value: number) => void;
}

/** A share in percent on a line; steps of one hundredth, of a tenth with Page Up and Page Down. */
export function ShareSlider({ label, name, value, max, marks = [], disabled, onCommit }: ShareSliderProps) {
  const [draft, setDraft] = useState<number | null>(null);
  const shown = draft ?? value;
  const percent = Math.round(shown * 100);
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: '64px 1fr 40px', alignItems: 'center', columnGap: 2.5, fontSize: 11.5, color: 'text.secondary' }}>
      <Box component="span" aria-hidden>{label}</Box>
      <Slider
        size="small" value={percent} min={0} max={max * 100} step={1} shiftStep={10} disabled={disabled} marks={marks.map((mark) => ({ value: mark * 100 }))}
        onChange={(_, next) => setDraft(Number(next) / 100)} onChangeCommitted={(_, next) => { setDraft(null); onCommit(Number(next) / 100); }}
        aria-label={name} getAriaValueText={(now) => t('motions.percent', { percent: now })}
        sx={{ py: 1, height: 3, '& .MuiSlider-thumb': { width: 12, height: 12, bgcolor: 'text.primary' }, '& .MuiSlider-rail': { bgcolor: 'studio.raised', opacity: 1 }, '& .MuiSlider-mark': { height: 7, bgcolor: 'text.disabled' } }}
      />
      <Box component="span" aria-hidden sx={{ textAlign: 'right', fontVariantNumeric: 'tabular-nums', color: 'text.primary' }}>{t('motions.percent', { percent })}</Box>
    </Box>
  );
}
