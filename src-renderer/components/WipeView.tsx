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
  /** What stands there until the pictures come; null: nothing. */
  readonly poster: string | null;
  /** True while another picture is on its way. */
  readonly isStale: boolean;
}

/** The most of the window's height that the pictures take. */
const HEIGHT = '52vh';

/** Two pictures of one frame with a line between them that can be dragged, or moved with the arrow keys. */
export function WipeView({ before, after, ratio, poster, isStale }: WipeViewProps) {
  const [percent, setPercent] = useState(50);
  return (
    <Box data-testid="wipe" data-current={after !== null && !isStale} sx={{ position: 'relative', aspectRatio: String(ratio), width: `min(100%, calc(${HEIGHT} * ${ratio}))`, mx: 'auto', borderRadius: 1.5, overflow: 'hidden', bgcolor: 'studio.well' }}>
      {before !== null || poster === null ? null : <Box component="img" src={poster} alt="" sx={{ position: 'absolute', inset: 0, width: 1, height: 1, objectFit: 'cover', opacity: 0.5 }} />}
      {before === null ? null : <FrameCanvas frames={before} label={t('stylize.before')} sx={{ position: 'absolute', inset: 0 }} />}
      {after === null ? null : <FrameCanvas frames={after} label={t('stylize.after')} sx={{ position: 'absolute', inset: 0, opacity: isStale ? 0.55 : 1, transition: 'opacity 120ms', clipPath: `inset(0 0 0 ${percent}%)` }} />}
      {after === null ? null : <WipeLine percent={percent} onChange={setPercent} />}
    </Box>
  );
}
