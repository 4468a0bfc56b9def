import { memo, type MouseEvent, type PointerEvent } from 'react';
import type { TrackItem } from '../../../src-shared/timeline/document.ts';
import { fadesOf } from '../../../src-shared/timeline/edits/fades.ts';
import { endFrame } from '../../../src-shared/timeline/records/span.ts';
import { formatTimecode, type FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import { t } from '../../i18n/text.ts';
import type { Filmstrip } from '../../../src-shared/contract/assets.ts';
import { FadeHandles } from './FadeHandles.tsx';
import { SourceView } from './SourceView.tsx';
import { spanStyle } from './span-style.ts';
import type { DragPart } from './use-item-drag.ts';

export interface ItemBlockProps {
  readonly item: TrackItem;
  readonly name: string;
  /** Address of a picture to draw on it. */
  readonly picture: string | null;
  /** Address of its source's filmstrip and how that is laid out, and of the course of its sound. */
  readonly strip?: string | null;
  readonly filmstrip?: Filmstrip | null;
  readonly wave?: string | null;
  /** Wide enough for words, and for edges to take hold of. */
  readonly detailed: boolean;
  readonly frameRate: FrameRate;
  /** What it shows is no longer in the project. */
  readonly isMissing: boolean;
  readonly isSelected: boolean;
  readonly isDragged: boolean;
  readonly canDrag: boolean;
  readonly begin: (down: PointerEvent<HTMLElement>, id: string, part: DragPart) => void;
  readonly onSelect: (id: string) => void;
  readonly onMenu: (event: MouseEvent, id: string) => void;
}

/** One item of a lane. Plain elements: hundreds of them move at once. */
export const ItemBlock = memo(function ItemBlock({ item, name, picture, strip = null, filmstrip = null, wave = null, detailed, frameRate, isMissing, isSelected, isDragged, canDrag, begin, onSelect, onMenu }: ItemBlockProps) {
  const [start, end] = [formatTimecode(item.startFrame, frameRate), formatTimecode(endFrame(item), frameRate)];
  const [fadeIn, fadeOut] = fadesOf(item);
  const showsSource = 'sourceIn' in item && (strip !== null || wave !== null);
  const isBar = !detailed && !showsSource && fadeIn === 0 && fadeOut === 0;
  const press = (part: DragPart) => (down: PointerEvent<HTMLElement>) => {
    down.stopPropagation();
    begin(down, item.id, part);
  };
  return (
    <div
      role="listitem" tabIndex={0} className={`item ${item.type}${isBar ? ' bar' : ''}${isDragged ? ' dragged' : ''}${isMissing ? ' missing' : ''}`} title={isMissing ? t('missing.help') : undefined} data-item={item.id} data-start={item.startFrame} data-duration={item.durationFrames}
      data-source={'sourceIn' in item ? item.sourceIn.num / item.sourceIn.den : undefined} aria-current={isSelected} aria-label={t('timeline.item.clip', { name: isMissing ? t('missing.name') : name, start, end })}
      style={{ ...spanStyle(item.startFrame, item.durationFrames), ...(picture === null ? {} : { backgroundImage: `url("${picture}")` }) }}
      onPointerDown={press('body')} onContextMenu={(click) => onMenu(click, item.id)} onFocus={(focus) => { if (focus.currentTarget.matches(':focus-visible')) onSelect(item.id); }}
    >
      {showsSource ? <SourceView item={item} frameRate={frameRate} strip={strip} filmstrip={filmstrip} wave={wave} /> : null}
      {fadeIn > 0 ? <div className="fade" style={{ left: 0, width: `${(100 * fadeIn) / item.durationFrames}%`, clipPath: 'polygon(0 0, 100% 0, 0 100%)' }} /> : null}
      {fadeOut > 0 ? <div className="fade" style={{ right: 0, width: `${(100 * fadeOut) / item.durationFrames}%`, clipPath: 'polygon(0 0, 100% 0, 100% 100%)' }} /> : null}
      {detailed ? <span>{isDragged ? `${start} – ${end}` : isMissing ? t('missing.name') : name}</span> : null}
      {detailed && canDrag && item.type !== 'caption' && item.type !== 'motion' ? <FadeHandles fadeIn={fadeIn} fadeOut={fadeOut} duration={item.durationFrames} press={press} /> : null}
      {detailed && canDrag ? <><div className="edge start" data-edge="start" onPointerDown={press('start')} /><div className="edge end" data-edge="end" onPointerDown={press('end')} /></> : null}
    </div>
  );
});
