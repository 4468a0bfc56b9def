import Box from '@mui/material/Box';
import { useEffect, useRef, useState } from 'react';
import { FONT_FILES } from '../../../src-shared/compose/text/font-files.ts';
import { playUrl } from '../../api/media-address.ts';
import { useEditor, useSession } from '../../api/studio-context.tsx';
import type { Composition } from '../../api/use-composition.ts';
import { createCompositor, type Compositor, type Ghost } from '../../compositor/compositor.ts';
import { loadFonts } from '../../compositor/fonts.ts';
import { openImage, openVideo } from '../../compositor/source-reader.ts';
import { wantProxy } from '../../editor/preview-wishes.ts';
import { t } from '../../i18n/text.ts';

/** Frames decoded before they are due while the timeline plays. */
const AHEAD = 12;

/** The composed timeline at the playhead: every track, as an export would show it. `ghosts` are frames that shine through. */
export function ComposedStage({ composition: { plan, assetOf }, ghosts }: { composition: Composition; ghosts: readonly Ghost[] }) {
  const editor = useEditor();
  const { info, project } = editor;
  const playhead = useSession((state) => state.playhead);
  const isPlaying = useSession((state) => state.shuttle !== 0);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [compositor, setCompositor] = useState<Compositor | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [shown, setShown] = useState<number | null>(null);
  const assets = useRef(assetOf);

  useEffect(() => {
    assets.current = assetOf;
  }, [assetOf]);

  useEffect(() => {
    const made = createCompositor({
      canvas: canvas.current!, fonts: () => loadFonts(FONT_FILES), onShown: setShown, onProblem: setProblem,
      open: (assetId, cache) => {
        const asset = assets.current(assetId);
        if (!asset) return null;
        const url = playUrl(info.mediaBase, project.id, asset);
        const { name, frameRate: rate, width, height, hasProxy } = asset;
        if (asset.kind === 'image' || rate === null) return openImage(assetId, url, name, cache);
        return openVideo({ assetId, url, name, rate, width: width ?? 0, height: height ?? 0, onUndecodable: () => { if (!hasProxy) wantProxy(editor, assetId); } }, cache);
      },
    });
    setCompositor(made);
    return () => made.close();
  }, [editor, info, project]);

  // A stand-in that has come takes the place of what could not be decoded.
  const standIns = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const now = new Set(plan.lanes.flatMap(({ shots }) => shots.map(({ assetId }) => assetId)).filter((assetId) => assetOf(assetId)?.hasProxy === true));
    for (const assetId of now) if (!standIns.current.has(assetId)) compositor?.reopen(assetId);
    standIns.current = now;
  }, [compositor, plan, assetOf]);

  useEffect(() => {
    if (!compositor) return;
    compositor.setPlan(plan);
    compositor.show({ frame: playhead, ahead: isPlaying ? AHEAD : 1, ghosts });
  }, [compositor, plan, playhead, isPlaying, ghosts]);

  return (
    <>
      <Box component="canvas" ref={canvas} role="img" aria-label={t('viewer.composed')} data-testid="composed" data-frame={shown ?? -1} sx={{ position: 'absolute', inset: 0, width: 1, height: 1, display: 'block' }} />
      {problem === null ? null : <Box role="alert" sx={{ position: 'absolute', left: 0, right: 0, bottom: 0, p: 2, textAlign: 'center', color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.7)', fontSize: 12 }}>{problem}</Box>}
    </>
  );
}
