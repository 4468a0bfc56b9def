import Box from '@mui/material/Box';
import { useRef, useState, type PointerEvent } from 'react';

/** A clip that shows the moment under the pointer: its left edge is the beginning, its right edge the end. Silent. */
export function HoverScrub({ src }: { src: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const wanted = useRef<number | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const seek = () => {
    const element = video.current;
    // The newest place wins, and each seek ends with a frame before the next begins: a fast hand still sees something.
    if (!element || element.seeking || wanted.current === null || !Number.isFinite(element.duration)) return;
    const at = wanted.current * Math.max(0, element.duration - 0.01);
    wanted.current = null;
    element.currentTime = at;
  };
  const follow = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const next = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    wanted.current = next;
    setShare(next);
    seek();
  };
  return (
    <Box onPointerMove={follow} data-testid="hover-scrub" sx={{ position: 'absolute', inset: 0 }}>
      <Box component="video" ref={video} src={src} muted playsInline preload="auto" aria-hidden onLoadedMetadata={seek} onSeeked={seek} sx={{ width: 1, height: 1, objectFit: 'cover', display: 'block', opacity: share === null ? 0 : 1 }} />
      {share === null ? null : <Box sx={{ position: 'absolute', top: 0, bottom: 0, width: '1px', left: `${share * 100}%`, bgcolor: 'primary.light', pointerEvents: 'none' }} />}
    </Box>
  );
}
