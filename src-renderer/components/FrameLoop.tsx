import Box from '@mui/material/Box';
import { useEffect, useRef, useState } from 'react';
import { parsePreview, rgbToRgba, type PreviewFrames } from '../api/preview-frames.ts';

export interface FrameLoopProps {
  /** Address of raw frames; another address is another loop, and the last picture stays until it is there. */
  readonly url: string;
  readonly label: string;
  /** False shows the middle frame, which is the thumbnail's. */
  readonly isPlaying: boolean;
  /** Shows this frame instead of a loop. */
  readonly frame?: number;
}

/** The frames stand two to a second in a clip; faster shows the motion better. */
const FRAMES_PER_SECOND = 6;

const wantsStillness = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Raw frames drawn as a loop that fills its box. Someone who asked for less motion sees the middle frame. */
export function FrameLoop({ url, label, isPlaying, frame }: FrameLoopProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [shown, setShown] = useState<PreviewFrames | null>(null);

  useEffect(() => {
    const stop = new AbortController();
    const load = async () => {
      const frames = await parsePreview(await fetch(url, { signal: stop.signal }));
      if (frames && !stop.signal.aborted) setShown(frames);
    };
    void load().catch(() => undefined);
    return () => stop.abort();
  }, [url]);

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !shown) return undefined;
    const draw = (index: number) => context.putImageData(new ImageData(rgbToRgba(shown, index), shown.width, shown.height), 0, 0);
    if (frame !== undefined || !isPlaying || wantsStillness()) {
      draw(Math.min(shown.frames - 1, frame ?? Math.floor(shown.frames / 2)));
      return undefined;
    }
    const beganAt = performance.now();
    const show = () => draw(Math.floor(((performance.now() - beganAt) / 1000) * FRAMES_PER_SECOND) % shown.frames);
    show();
    const timer = setInterval(show, 1000 / FRAMES_PER_SECOND);
    return () => clearInterval(timer);
  }, [shown, isPlaying, frame]);

  return (
    <Box
      component="canvas" ref={canvas} role="img" aria-label={label} data-frames={shown?.frames ?? 0} data-playing={isPlaying}
      width={shown?.width ?? 16} height={shown?.height ?? 10} sx={{ display: 'block', width: 1, height: 1, objectFit: 'cover' }}
    />
  );
}
