import Close from '@mui/icons-material/Close';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useAsset } from '../../api/asset-queries.ts';
import { useJobs, useTakes } from '../../api/queries.ts';
import { useEditor, useSession } from '../../api/studio-context.tsx';
import { useComposition } from '../../api/use-composition.ts';
import { IconAction } from '../../components/IconAction.tsx';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { UNFINISHED } from '../../editor/editor.ts';
import { eventAt, pictureAt } from '../../editor/playback-source.ts';
import { t } from '../../i18n/text.ts';
import { BeforeWipe } from './BeforeWipe.tsx';
import { ComposedStage } from './ComposedStage.tsx';
import { CompareBar } from './CompareBar.tsx';
import { CompareStage } from './CompareStage.tsx';
import { EmptyStage } from './EmptyStage.tsx';
import { LiveStrip } from './LiveStrip.tsx';
import { MediaLayer } from './MediaLayer.tsx';
import { MissingNote } from './MissingNote.tsx';
import { onionGhosts } from './onion-ghosts.ts';
import { SafeAreas } from './SafeAreas.tsx';
import { layersAt } from '../../../src-shared/compose/layers-at.ts';
import { PreviewCanvas } from './PreviewCanvas.tsx';
import { SoundLayer } from './SoundLayer.tsx';
import { TakeChanges } from './TakeChanges.tsx';
import { TransportBar } from './TransportBar.tsx';

/** Pixels between a toast and the foot of the picture. */
const FOOT = 8;

/** The generation to watch at this place: running or paused first, else the first that waits. */
function liveJobOf(jobs: readonly Job[], eventId: string | null): Job | null {
  const own = jobs.filter((job) => job.kind === 'generate' && UNFINISHED.has(job.state) && job.promptEventId === eventId);
  return own.find((job) => job.state === 'running') ?? own.find((job) => job.state === 'paused') ?? own[0] ?? null;
}

