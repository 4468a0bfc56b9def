import Box from '@mui/material/Box';
import { useEffect } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useEditor, useSession, useStudio } from '../api/studio-context.tsx';
import { followProject } from '../api/project-events.ts';
import { useFollowTimelineAssets, useTimelineAssets } from '../api/asset-queries.ts';
import { useJobs, useMotions, usePacks, useTakes } from '../api/queries.ts';
import { Splitter } from '../components/Splitter.tsx';
import { sourceOf } from '../editor/playback-source.ts';
import { runTransport } from '../editor/transport.ts';
import { ExportDialog } from '../features/export/ExportDialog.tsx';
import { RecipeDialog } from '../features/recipe/RecipeDialog.tsx';
import { TimelineExportDialog } from '../features/export/TimelineExportDialog.tsx';
import { HistoryDialog } from '../features/history/HistoryDialog.tsx';
import { Inspector } from '../features/inspector/Inspector.tsx';
import { LocateDialog } from '../features/inspector/LocateDialog.tsx';
import { ClearQueueDialog } from '../features/jobs/ClearQueueDialog.tsx';
import { LeaveDialog, type Leaving } from '../features/jobs/LeaveDialog.tsx';
import { isAwaited } from '../../src-shared/contract/jobs.ts';
import { QueueDrawer } from '../features/jobs/QueueDrawer.tsx';
import { Library } from '../features/library/Library.tsx';
import { ModelsWindow } from '../features/models/ModelsWindow.tsx';
import { LearnDialog } from '../features/motions/LearnDialog.tsx';
import { RankDialog } from '../features/rank/RankDialog.tsx';
import { DiskDialog } from '../features/library/DiskDialog.tsx';
import { SceneBar } from '../features/scene/SceneBar.tsx';
import { VariationDialog } from '../features/scene/VariationDialog.tsx';
import { SettingsDialog } from '../features/settings/SettingsDialog.tsx';
import { CommandPalette } from '../features/shortcuts/CommandPalette.tsx';
import { KeymapDialog } from '../features/shortcuts/KeymapDialog.tsx';
import { ReimagineDialog } from '../features/stylize/ReimagineDialog.tsx';
import { RestyleDialog } from '../features/stylize/RestyleDialog.tsx';
import { UpscaleDialog } from '../features/stylize/UpscaleDialog.tsx';
import { Timeline } from '../features/timeline/Timeline.tsx';
import { Viewer } from '../features/viewer/Viewer.tsx';
import { t } from '../i18n/text.ts';
import { announceJob } from './announce-job.ts';
import { FileDropOverlay } from './FileDropOverlay.tsx';
import { TitleBar } from './TitleBar.tsx';
import { useShortcuts } from './use-shortcuts.ts';
import { useUnloadGuard } from './use-unload-guard.ts';

/** Pixels from the window's foot: dialogs end above it. */
const BELOW_DIALOGS = 12;

