import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

/** What lies over the picture of a card whose button has a border and a padding of 2 px. It is no part of the button, whose name says it in words. */
export function CardNotes({ ratio, children }: { ratio: '16 / 9' | '16 / 10'; children: ReactNode }) {
  return <Box sx={{ position: 'absolute', top: 4, left: 4, right: 4, aspectRatio: ratio, pointerEvents: 'none' }}>{children}</Box>;
}
