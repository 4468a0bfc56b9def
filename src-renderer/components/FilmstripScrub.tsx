import Box from '@mui/material/Box';
import { useState, type PointerEvent } from 'react';
import type { Filmstrip } from '../../src-shared/contract/assets.ts';

/** A clip by its filmstrip: the frame of the place under the pointer, without decoding anything. */
export function FilmstripScrub({ src, strip }: { src: string; strip: Filmstrip }) {
  const [share, setShare] = useState<number | null>(null);
  const follow = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setShare(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
  };
  const tile = Math.min(strip.tiles - 1, Math.floor((share ?? 0) * strip.tiles));
  const width = `max(100cqw, 100cqh * ${strip.width / strip.height})`;
  return (
    <Box onPointerMove={follow} data-testid="hover-scrub" data-tile={share === null ? undefined : tile} sx={{ position: 'absolute', inset: 0, containerType: 'size' }}>
      {share === null ? null : (
        <>
          <Box sx={{ position: 'absolute', inset: 0 }} style={{ backgroundImage: `url("${src}")`, backgroundSize: `calc(${strip.tiles} * ${width}) auto`, backgroundPosition: `calc(-${tile} * ${width} - (${width} - 100cqw) / 2) center` }} />
          <Box sx={{ position: 'absolute', top: 0, bottom: 0, width: '1px', left: `${share * 100}%`, bgcolor: 'primary.light', pointerEvents: 'none' }} />
        </>
      )}
    </Box>
  );
}
