import MovieOutlined from '@mui/icons-material/MovieOutlined';
import ImageOutlined from '@mui/icons-material/ImageOutlined';
import GraphicEq from '@mui/icons-material/GraphicEq';
import Box from '@mui/material/Box';

/** The sign of a kind of media. */
export function KindSign({ kind }: { kind: string }) {
  const Sign = kind === 'audio' ? GraphicEq : kind === 'image' ? ImageOutlined : MovieOutlined;
  return <Sign sx={{ fontSize: 20 }} />;
}

/** A still of some media at 16:9, or the sign of its kind while there is none. */
export function Poster({ src, kind = 'video' }: { src: string | null; kind?: string }) {
  return (
    <Box sx={{ position: 'relative', aspectRatio: '16 / 9', borderRadius: 1, overflow: 'hidden', bgcolor: 'studio.stage', display: 'grid', placeItems: 'center', color: 'text.disabled' }}>
      {src === null ? <KindSign kind={kind} /> : <Box component="img" src={src} alt="" loading="lazy" draggable={false} sx={{ width: 1, height: 1, objectFit: 'cover', display: 'block' }} />}
    </Box>
  );
}
