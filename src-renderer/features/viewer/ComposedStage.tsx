import Box from '@mui/material/Box';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CompositionPlan } from '../../../src-shared/compose/composition-plan.ts';
import { FONT_FILES } from '../../../src-shared/compose/text/font-files.ts';
import { assetUrl, standInUrl } from '../../api/media-address.ts';
import { useEditor, useSession } from '../../api/studio-context.tsx';
import type { Composition } from '../../api/use-composition.ts';
import { createCompositor, type Compositor } from '../../compositor/compositor.ts';
import { fontUrls } from '../../compositor/fonts.ts';
import { createPlaybackPace } from '../../compositor/playback-pace.ts';
import type { CompositorSource, Ghost, ViewerProblem } from '../../compositor/viewer-messages.ts';
import type { Editor } from '../../editor/editor.ts';
import type { SessionState } from '../../editor/session-store.ts';
import { wantProxy } from '../../editor/preview-wishes.ts';
import { t } from '../../i18n/text.ts';

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
      width: width ?? 0, height: height ?? 0,
    }];
  });
}

const wordsOf = (problem: ViewerProblem): string => (problem.kind === 'other' ? problem.message : t(problem.kind === 'undecodable' ? 'viewer.proxyComing' : 'viewer.cannotPlay', { name: problem.name }));

const sameProblem = (a: ViewerProblem | null, b: ViewerProblem | null): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The composed timeline at the playhead: every track, as an export would show it. `ghostsAt` says which frames shine through at one. */
export function ComposedStage({ composition: { plan, assetOf }, ghostsAt }: { composition: Composition; ghostsAt: (frame: number) => readonly Ghost[] }) {
  const editor = useEditor();
  const { session } = editor;
  const quality = useSession((state) => state.playbackQuality);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [compositor, setCompositor] = useState<Compositor | null>(null);
  const [problem, setProblem] = useState<ViewerProblem | null>(null);
  const [pace] = useState(createPlaybackPace);
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

  const begin = useCallback(() => pace.begin(quality, plan.width, canvas.current!.clientWidth * window.devicePixelRatio), [quality, pace, plan.width]);

  useEffect(() => {
    if (session.getState().shuttle !== 0) begin();
  }, [begin, session]);

  useEffect(() => {
    if (compositor === null) return undefined;
    const follow = ({ playhead, shuttle }: Pick<SessionState, 'playhead' | 'shuttle'>): void => {
      const direction = Math.sign(shuttle) as 1 | 0 | -1;
      if (direction !== 0) pace.travelled(playhead);
      compositor.show({ frame: playhead, direction, speed: shuttle, shrink: direction === 0 ? 1 : pace.shrink, ghosts: ghostsAt(playhead) });
    };
    follow(session.getState());
    // Not by way of a rendering of the window: what is heard does not wait for one.
    return session.subscribe((state, before) => {
      if (before.shuttle === 0 && state.shuttle !== 0) begin();
      if (state.playhead !== before.playhead || state.shuttle !== before.shuttle) follow(state);
    });
  }, [compositor, session, pace, begin, ghostsAt]);

  return (
    <>
      <Box component="canvas" ref={canvas} role="img" aria-label={t('viewer.composed')} data-testid="composed" sx={{ position: 'absolute', inset: 0, width: 1, height: 1, display: 'block' }} />
      {problem === null ? null : <Box role="alert" sx={{ position: 'absolute', left: 0, right: 0, bottom: 0, p: 2, textAlign: 'center', color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.7)', fontSize: 12 }}>{wordsOf(problem)}</Box>}
    </>
  );
}
