import Box from '@mui/material/Box';
import type { ReactNode } from 'react';
import { useMotionDrop } from '../../components/use-motion-drop.ts';
import { t } from '../../i18n/text.ts';

/** The whole length of the motion lane: a clip dropped anywhere on it is learned from, as on the Motions tab. */
export function MotionDropArea({ children }: { children: ReactNode }) {
  const { isTarget, handlers } = useMotionDrop();
  return (
    <Box {...handlers} data-testid="motion-lane-drop" sx={{ position: 'absolute', inset: 0, outline: isTarget ? '2px dashed' : 'none', outlineColor: 'primary.main', outlineOffset: -3 }}>
      {children}
      {isTarget ? <Box sx={{ position: 'absolute', left: 8, top: 4, fontSize: 11, color: 'text.secondary', pointerEvents: 'none' }}>{t('motions.lane.drop')}</Box> : null}
    </Box>
  );
}
