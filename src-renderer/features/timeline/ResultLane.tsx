import { memo, useEffect } from 'react';
import { activeTake, placeInTake } from '../../../src-shared/takes/take-of-event.ts';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import type { Take } from '../../../src-shared/contract/takes.ts';
import { framesToSeconds, secondsToFrame, type FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import { framesToTime, ONE } from '../../../src-shared/timing/rational.ts';
import { filmstripUrl, thumbnailUrl } from '../../api/media-address.ts';
import { useAsset } from '../../api/asset-queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { assetDrag } from '../../components/asset-drag.ts';
import { assetFrames } from '../../editor/playback-source.ts';
import { wantPreviews } from '../../editor/preview-wishes.ts';
import { t } from '../../i18n/text.ts';
import type { LaneProps } from './EventsLane.tsx';
import { SourceView } from './SourceView.tsx';
import { axisStyle, spanStyle } from './span-style.ts';

interface ResultLaneProps extends LaneProps {
  readonly pixelsPerFrame: number;
  readonly frameRate: FrameRate;
  readonly selected: ReadonlySet<string>;
}

/** The clips that stand for the events above them. */
export function ResultLane({ events, takes, pixelsPerFrame, frameRate, selected }: ResultLaneProps) {
  return (
    <div role="list" aria-label={t('lane.result')} className="axis" style={axisStyle(pixelsPerFrame)}>
      {events.map((event) => <Result key={event.id} event={event} take={activeTake(takes, event)} frameRate={frameRate} isSelected={selected.has(event.id)} />)}
    </div>
  );
}

/** The clip of one event, or its place. */
const Result = memo(function Result({ event, take, frameRate, isSelected }: { event: PromptEvent; take: Take | null; frameRate: FrameRate; isSelected: boolean }) {
  const editor = useEditor();
  // Its filmstrip comes later than the take.
  const asset = useAsset(take?.asset.id ?? null) ?? take?.asset ?? null;
  useEffect(() => {
    if (asset !== null) wantPreviews(editor, [asset]);
  }, [editor, asset]);
  if (!take || !asset) return <div aria-hidden className="place" style={spanStyle(event.startFrame, event.durationFrames)} />;
  const own = asset.frameRate ?? frameRate;
  const place = placeInTake(take, event.id);
  const length = Math.min(event.durationFrames, place.frames, secondsToFrame(framesToSeconds(assetFrames(asset, own), own), frameRate) - place.startFrame);
  const poster = thumbnailUrl(editor.info.mediaBase, editor.project.id, asset);
  const strip = filmstripUrl(editor.info.mediaBase, editor.project.id, asset);
  const shown = { type: 'clip', durationFrames: length, sourceIn: framesToTime(place.startFrame, frameRate), sourceDuration: framesToTime(assetFrames(asset, own), own), speed: ONE } as const;
  return (
    <div
      role="listitem" className="result" data-clip={asset.id} aria-label={t('clip.named', { prompt: take.recipe.prompt, preset: t(`preset.${take.preset}`) })} aria-current={isSelected}
      // Pulled onto a video track, or out of the window; a box is not pulled up from here.
      draggable {...assetDrag(editor, asset)} onPointerDown={(down) => down.stopPropagation()}
      onClick={() => editor.session.setState({ selectedIds: [event.id], viewerSource: { kind: 'timeline' } })}
      style={{ ...spanStyle(event.startFrame, length), ...(poster === null || strip !== null ? {} : { backgroundImage: `url("${poster}")` }) }}
    >
      {strip === null ? null : <SourceView item={shown} frameRate={frameRate} strip={strip} filmstrip={asset.filmstrip} wave={null} />}
      <span>{take.recipe.scene !== undefined && take.promptEventId === null ? `${t('take.scene')} · ` : ''}{t(`preset.${take.preset}`)}{take.starred ? ' ★' : ''}</span>
    </div>
  );
});
