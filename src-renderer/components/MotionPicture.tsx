import Box from '@mui/material/Box';
import { useState, type ReactNode } from 'react';
import type { Motion } from '../../src-shared/contract/motions.ts';
import { t } from '../i18n/text.ts';
import { FrameLoop } from './FrameLoop.tsx';

/** A motion's source: a still, and a loop while it is pointed at or has the focus. `isPlaying` comes from whoever holds the focus. */
export function MotionPicture({ motion, isPlaying, children }: { motion: Motion; isPlaying: boolean; children?: ReactNode }) {
  // The loop is fetched once it is wanted and kept from then on.
  const [wasPlayed, setPlayed] = useState(isPlaying);
  if (isPlaying && !wasPlayed) setPlayed(true);
  return (
    <Box sx={{ position: 'relative', aspectRatio: '16 / 10', borderRadius: 1, overflow: 'hidden', bgcolor: 'studio.stage' }}>
      {motion.thumbnailUrl === null ? null : <Box component="img" src={motion.thumbnailUrl} alt="" loading="lazy" draggable={false} sx={{ position: 'absolute', inset: 0, width: 1, height: 1, objectFit: 'cover' }} />}
      {wasPlayed && motion.loopUrl !== null ? <Box sx={{ position: 'absolute', inset: 0, visibility: isPlaying ? 'visible' : 'hidden' }}><FrameLoop url={motion.loopUrl} label={t('motions.loop', { name: motion.name })} isPlaying={isPlaying} /></Box> : null}
      {children}
    </Box>
  );
}
