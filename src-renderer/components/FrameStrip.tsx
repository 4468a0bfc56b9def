import Box from '@mui/material/Box';
import { useEffect, useState } from 'react';
import { parsePreview, rgbToRgba, type PreviewFrames } from '../api/preview-frames.ts';

export interface FrameStripProps {
  /** Address of raw frames; null draws empty places. */
  readonly url: string | null;
  readonly count: number;
  /** Width over height of a frame. */
  readonly ratio: number;
  /** True while other frames are on their way. */
  readonly isStale: boolean;
  /** A line below each frame. */
  readonly captions: readonly string[] | null;
  readonly label: (index: number) => string;
}

function Still({ frames, index, label }: { frames: PreviewFrames | null; index: number; label: string }) {
  const draw = (canvas: HTMLCanvasElement | null) => {
    if (canvas && frames && index < frames.frames) canvas.getContext('2d')?.putImageData(new ImageData(rgbToRgba(frames, index), frames.width, frames.height), 0, 0);
  };
  return <Box component="canvas" ref={draw} role="img" aria-label={label} width={frames?.width ?? 16} height={frames?.height ?? 10} sx={{ display: 'block', width: 1, height: 1 }} />;
}

/** Frames side by side, each a picture of its own. */
export function FrameStrip({ url, count, ratio, isStale, captions, label }: FrameStripProps) {
  const [loaded, setLoaded] = useState<{ url: string; frames: PreviewFrames } | null>(null);

  useEffect(() => {
    if (url === null) return undefined;
    const stop = new AbortController();
    const load = async () => {
      const frames = await parsePreview(await fetch(url, { signal: stop.signal }));
      if (frames && !stop.signal.aborted) setLoaded({ url, frames });
    };
    void load().catch(() => undefined);
    return () => stop.abort();
  }, [url]);

  // The frames before stay until the new ones are there; without an address there is nothing to stay.
  const frames = url === null ? null : (loaded?.frames ?? null);
  return (
    <Box component="ol" data-testid="frame-strip" data-frames={frames !== null && loaded?.url === url && !isStale ? frames.frames : 0} sx={{ m: 0, p: 0, listStyle: 'none', display: 'grid', gridTemplateColumns: `repeat(${count}, minmax(0, 150px))`, gap: 1, opacity: isStale ? 0.6 : 1, transition: 'opacity 120ms' }}>
      {Array.from({ length: count }, (_, index) => (
        <Box key={index} component="li" sx={{ minWidth: 0 }}>
          <Box sx={{ aspectRatio: String(ratio), borderRadius: 1, overflow: 'hidden', bgcolor: 'studio.well' }}>{frames === null ? null : <Still frames={frames} index={index} label={label(index)} />}</Box>
          {captions === null ? null : <Box sx={{ mt: 0.5, fontSize: 10, textAlign: 'center', color: 'text.secondary', fontVariantNumeric: 'tabular-nums' }}>{captions[index]}</Box>}
        </Box>
      ))}
    </Box>
  );
}
