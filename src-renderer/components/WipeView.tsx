import Box from '@mui/material/Box';
import { useState } from 'react';
import type { PreviewFrames } from '../api/preview-frames.ts';
import { t } from '../i18n/text.ts';
import { FrameCanvas } from './FrameCanvas.tsx';
import { WipeLine } from './WipeLine.tsx';

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
      {after === null ? null : <WipeLine percent={percent} onChange={setPercent} />}
    </Box>
  );
}
