import Box from '@mui/material/Box';
import type { ClipInspection } from '../../../src-shared/contract/motions.ts';
import { FrameStrip } from '../../components/FrameStrip.tsx';
import { formatClipTime } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

/** Frames of a strip that is not there yet. */
const USUAL_FRAMES = 8;

/** The very frames that will be learned, evenly spread over the chosen part, each with its place in the clip. */
export function ClipStrip({ inspection, reversed, isCurrent }: { inspection: ClipInspection | null; reversed: boolean; isCurrent: boolean }) {
  const strip = inspection?.strip ?? null;
  const count = strip?.frames ?? USUAL_FRAMES;
  const [from, to] = [inspection?.fromSeconds ?? 0, inspection?.toSeconds ?? 0];
  const times = Array.from({ length: count }, (_, index) => formatClipTime(from + ((to - from) * (reversed ? count - 1 - index : index)) / Math.max(1, count - 1)));
  return (
    <Box component="section" aria-label={t('motions.strip')}>
      <Box sx={{ fontSize: 11, fontWeight: 600, color: 'text.secondary', mb: 1 }}>{t('motions.strip')}</Box>
      <FrameStrip url={strip?.url ?? null} count={count} ratio={strip ? strip.width / strip.height : 1.6} isStale={!isCurrent} captions={strip ? times : null} label={(index) => t('motions.strip.frame', { number: index + 1, time: times[index] ?? '' })} />
    </Box>
  );
}
