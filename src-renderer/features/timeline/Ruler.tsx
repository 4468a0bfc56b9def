import Box from '@mui/material/Box';
import { memo } from 'react';
import { formatTimecode, type FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import { RULER_HEIGHT } from './lanes.ts';
import { rulerStep } from './ruler-step.ts';

export interface RulerProps {
  readonly frameRate: FrameRate;
  readonly pixelsPerFrame: number;
  /** Visible frames, fractions allowed. */
  readonly from: number;
  readonly to: number;
  readonly markIn: number | null;
  readonly markOut: number | null;
}

/** Time above the lanes, with the marked range. */
export const Ruler = memo(function Ruler({ frameRate, pixelsPerFrame, from, to, markIn, markOut }: RulerProps) {
  const { major, minor } = rulerStep(pixelsPerFrame, frameRate);
  const ticks: number[] = [];
  for (let frame = Math.floor(from / minor) * minor; frame <= to; frame += minor) ticks.push(frame);
  const hasRange = markIn !== null || markOut !== null;
  const start = markIn ?? 0;
  const end = markOut === null ? to : markOut + 1;
  return (
    <Box sx={{ position: 'relative', height: RULER_HEIGHT, borderBottom: 1, borderColor: 'studio.line', overflow: 'hidden', cursor: 'default' }}>
      {hasRange ? <Box data-testid="marked-range" sx={{ position: 'absolute', bottom: 0, top: 0, left: start * pixelsPerFrame, width: Math.max(1, (end - start) * pixelsPerFrame), bgcolor: 'primary.main', opacity: 0.22 }} /> : null}
      {ticks.map((frame) => {
        const isMajor = frame % major === 0;
        return (
          <Box key={frame} sx={{ position: 'absolute', bottom: 0, left: 0, height: isMajor ? 9 : 4, width: '1px', bgcolor: isMajor ? 'text.disabled' : 'divider' }} style={{ transform: `translateX(${frame * pixelsPerFrame}px)` }}>
            {isMajor ? <Box component="span" sx={{ position: 'absolute', bottom: 8, left: 7, fontSize: 10, color: 'text.secondary', fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>{formatTimecode(frame, frameRate)}</Box> : null}
          </Box>
        );
      })}
    </Box>
  );
});
