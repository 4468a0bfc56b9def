import Box from '@mui/material/Box';
import { memo } from 'react';
import type { EventAdherence } from '../api/scene-queries.ts';
import { t } from '../i18n/text.ts';

/** Bars keep so much height, in percent, that one sees there is something. */
const LEAST = 8;

/** An event whose frames attend to it less than this share of what the strongest one of the scene gets stands out: it may have been ignored. */
const WEAK = 0.4;

/** A staircase of bars as one shape: hundreds of strips must not cost thousands of elements. */
function barsOf({ shares, most }: EventAdherence): string {
  const corners = shares.flatMap((share, index) => {
    const top = 100 - Math.max(LEAST, (100 * share) / most);
    return [`${(100 * index) / shares.length}% ${top}%`, `calc(${(100 * (index + 1)) / shares.length}% - 1px) ${top}%`, `calc(${(100 * (index + 1)) / shares.length}% - 1px) 100%`, `${(100 * (index + 1)) / shares.length}% 100%`];
  });
  return `polygon(0 100%, ${corners.join(', ')})`;
}

/** One bar per keyframe: how much of its attention went to the event's words, against the strongest one of the scene. */
export const AdherenceStrip = memo(function AdherenceStrip({ adherence, width, height = 12 }: { adherence: EventAdherence; width?: number | string; height?: number }) {
  const { shares } = adherence;
  const mean = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  const isWeak = mean < WEAK * adherence.most;
  const words = [t('scene.adherence', { percent: Math.round(mean * 100) }), isWeak ? t('scene.adherenceWeak') : ''].join(' ').trim();
  return (
    <Box
      role="img" aria-label={words} title={words} data-testid="adherence" data-weak={isWeak} style={{ clipPath: barsOf(adherence) }}
      sx={{ flex: 'none', width: width ?? shares.length * 4, height, bgcolor: isWeak ? 'warning.main' : 'primary.light' }}
    />
  );
});
