import Pause from '@mui/icons-material/Pause';
import PlayArrow from '@mui/icons-material/PlayArrow';
import Box from '@mui/material/Box';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Asset } from '../../../src-shared/contract/assets.ts';
import { assetUrl, thumbnailUrl } from '../../api/media-address.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { t } from '../../i18n/text.ts';
import type { Span } from './trim.ts';

export interface ClipViewProps {
  readonly asset: Asset;
  readonly span: Span;
  /** Seconds to show; a new object shows them again. */
  readonly seek: { readonly seconds: number };
  readonly onPosition: (seconds: number) => void;
  /** Drawn over the picture. */
  readonly children?: ReactNode;
}

const TALLEST = 260;

/** The clip, still or playing the chosen part over and over. What the window cannot decode shows its poster: the host can. */
export function ClipView({ asset, span, seek, onPosition, children }: ClipViewProps) {
  const { info, project } = useEditor();
  const video = useRef<HTMLVideoElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [isUnplayable, setUnplayable] = useState(false);
  const ratio = asset.width !== null && asset.height !== null && asset.height > 0 ? asset.width / asset.height : 16 / 9;
  const poster = thumbnailUrl(info.mediaBase, project.id, asset);

  useEffect(() => {
    const element = video.current;
    if (element && Number.isFinite(seek.seconds)) element.currentTime = seek.seconds;
  }, [seek]);

  useEffect(() => {
    const element = video.current;
    if (!element || !isPlaying) return undefined;
    let handle = 0;
    const tick = () => {
      if (element.currentTime >= span.to || element.currentTime < span.from - 0.05 || element.ended) {
        element.currentTime = span.from;
        void element.play().catch(() => setPlaying(false));
      }
      onPosition(element.currentTime);
      handle = requestAnimationFrame(tick);
    };
    void element.play().catch(() => setPlaying(false));
    tick();
    return () => {
      cancelAnimationFrame(handle);
      element.pause();
    };
  }, [isPlaying, span.from, span.to, onPosition]);

  return (
    <Box sx={{ display: 'grid', placeItems: 'center', bgcolor: 'studio.stage', borderRadius: 1.5, overflow: 'hidden' }}>
      <Box sx={{ position: 'relative', width: `min(100%, ${Math.round(TALLEST * ratio)}px)`, aspectRatio: String(ratio), bgcolor: 'common.black' }}>
        {isUnplayable ? (
          poster === null ? null : <Box component="img" src={poster} alt={asset.name} sx={{ width: 1, height: 1, display: 'block' }} />
        ) : (
          <Box component="video" ref={video} src={assetUrl(info.mediaBase, project.id, asset.id)} muted playsInline preload="auto" aria-label={asset.name} onError={() => setUnplayable(true)} onLoadedMetadata={() => { if (video.current) video.current.currentTime = seek.seconds; }} sx={{ width: 1, height: 1, display: 'block' }} />
        )}
        {children}
        {isUnplayable ? null : (
          <IconAction label={t(isPlaying ? 'motions.stopPart' : 'motions.playPart')} icon={isPlaying ? <Pause /> : <PlayArrow />} onClick={() => setPlaying(!isPlaying)} sx={{ position: 'absolute', left: 8, bottom: 8, p: 1, color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.6)', '&:hover': { bgcolor: 'rgb(0 0 0 / 0.8)', color: 'common.white' } }} />
        )}
      </Box>
    </Box>
  );
}
