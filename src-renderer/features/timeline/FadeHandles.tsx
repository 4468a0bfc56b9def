import type { PointerEvent } from 'react';
import { t } from '../../i18n/text.ts';
import type { DragPart } from './use-item-drag.ts';

/** What fades and blends are pulled by: a knob at the top of either edge, as far in as the fade goes. Plain elements, shown by the styles of the lanes. */
export function FadeHandles({ fadeIn, fadeOut, duration, press }: { fadeIn: number; fadeOut: number; /** Of the item, in frames. */ duration: number; press: (part: DragPart) => (down: PointerEvent<HTMLElement>) => void }) {
  return (
    <>
      <div className="fadeHandle" data-fade="start" title={t('timeline.fadeHandle')} style={{ left: `calc(${(100 * fadeIn) / duration}% + 3px)` }} onPointerDown={press('fadeIn')} />
      <div className="fadeHandle" data-fade="end" title={t('timeline.fadeHandle')} style={{ right: `calc(${(100 * fadeOut) / duration}% + 3px)` }} onPointerDown={press('fadeOut')} />
    </>
  );
}
