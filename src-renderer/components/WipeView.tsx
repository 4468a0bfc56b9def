import Box from '@mui/material/Box';
import { useState } from 'react';
import type { PreviewFrames } from '../api/preview-frames.ts';
import { t } from '../i18n/text.ts';
import { FrameCanvas } from './FrameCanvas.tsx';

export interface WipeViewProps {
  readonly before: PreviewFrames | null;
  readonly after: PreviewFrames | null;
  /** Width over height. */
  readonly ratio: number;
  /** True while another picture is on its way. */
  readonly isStale: boolean;
}

/** Two pictures of one frame with a line between them that can be dragged, or moved with the arrow keys. */
export function WipeView({ before, after, ratio, isStale }: WipeViewProps) {
  const [percent, setPercent] = useState(50);
  return (
    <Box data-testid="wipe" data-current={after !== null && !isStale} sx={{ position: 'relative', aspectRatio: String(ratio), maxHeight: '52vh', width: 1, borderRadius: 1.5, overflow: 'hidden', bgcolor: 'studio.well' }}>
      {before === null ? null : <FrameCanvas frames={before} label={t('stylize.before')} sx={{ position: 'absolute', inset: 0 }} />}
      {after === null ? null : <FrameCanvas frames={after} label={t('stylize.after')} sx={{ position: 'absolute', inset: 0, opacity: isStale ? 0.55 : 1, transition: 'opacity 120ms', clipPath: `inset(0 0 0 ${percent}%)` }} />}
      {after === null ? null : (
        <>
          <Box aria-hidden sx={{ position: 'absolute', top: 0, bottom: 0, left: `${percent}%`, width: 2, ml: '-1px', bgcolor: 'common.white', boxShadow: '0 0 0 1px rgb(0 0 0 / 0.4)', pointerEvents: 'none' }} />
          <Box
            component="input" type="range" min={0} max={100} step={1} value={percent} onChange={(event) => setPercent(Number(event.target.value))} aria-label={t('stylize.wipe')} aria-valuetext={t('stylize.wipeAt', { percent })}
            sx={{ position: 'absolute', inset: 0, width: 1, height: 1, m: 0, opacity: 0, cursor: 'ew-resize' }}
          />
          <Box aria-hidden sx={{ position: 'absolute', left: 8, bottom: 8, px: 1.5, borderRadius: 1, fontSize: 11, lineHeight: '18px', color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.6)', pointerEvents: 'none' }}>{t('stylize.before')}</Box>
          <Box aria-hidden sx={{ position: 'absolute', right: 8, bottom: 8, px: 1.5, borderRadius: 1, fontSize: 11, lineHeight: '18px', color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.6)', pointerEvents: 'none' }}>{t('stylize.after')}</Box>
        </>
      )}
    </Box>
  );
}
