import MovieOutlined from '@mui/icons-material/MovieOutlined';
import ImageOutlined from '@mui/icons-material/ImageOutlined';
import GraphicEq from '@mui/icons-material/GraphicEq';
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

/** A still of some media at 16:9, or the sign of its kind while there is none. */
export function Poster({ src, kind = 'video', children }: { src: string | null; kind?: string; children?: ReactNode }) {
  const Sign = kind === 'audio' ? GraphicEq : kind === 'image' ? ImageOutlined : MovieOutlined;
  return (
    <Box sx={{ position: 'relative', aspectRatio: '16 / 9', borderRadius: 1, overflow: 'hidden', bgcolor: 'studio.stage', display: 'grid', placeItems: 'center', color: 'text.disabled' }}>
      {src === null ? <Sign sx={{ fontSize: 20 }} /> : <Box component="img" src={src} alt="" loading="lazy" draggable={false} sx={{ width: 1, height: 1, objectFit: 'cover', display: 'block' }} />}
      {children}
    </Box>
  );
}
