import ExpandMore from '@mui/icons-material/ExpandMore';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Collapse from '@mui/material/Collapse';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useId, useState } from 'react';
import { LearningSettings, MotionLoss } from '../../../src-shared/contract/motions.ts';
import { NumberField } from '../../components/NumberField.tsx';
import { t } from '../../i18n/text.ts';

/** The settings that the window offers; seed and learning rate keep their defaults. */
export type LearnOptions = Pick<LearningSettings, 'steps' | 'rank' | 'loss'>;

const { steps, rank, loss } = LearningSettings.parse({});
export const DEFAULT_LEARN_OPTIONS: LearnOptions = { steps, rank, loss };
const RANKS = ['full', 4, 16] as const;

/** How long and how deeply to learn, folded away: the defaults are right for most clips. */
export function LearnSettings({ options, onChange }: { options: LearnOptions; onChange: (options: LearnOptions) => void }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const field = { fontSize: 12.5 } as const;
  return (
    <Box>
      <ButtonBase aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)} sx={{ fontSize: 12, color: 'text.secondary', borderRadius: 1, py: 0.5, pr: 1.5, '&:hover': { color: 'text.primary' } }}>
        <ExpandMore sx={{ fontSize: 18, mr: 0.5, transform: isOpen ? 'none' : 'rotate(-90deg)', transition: 'transform 120ms' }} />
        {t('motions.settings')}
      </ButtonBase>
      <Collapse in={isOpen} id={id} unmountOnExit>
        <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2.5, pt: 2 }}>
          <Box sx={{ display: 'flex' }}><NumberField label={t('motions.settings.steps')} value={options.steps} min={1} max={2000} defaultValue={DEFAULT_LEARN_OPTIONS.steps} onCommit={(steps) => onChange({ ...options, steps })} /></Box>
          <TextField select label={t('motions.settings.rank')} value={String(options.rank)} onChange={(event) => onChange({ ...options, rank: event.target.value === 'full' ? 'full' : Number(event.target.value) })} slotProps={{ input: { sx: field } }}>
            {RANKS.map((rank) => <MenuItem key={rank} value={String(rank)}>{rank === 'full' ? t('motions.settings.rank.full') : t('motions.settings.rank.low', { rank })}</MenuItem>)}
          </TextField>
          <TextField select label={t('motions.settings.loss')} value={options.loss} onChange={(event) => onChange({ ...options, loss: MotionLoss.parse(event.target.value) })} slotProps={{ input: { sx: field } }}>
            {MotionLoss.options.map((loss) => <MenuItem key={loss} value={loss}>{t(`motions.settings.loss.${loss}`)}</MenuItem>)}
          </TextField>
        </Box>
      </Collapse>
    </Box>
  );
}
