import Box from '@mui/material/Box';
import { memo } from 'react';
import { useSession } from '../../api/studio-context.tsx';
import { placeStyle } from './span-style.ts';

/** Where the timeline is looked at. On its own, so that playing draws nothing else again. */
export const Playhead = memo(function Playhead() {
  const playhead = useSession((state) => (state.viewerSource.kind === 'timeline' ? state.playhead : null));
  if (playhead === null) return null;
  return (
    <Box data-testid="playhead" data-frame={playhead} sx={{ position: 'absolute', top: 0, bottom: 0, width: '1px', pointerEvents: 'none !important', zIndex: 5 }} style={placeStyle(playhead)}>
      <Box sx={{ position: 'absolute', inset: 0, bgcolor: 'studio.playhead' }} />
      <Box sx={{ position: 'absolute', top: 4, left: -5, width: 11, height: 12, bgcolor: 'studio.playhead', clipPath: 'polygon(0 0, 100% 0, 100% 55%, 50% 100%, 0 55%)' }} />
    </Box>
  );
});
