import FilterCenterFocus from '@mui/icons-material/FilterCenterFocus';
import Layers from '@mui/icons-material/Layers';
import FirstPage from '@mui/icons-material/FirstPage';
import Fullscreen from '@mui/icons-material/Fullscreen';
import FullscreenExit from '@mui/icons-material/FullscreenExit';
import LastPage from '@mui/icons-material/LastPage';
import Pause from '@mui/icons-material/Pause';
import PlayArrow from '@mui/icons-material/PlayArrow';
import Repeat from '@mui/icons-material/Repeat';
import ChevronLeft from '@mui/icons-material/ChevronLeft';
import ChevronRight from '@mui/icons-material/ChevronRight';
import Box from '@mui/material/Box';
import { memo } from 'react';
import Slider from '@mui/material/Slider';
import { formatTimecode } from '../../../src-shared/timing/frame-rate.ts';
import { useAsset } from '../../api/asset-queries.ts';
import { useDocument, useEditor, useSession } from '../../api/studio-context.tsx';
import { ActionButton } from '../../components/ActionButton.tsx';
import { sourceOf } from '../../editor/playback-source.ts';
import { timelineEnd } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { PlaybackQualityMenu } from './PlaybackQualityMenu.tsx';

/** Scrub bar, timecode and the buttons of playback. */
export const TransportBar = memo(function TransportBar() {
  const editor = useEditor();
  // The source depends on all of these.
  useDocument((state) => timelineEnd(state.records));
  useAsset(useSession(({ viewerSource }) => (viewerSource.kind === 'asset' ? viewerSource.assetId : null)));
  const playhead = useSession((state) => state.playhead);
  const shuttle = useSession((state) => state.shuttle);
  const onion = useSession((state) => state.onion);
  const safeAreas = useSession((state) => state.safeAreas);
  const loop = useSession((state) => state.loop);
  const fullScreen = useSession((state) => state.fullScreen);
  const isTimeline = useSession((state) => state.viewerSource.kind === 'timeline');
  const { lengthFrames, frameRate } = sourceOf(editor);
  const last = Math.max(0, lengthFrames - 1);
  const frame = Math.min(playhead, last);

  return (
    <Box sx={{ flex: 'none', bgcolor: 'studio.panel', borderTop: 1, borderColor: 'studio.line', px: 3, pb: 1 }}>
      <Slider
        size="small" aria-label={t('viewer.scrub')} value={frame} min={0} max={Math.max(1, last)} step={1} disabled={lengthFrames === 0}
        getAriaValueText={(value) => t('viewer.frameOf', { frame: value + 1, frames: lengthFrames })}
        onChange={(_, value) => editor.session.setState({ playhead: Array.isArray(value) ? (value[0] ?? 0) : value, shuttle: 0 })}
        sx={{ display: 'block', py: 1.5, height: 3, color: 'primary.main', '& .MuiSlider-thumb': { width: 11, height: 11, bgcolor: 'text.primary', transition: 'none' }, '& .MuiSlider-track': { border: 0, transition: 'none' }, '& .MuiSlider-rail': { bgcolor: 'studio.raised', opacity: 1 } }}
      />
      <Box sx={{ display: 'grid', gridTemplateColumns: '1fr auto 1fr', alignItems: 'center' }}>
        <Box sx={{ display: 'flex', alignItems: 'baseline', gap: 2, fontVariantNumeric: 'tabular-nums', fontSize: 12.5 }}>
          <Box component="span" data-testid="timecode" sx={{ fontWeight: 600 }}>{formatTimecode(frame, frameRate)}</Box>
          <Box component="span" data-testid="frame" sx={{ color: 'text.secondary', fontSize: 11.5 }}>{lengthFrames === 0 ? '' : t('viewer.frameOf', { frame: frame + 1, frames: lengthFrames })}</Box>
        </Box>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.5 }}>
          <ActionButton id="toStart" icon={<FirstPage />} />
          <ActionButton id="stepBack" icon={<ChevronLeft />} />
          <Box sx={{ '& button': { bgcolor: 'studio.raised', color: 'text.primary', mx: 1 } }}><ActionButton id="playPause" icon={shuttle === 0 ? <PlayArrow /> : <Pause />} label={t(shuttle === 0 ? 'viewer.play' : 'viewer.pause')} /></Box>
          <ActionButton id="stepForward" icon={<ChevronRight />} />
          <ActionButton id="toEnd" icon={<LastPage />} />
        </Box>
        <Box sx={{ display: 'flex', justifyContent: 'flex-end', alignItems: 'center', gap: 0.5, fontVariantNumeric: 'tabular-nums' }}>
          {Math.abs(shuttle) > 1 || shuttle < 0 ? <Box component="span" sx={{ fontSize: 11.5, color: 'primary.light', mr: 1 }}>{shuttle}×</Box> : null}
          <Box component="span" sx={{ fontSize: 11.5, color: 'text.secondary', mr: 1 }}>{lengthFrames === 0 ? '' : formatTimecode(lengthFrames, frameRate)}</Box>
          {isTimeline ? <PlaybackQualityMenu /> : null}
          <ActionButton id="onion" icon={<Layers />} pressed={onion} />
          <ActionButton id="safeAreas" icon={<FilterCenterFocus />} pressed={safeAreas} />
          <ActionButton id="loop" icon={<Repeat />} pressed={loop} />
          <ActionButton id="fullScreen" icon={fullScreen ? <FullscreenExit /> : <Fullscreen />} pressed={fullScreen} />
        </Box>
      </Box>
    </Box>
  );
});
