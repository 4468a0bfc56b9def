import Box from '@mui/material/Box';
import { memo } from 'react';
import { formatTimecode, type FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import { RULER_HEIGHT } from './lanes.ts';
import { rulerStep } from './ruler-step.ts';

/** Plain elements: there are hundreds of ticks, and all of them move on every zoom. */
const TICKS = {
  '& i': { position: 'absolute', bottom: 0, left: 0, height: 4, width: '1px', bgcolor: 'divider' },
  '& i.major': { height: 9, bgcolor: 'text.disabled' },
  '& b': { position: 'absolute', bottom: 8, left: 7, fontSize: 10, fontWeight: 400, fontStyle: 'normal', color: 'text.secondary', fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' },
} as const;

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
    <Box sx={{ position: 'relative', height: RULER_HEIGHT, borderBottom: 1, borderColor: 'studio.line', overflow: 'hidden', cursor: 'default', ...TICKS }}>
      {hasRange ? <Box data-testid="marked-range" sx={{ position: 'absolute', bottom: 0, top: 0, left: start * pixelsPerFrame, width: Math.max(1, (end - start) * pixelsPerFrame), bgcolor: 'primary.main', opacity: 0.22 }} /> : null}
      {ticks.map((frame) => {
        const isMajor = frame % major === 0;
        return (
          <i key={frame} className={isMajor ? 'major' : 'minor'} style={{ transform: `translateX(${frame * pixelsPerFrame}px)` }}>
            {isMajor ? <b>{formatTimecode(frame, frameRate)}</b> : null}
          </i>
        );
      })}
    </Box>
  );
});
