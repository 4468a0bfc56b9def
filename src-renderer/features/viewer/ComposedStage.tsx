import Box from '@mui/material/Box';
import { useEffect, useRef, useState } from 'react';
import type { CompositionPlan } from '../../../src-shared/compose/composition-plan.ts';
import { FONT_FILES } from '../../../src-shared/compose/text/font-files.ts';
import { assetUrl, standInUrl } from '../../api/media-address.ts';
import { useEditor, useSession } from '../../api/studio-context.tsx';
import { mayBeClear, type Composition } from '../../api/use-composition.ts';
import { createCompositor, type Compositor } from '../../compositor/compositor.ts';
import { fontUrls } from '../../compositor/fonts.ts';
import { createPlaybackPace } from '../../compositor/playback-pace.ts';
import type { CompositorSource, Ghost, ViewerProblem } from '../../compositor/viewer-messages.ts';
import type { Editor } from '../../editor/editor.ts';
import { wantProxy } from '../../editor/preview-wishes.ts';
import { t } from '../../i18n/text.ts';

/** Longer delays are those of a first frame, not of every one. */
const MOST_DELAY_MS = 250;

/** Everything that a plan shows, as the compositor reads it. */
function sourcesOf(plan: CompositionPlan, assetOf: Composition['assetOf'], { info, project }: Pick<Editor, 'info' | 'project'>): CompositorSource[] {
  const assetIds = new Set(plan.lanes.flatMap(({ shots }) => shots.map(({ assetId }) => assetId)));
  return [...assetIds].flatMap((assetId) => {
    const asset = assetOf(assetId);
    if (!asset) return [];
    const { kind, name, frameRate, frames, width, height } = asset;
    // Workers have an address of their own: theirs would be relative to another place.
    const whole = (url: string): string => new URL(url, document.baseURI).href;
    const standIn = standInUrl(info.mediaBase, project.id, asset);
    return [{
      assetId, url: whole(assetUrl(info.mediaBase, project.id, assetId)), standInUrl: standIn && whole(standIn), name, rate: kind === 'image' ? null : frameRate, frames,
      width: width ?? 0, height: height ?? 0, isClear: mayBeClear(asset),
    }];
  });
}

const wordsOf = (problem: ViewerProblem): string => (problem.kind === 'other' ? problem.message : t(problem.kind === 'undecodable' ? 'viewer.proxyComing' : 'viewer.cannotPlay', { name: problem.name }));

const sameProblem = (a: ViewerProblem | null, b: ViewerProblem | null): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The composed timeline at the playhead: every track, as an export would show it. `ghosts` are frames that shine through. */
export function ComposedStage({ composition: { plan, assetOf }, ghosts }: { composition: Composition; ghosts: readonly Ghost[] }) {
  const editor = useEditor();
  const playhead = useSession((state) => state.playhead);
  const direction = useSession((state) => Math.sign(state.shuttle) as 1 | 0 | -1);
  const speed = useSession((state) => state.shuttle);
  const isPlaying = direction !== 0;
  const quality = useSession((state) => state.playbackQuality);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [compositor, setCompositor] = useState<Compositor | null>(null);
  const [problem, setProblem] = useState<ViewerProblem | null>(null);
  const [pace] = useState(createPlaybackPace);
  /** When frames were asked for, and how long one takes (ms) until it is seen. */
  const asked = useRef(new Map<number, number>());
  const delay = useRef(0);
  const assets = useRef(assetOf);

  useEffect(() => {
    assets.current = assetOf;
  }, [assetOf]);

  useEffect(() => {
    const element = canvas.current!;
    element.dataset['frame'] = '-1';
    const made = createCompositor({
      canvas: element, fonts: fontUrls(FONT_FILES),
      // Told to the element itself: a frame that is shown is no reason to render the window anew.
      onShown: ({ frame, shrink }) => {
        pace.shown();
        const since = asked.current.get(frame);
        if (since !== undefined) delay.current += (Math.min(MOST_DELAY_MS, performance.now() - since) - delay.current) * 0.2;
        asked.current.delete(frame);
        element.dataset['frame'] = String(frame);
        element.dataset['shrink'] = String(shrink);
      },
      onProblem: (next) => setProblem((before) => (sameProblem(before, next) ? before : next)),
      onStandIn: (assetId) => {
        if (assets.current(assetId)?.hasProxy === false) wantProxy(editor, assetId);
      },
    });
    setCompositor(made);
    return () => made.close();
  }, [editor, pace]);

  useEffect(() => {
    const sources = sourcesOf(plan, assetOf, editor);
    canvas.current!.dataset['standIns'] = String(sources.filter(({ standInUrl: url }) => url !== null).length);
    compositor?.setPlan(plan, sources);
  }, [compositor, plan, assetOf, editor]);

  useEffect(() => {
    if (isPlaying) pace.begin(quality, plan.width, canvas.current!.clientWidth * window.devicePixelRatio);
  }, [isPlaying, quality, pace, plan.width]);

  useEffect(() => {
    if (isPlaying) pace.travelled(playhead);
    // What is asked for now is seen a little later: in motion that frame is asked for which will be due then.
    const lead = Math.round((delay.current * speed * plan.frameRate.num) / (1000 * plan.frameRate.den));
    const frame = isPlaying ? Math.max(0, Math.min(plan.durationFrames - 1, playhead + lead)) : playhead;
    if (asked.current.size > 32) asked.current.clear();
    if (isPlaying && !asked.current.has(frame)) asked.current.set(frame, performance.now());
    compositor?.show({ frame, direction, shrink: isPlaying ? pace.shrink : 1, ghosts });
  }, [compositor, pace, plan, playhead, direction, speed, isPlaying, ghosts]);

  return (
    <>
      <Box component="canvas" ref={canvas} role="img" aria-label={t('viewer.composed')} data-testid="composed" sx={{ position: 'absolute', inset: 0, width: 1, height: 1, display: 'block' }} />
      {problem === null ? null : <Box role="alert" sx={{ position: 'absolute', left: 0, right: 0, bottom: 0, p: 2, textAlign: 'center', color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.7)', fontSize: 12 }}>{wordsOf(problem)}</Box>}
    </>
  );
}
