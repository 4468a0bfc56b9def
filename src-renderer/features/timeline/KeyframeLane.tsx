import type { MouseEvent } from 'react';
import type { TimelineRecords } from '../../../src-shared/timeline/document.ts';
import { endFrame } from '../../../src-shared/timeline/records/span.ts';
import { thumbnailUrl } from '../../api/media-address.ts';
import { useTimelineAssets } from '../../api/asset-queries.ts';
import { useEditor, useSession } from '../../api/studio-context.tsx';
import { t } from '../../i18n/text.ts';
import { placeStyle } from './span-style.ts';
import type { FrameWindow } from './visible-items.ts';

const PIN_PIXELS = 38;

/** Images at the edges of the events that they pin. */
export function KeyframeLane({ records, window: { from, to }, onMenu }: { records: TimelineRecords; window: FrameWindow; onMenu: (event: MouseEvent, id: string) => void }) {
  const editor = useEditor();
  const { assetOf } = useTimelineAssets();
  const selectedIds = useSession((state) => state.selectedIds);
  return Object.values(records).flatMap((image) => {
    if (image.type !== 'keyframeImage') return [];
    const event = records[image.promptEventId];
    if (event?.type !== 'promptEvent' || endFrame(event) < from || event.startFrame > to) return [];
    const asset = assetOf(image.assetId);
    const picture = asset === null ? null : thumbnailUrl(editor.info.mediaBase, editor.project.id, asset);
    const place = { start: placeStyle(event.startFrame), reference: placeStyle(event.startFrame + event.durationFrames / 2, -PIN_PIXELS / 2), end: placeStyle(endFrame(event), -PIN_PIXELS) }[image.position];
    return [
      <button
        key={image.id} type="button" className="pin" aria-label={t('timeline.item.image', { position: t(`timeline.image.${image.position}`) })} aria-current={selectedIds.includes(image.id)}
        style={{ ...place, ...(picture === null ? {} : { backgroundImage: `url("${picture}")` }) }} onClick={() => editor.session.setState({ selectedIds: [image.id] })} onContextMenu={(click) => onMenu(click, image.id)}
      />,
    ];
  });
}
