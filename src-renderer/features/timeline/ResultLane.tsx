import Box from '@mui/material/Box';
import { framesToSeconds, secondsToFrame } from '../../../src-shared/timing/frame-rate.ts';
import { thumbnailUrl } from '../../api/media-address.ts';
import { useDocument, useEditor, useSession } from '../../api/studio-context.tsx';
import { assetDrag } from '../../components/asset-drag.ts';
import { activeTake } from '../../../src-shared/takes/take-of-event.ts';
import { assetFrames } from '../../editor/playback-source.ts';
import { placeInTake } from '../../../src-shared/takes/take-of-event.ts';
import { sequenceOf } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import type { LaneProps } from './EventsLane.tsx';
import { spanStyle } from './span-style.ts';

/** The clips that stand for the events above them. */
export function ResultLane({ events, takes }: LaneProps) {
  const editor = useEditor();
  const selectedIds = useSession((state) => state.selectedIds);
  const frameRate = useDocument((state) => sequenceOf(state.records).frameRate);
  return (
    <Box role="list" aria-label={t('lane.result')} sx={{ position: 'absolute', inset: 0 }}>
      {events.map((event) => {
        const take = activeTake(takes, event);
        if (!take) return <div key={event.id} aria-hidden className="place" style={spanStyle(event.startFrame, event.durationFrames)} />;
        const own = take.asset.frameRate ?? frameRate;
        const place = placeInTake(take, event.id);
        const length = Math.min(event.durationFrames, place.frames, secondsToFrame(framesToSeconds(assetFrames(take.asset, own), own), frameRate) - place.startFrame);
        const poster = thumbnailUrl(editor.info.mediaBase, editor.project.id, take.asset);
        const isSelected = selectedIds.includes(event.id);
        return (
          <Box
            key={event.id} role="listitem" data-clip={take.asset.id} aria-label={t('clip.named', { prompt: take.recipe.prompt, preset: t(`preset.${take.preset}`) })}
            // Pulled onto a video track, or out of the window; a box is not pulled up from here.
            draggable {...assetDrag(editor, take.asset)} onPointerDown={(down) => down.stopPropagation()}
            onClick={() => editor.session.setState({ selectedIds: [event.id], viewerSource: { kind: 'timeline' } })}
            style={spanStyle(event.startFrame, length)}
            sx={{ position: 'absolute', left: 0, top: 6, bottom: 6, borderRadius: 1.5, overflow: 'hidden', border: 1, borderColor: isSelected ? 'primary.light' : 'divider', bgcolor: 'studio.stage', backgroundSize: 'auto 100%', backgroundRepeat: 'repeat-x', ...(poster === null ? {} : { backgroundImage: `url("${poster}")` }) }}
          >
            <Box sx={{ position: 'absolute', left: 4, bottom: 3, px: 1, borderRadius: 0.75, fontSize: 10, lineHeight: '15px', color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.65)', whiteSpace: 'nowrap' }}>{take.recipe.scene !== undefined && take.promptEventId === null ? `${t('take.scene')} · ` : ''}{t(`preset.${take.preset}`)}{take.starred ? ' ★' : ''}</Box>
          </Box>
        );
      })}
    </Box>
  );
}
