import Box from '@mui/material/Box';
import type { SystemStyleObject } from '@mui/system';
import { rgbToRgba, type PreviewFrames } from '../api/preview-frames.ts';

/** The first of some raw frames, as a picture. */
export function FrameCanvas({ frames, label, sx = {} }: { frames: PreviewFrames; label: string; sx?: SystemStyleObject }) {
  const draw = (canvas: HTMLCanvasElement | null) => {
    canvas?.getContext('2d')?.putImageData(new ImageData(rgbToRgba(frames, 0), frames.width, frames.height), 0, 0);
  };
  return <Box component="canvas" ref={draw} role="img" aria-label={label} width={frames.width} height={frames.height} sx={{ display: 'block', width: 1, height: 1, objectFit: 'contain', ...sx }} />;
}
