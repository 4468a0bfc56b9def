import Box from '@mui/material/Box';
import { useEffect, useRef, useState } from 'react';
import type { Asset } from '../../../src-shared/contract/assets.ts';
import { framesToSeconds, secondsToFrame } from '../../../src-shared/timing/frame-rate.ts';
import { assetUrl, standInUrl } from '../../api/media-address.ts';
import { useDocument, useEditor, useSession } from '../../api/studio-context.tsx';
import { sequenceOf } from '../../editor/timeline-edits.ts';
import { wantProxy } from '../../editor/preview-wishes.ts';
import { t } from '../../i18n/text.ts';

/** Browsers play these speeds; anything else is shown frame by frame. */
const PLAYABLE = { min: 0.25, max: 4 } as const;

/** The playhead leads and the picture follows: beyond this many frames apart it is fetched back. */
const MAX_DRIFT_FRAMES = 1.5;

/** One asset at one of its frames. `frame` counts in the asset's own rate. */
export function MediaLayer({ asset, frame }: { asset: Asset; frame: number }) {
  const editor = useEditor();
  const { info, project } = editor;
  const sequenceRate = useDocument((state) => sequenceOf(state.records).frameRate);
  const shuttle = useSession((state) => state.shuttle);
  const video = useRef<HTMLVideoElement>(null);
  const rate = asset.frameRate ?? sequenceRate;
  /** The addresses that this page could not play. */
  const [failed, setFailed] = useState<readonly string[]>([]);
  // The clip itself, as it is; what stands in for it is smaller.
  const standIn = standInUrl(info.mediaBase, project.id, asset);
  const own = assetUrl(info.mediaBase, project.id, asset.id);
  const src = standIn !== null && failed.includes(own) ? standIn : own;
  const problem = failed.includes(src) ? t(standIn === null ? 'viewer.proxyComing' : 'viewer.cannotPlay', { name: asset.name }) : null;

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    // The middle of a frame: rounding in the container's clock cannot reach the neighbour from there.
    const target = framesToSeconds(frame + 0.5, rate);
    const plays = shuttle >= PLAYABLE.min && shuttle <= PLAYABLE.max;
    if (!plays) {
      element.pause();
      if (secondsToFrame(element.currentTime, rate) !== frame || element.currentTime === 0) element.currentTime = target;
      return;
    }
    element.playbackRate = shuttle;
    const drift = Math.abs(element.currentTime - target);
    if (drift > framesToSeconds(MAX_DRIFT_FRAMES, rate) * Math.max(1, shuttle)) element.currentTime = framesToSeconds(frame, rate) + 0.001;
    // A play() that a later pause() overtakes rejects; that is no problem of the clip's.
    if (element.paused && !element.ended) void element.play().catch(() => undefined);
  }, [frame, shuttle, rate]);

  const onError = () => {
    setFailed((before) => [...before, src]);
    if (standIn === null) wantProxy(editor, asset.id);
  };

  if (asset.kind === 'image') return <Box component="img" src={src} alt={asset.name} sx={{ position: 'absolute', inset: 0, width: 1, height: 1, objectFit: 'contain' }} />;
  return (
    <>
      <Box
        component="video" ref={video} src={src} preload="auto" playsInline aria-label={asset.name} data-frame={frame}
        onError={onError}
        sx={{ position: 'absolute', inset: 0, width: 1, height: 1, objectFit: 'fill' }}
      />
      {problem === null ? null : <Box role="alert" sx={{ position: 'absolute', inset: 0, display: 'grid', placeItems: 'center', p: 6, textAlign: 'center', color: 'grey.400', fontSize: 12.5 }}>{problem}</Box>}
    </>
  );
}