/** The picture, large: the composed timeline or one asset, or what the engine is making right now. */
export function Viewer() {
  const editor = useEditor();
  const composition = useComposition();
  const { plan, events, hasItems } = composition;
  const source = useSession((state) => state.viewerSource);
  const playhead = useSession((state) => state.playhead);
  const isPlaying = useSession((state) => state.shuttle !== 0);
  const fullScreen = useSession((state) => state.fullScreen);
  const takes = useTakes();
  const jobs = useJobs();
  const stage = useRef<HTMLDivElement>(null);
  const pictureArea = useRef<HTMLDivElement>(null);
  const { width, height } = plan;

  const sourceAsset = useAsset(source.kind === 'asset' ? source.assetId : null);
  const picture = useMemo(() => pictureAt(events, takes, plan.frameRate, playhead), [events, takes, plan, playhead]);
  const shown = source.kind === 'asset' ? { asset: sourceAsset, assetFrame: playhead } : picture;
  const liveJob = source.kind === 'timeline' ? liveJobOf(jobs, picture.event?.id ?? null) : null;
  const showsLive = liveJob !== null && liveJob.previewVersion > 0 && (shown.asset === null || !isPlaying);
  // Nothing is drawn before its files are known: what is missing would flash.
  const isComposed = source.kind === 'timeline' && composition.isKnown && (picture.asset !== null || hasItems);
  const onion = useSession((state) => state.onion && state.shuttle === 0);
  const safeAreas = useSession((state) => state.safeAreas);
  const ghostsAt = useCallback((frame: number) => (onion ? onionGhosts(eventAt(events, frame), frame, plan.durationFrames) : []), [onion, events, plan]);
  const missing = useMemo(() => (composition.isKnown ? plan.missingSpans.filter(({ from, to }) => playhead >= from && playhead < to) : []), [composition.isKnown, plan, playhead]);
  const ratio = source.kind === 'asset' && shown.asset?.width && shown.asset.height ? shown.asset.width / shown.asset.height : width / height;

  useEffect(() => {
    const element = stage.current;
    if (!element || !document.fullscreenEnabled) return undefined;
    if (fullScreen && document.fullscreenElement === null) void element.requestFullscreen().catch(() => undefined);
    if (!fullScreen && document.fullscreenElement === element) void document.exitFullscreen();
    const onChange = () => {
      if (document.fullscreenElement === null) editor.session.setState({ fullScreen: false });
    };
    document.addEventListener('fullscreenchange', onChange);
    return () => document.removeEventListener('fullscreenchange', onChange);
  }, [fullScreen, editor]);

  // Toasts stand on this: whatever comes and goes below the picture, they cover none of its controls.
  useEffect(() => {
    const element = pictureArea.current;
    if (!element) return undefined;
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() => style.setProperty('--picture-foot', `${Math.round(window.innerHeight - element.getBoundingClientRect().bottom) + FOOT}px`));
    observer.observe(element);
    return () => {
      observer.disconnect();
      style.removeProperty('--picture-foot');
    };
  }, []);

  const comparison = useSession((state) => state.comparison);
  const compared = comparison && { mode: comparison.mode, blind: comparison.blind, a: takes.find(({ id }) => id === comparison.a), b: takes.find(({ id }) => id === comparison.b) };
  // Whatever else is opened in the viewer ends the comparison.
  const isComparing = compared?.a !== undefined && compared.b !== undefined && source.kind === 'asset' && source.assetId === compared.a.asset.id;
  useEffect(() => {
    if (comparison !== null && !isComparing) editor.session.setState({ comparison: null });
  }, [comparison, isComparing, editor]);

  const isEmpty = source.kind === 'timeline' && !isComposed && liveJob === null;
  return (
    <Box
      ref={stage} data-testid="viewer"
      sx={{ flex: 1, minWidth: 0, display: 'flex', flexDirection: 'column', bgcolor: 'studio.stage', ...(fullScreen ? { position: 'fixed', inset: 0, zIndex: 'modal' } : {}) }}
    >
      {isComparing && compared?.a && compared.b ? <><CompareBar a={compared.a} b={compared.b} mode={compared.mode} blind={compared.blind} />{compared.blind ? null : <TakeChanges a={compared.a} b={compared.b} />}</> : source.kind === 'asset' ? (
        <Box sx={{ flex: 'none', height: 36, display: 'flex', alignItems: 'center', gap: 1, px: 2, bgcolor: 'studio.panel', borderBottom: 1, borderColor: 'studio.line' }}>
          <ButtonBase onClick={() => editor.session.setState({ viewerSource: { kind: 'timeline' }, playhead: 0, shuttle: 0 })} sx={{ px: 2, height: 26, borderRadius: 1, color: 'text.secondary', fontSize: 12, '&:hover': { bgcolor: 'studio.raised' } }}>{t('viewer.timeline')}</ButtonBase>
          <Box sx={{ px: 2, height: 26, borderRadius: 1, bgcolor: 'studio.raised', fontSize: 12, display: 'flex', alignItems: 'center', gap: 1, minWidth: 0 }}>
            <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{sourceAsset?.name ?? t('viewer.missing')}</Box>
            <IconAction label={t('viewer.closeSource')} icon={<Close />} onClick={() => editor.session.setState({ viewerSource: { kind: 'timeline' }, playhead: 0, shuttle: 0 })} sx={{ p: 0.25, mr: -1, '& svg': { fontSize: 14 } }} />
          </Box>
        </Box>
      ) : null}
      <Box ref={pictureArea} sx={{ flex: 1, minHeight: 0, p: fullScreen ? 0 : 3, containerType: 'size', display: 'grid', placeItems: 'center' }}>
        {isEmpty ? (
          <EmptyStage event={picture.event} />
        ) : isComparing && compared?.a && compared.b ? (
          <CompareStage a={compared.a} b={compared.b} mode={compared.mode} ratio={ratio} />
        ) : (
          <Box data-testid="picture" sx={{ position: 'relative', width: `min(100cqw, calc(100cqh * ${ratio}))`, aspectRatio: String(ratio), bgcolor: 'common.black', overflow: 'hidden', borderRadius: fullScreen ? 0 : 1 }}>
            {source.kind === 'asset' && sourceAsset ? <MediaLayer key={sourceAsset.id} asset={sourceAsset} frame={playhead} /> : null}
            {isComposed ? <ComposedStage composition={composition} ghostsAt={ghostsAt} /> : null}
            {isComposed ? <BeforeWipe /> : null}
            {isComposed && missing.length > 0 ? <MissingNote spans={missing} coversAll={layersAt(plan, playhead).length === 0} /> : null}
            {liveJob && showsLive ? <PreviewCanvas job={liveJob} /> : null}
            {safeAreas ? <SafeAreas /> : null}
            {liveJob && liveJob.previewVersion === 0 && shown.asset === null && !hasItems ? (
              <Box sx={{ position: 'absolute', inset: 0, display: 'grid', placeItems: 'center', color: 'grey.500', fontSize: 12.5 }}>{t(liveJob.state === 'available' ? 'viewer.waiting' : 'viewer.preparing')}</Box>
            ) : null}
          </Box>
        )}
      </Box>
      {liveJob ? <LiveStrip job={liveJob} /> : null}
      {source.kind === 'timeline' ? <SoundLayer plan={plan} /> : null}
      <TransportBar />
    </Box>
  );
}