/** The four regions of an open project and what lies over them. */
export function ProjectShell({ onLeave }: { onLeave: (how: Leaving) => void }) {
  const editor = useEditor();
  const { state: connection } = useStudio();
  const { leftOpen, rightOpen, leftWidth, rightWidth, timelineHeight } = useSession(useShallow(({ leftOpen, rightOpen, leftWidth, rightWidth, timelineHeight }) => ({ leftOpen, rightOpen, leftWidth, rightWidth, timelineHeight })));
  const dialog = useSession((state) => state.dialog);
  // Actions read these from the cache; asking here keeps them loaded whatever panels are open.
  useTimelineAssets();
  useFollowTimelineAssets(editor);
  useTakes();
  useJobs();
  usePacks();
  useMotions();

  useEffect(() => followProject(editor, connection, (job) => announceJob(editor, job)), [editor, connection]);
  useEffect(() => runTransport(editor.session, () => sourceOf(editor), editor.soundClock.position), [editor]);
  useShortcuts(editor);
  useUnloadGuard(editor);

  // Toasts float over the lower part of the picture, whose foot the viewer tells; under a dialog's foot while there is one, whose words they must not cover.
  const hasDialog = dialog !== null;
  useEffect(() => {
    document.documentElement.style.setProperty('--notices-bottom', hasDialog ? `${BELOW_DIALOGS}px` : 'var(--picture-foot, 20px)');
    return () => void document.documentElement.style.removeProperty('--notices-bottom');
  }, [hasDialog]);

  const { setState } = editor.session;
  const leave = () => {
    if (editor.jobs().some(isAwaited)) setState({ dialog: { kind: 'leave' } });
    else onLeave('pause');
  };
  return (
    <Box sx={{ height: 1, display: 'flex', flexDirection: 'column', bgcolor: 'studio.desk', userSelect: 'none' }}>
      <TitleBar onLeave={leave} />
      <Box sx={{ flex: 1, minHeight: 0, display: 'flex' }}>
        <Box sx={{ flex: 1, minWidth: 0, display: 'flex', flexDirection: 'column' }}>
          <Box sx={{ flex: 1, minHeight: 0, display: 'flex' }}>
            {leftOpen ? (
              <>
                <Box component="aside" aria-label={t('region.library')} data-pane="library" tabIndex={-1} sx={{ width: leftWidth, flex: 'none', minHeight: 0, display: 'flex' }}><Library /></Box>
                <Splitter label={t('region.libraryWidth')} orientation="vertical" size={leftWidth} min={200} max={520} direction={1} onSize={(size) => setState({ leftWidth: size })} />
              </>
            ) : null}
            <Box component="main" aria-label={t('region.viewer')} data-pane="viewer" tabIndex={-1} sx={{ flex: 1, minWidth: 0, display: 'flex' }}><Viewer /></Box>
          </Box>
          <Splitter label={t('region.timelineHeight')} orientation="horizontal" size={timelineHeight} min={170} max={720} direction={-1} onSize={(size) => setState({ timelineHeight: size })} />
          <Box component="section" aria-label={t('region.timeline')} data-pane="timeline" tabIndex={-1} sx={{ height: timelineHeight, flex: 'none', display: 'flex' }}><Timeline /></Box>
          <SceneBar />
        </Box>
        {rightOpen ? (
          <>
            <Splitter label={t('region.inspectorWidth')} orientation="vertical" size={rightWidth} min={280} max={520} direction={-1} onSize={(size) => setState({ rightWidth: size })} />
            <Box component="aside" aria-label={t('region.inspector')} data-pane="inspector" tabIndex={-1} sx={{ width: rightWidth, flex: 'none', minHeight: 0, display: 'flex' }}><Inspector /></Box>
          </>
        ) : null}
      </Box>
      <QueueDrawer />
      <FileDropOverlay />
      {dialog?.kind === 'export' ? <ExportDialog key={dialog.assetId} assetId={dialog.assetId} /> : null}
      {dialog?.kind === 'recipe' ? <RecipeDialog key={JSON.stringify(dialog.source)} source={dialog.source} name={dialog.name} /> : null}
      {dialog?.kind === 'exportTimeline' ? <TimelineExportDialog /> : null}
      {dialog?.kind === 'learn' ? <LearnDialog start={dialog.start} /> : null}
      {dialog?.kind === 'restyle' ? <RestyleDialog key={dialog.assetId} assetId={dialog.assetId} clipId={dialog.clipId} part={dialog.part} {...(dialog.words === undefined ? {} : { words: dialog.words })} /> : null}
      {dialog?.kind === 'reimagine' ? <ReimagineDialog key={dialog.assetId} assetId={dialog.assetId} clipId={dialog.clipId} part={dialog.part} /> : null}
      {dialog?.kind === 'upscale' ? <UpscaleDialog key={dialog.assetId} assetId={dialog.assetId} /> : null}
      {dialog?.kind === 'shortcuts' ? <KeymapDialog onClose={() => setState({ dialog: null })} /> : null}
      {dialog?.kind === 'palette' ? <CommandPalette onClose={() => setState({ dialog: null })} /> : null}
      {dialog?.kind === 'settings' ? <SettingsDialog onClose={() => setState({ dialog: null })} /> : null}
      {dialog?.kind === 'models' ? <ModelsWindow onClose={() => setState({ dialog: null })} /> : null}
      {dialog?.kind === 'vary' ? <VariationDialog key={dialog.eventId} eventId={dialog.eventId} onClose={() => setState({ dialog: null })} /> : null}
      {dialog?.kind === 'rank' ? <RankDialog key={dialog.eventId ?? 'scenes'} eventId={dialog.eventId} onClose={() => setState({ dialog: null })} /> : null}
      {dialog?.kind === 'locate' ? <LocateDialog onClose={() => setState({ dialog: null })} /> : null}
      {dialog?.kind === 'history' ? <HistoryDialog onClose={() => setState({ dialog: null })} /> : null}
      {dialog?.kind === 'disk' ? <DiskDialog onClose={() => setState({ dialog: null })} /> : null}
      {dialog?.kind === 'leave' ? <LeaveDialog onLeave={(how) => { setState({ dialog: null }); onLeave(how); }} onClose={() => setState({ dialog: null })} /> : null}
      {dialog?.kind === 'clearQueue' ? <ClearQueueDialog onClose={() => setState({ dialog: null })} /> : null}
    </Box>
  );
}
