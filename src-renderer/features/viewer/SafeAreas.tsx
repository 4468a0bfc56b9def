import Box from '@mui/material/Box';

/** Shares of width and height that stay visible on every screen, by SMPTE ST 2046-1: action, and inside it titles. */
const AREAS = [['action', 93], ['title', 90]] as const;

/** Frames within which action and titles are safe, and the middle. */
export function SafeAreas() {
  return (
    <Box aria-hidden data-testid="safe-areas" sx={{ position: 'absolute', inset: 0, pointerEvents: 'none', '& > *': { position: 'absolute', outline: '1px solid rgb(0 0 0 / 0.45)' } }}>
      {AREAS.map(([name, percent]) => <Box key={name} sx={{ inset: `${(100 - percent) / 2}%`, border: '1px solid rgb(255 255 255 / 0.7)', ...(name === 'title' ? { borderStyle: 'dashed' } : {}) }} />)}
      <Box sx={{ left: 'calc(50% - 9px)', top: 'calc(50% - 0.5px)', width: 18, height: '1px', bgcolor: 'common.white' }} />
      <Box sx={{ top: 'calc(50% - 9px)', left: 'calc(50% - 0.5px)', height: 18, width: '1px', bgcolor: 'common.white' }} />
    </Box>
  );
}
