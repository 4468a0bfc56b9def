import Box from '@mui/material/Box';
import { t } from '../i18n/text.ts';

/** One bar per keyframe: how much of its attention went to the event's words, against the strongest one. */
export function AdherenceStrip({ shares }: { shares: readonly number[] }) {
  const most = Math.max(...shares, 1e-9);
  const mean = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  return (
    <Box role="img" aria-label={t('scene.adherence', { percent: Math.round(mean * 100) })} title={t('scene.adherence', { percent: Math.round(mean * 100) })} sx={{ display: 'flex', alignItems: 'flex-end', gap: '1px', height: 12 }}>
      {shares.map((share, keyframe) => <Box key={keyframe} sx={{ width: 3, height: `${Math.max(8, Math.round((100 * share) / most))}%`, borderRadius: '1px', bgcolor: 'primary.light' }} />)}
    </Box>
  );
}
