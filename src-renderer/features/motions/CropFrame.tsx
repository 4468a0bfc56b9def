import Box from '@mui/material/Box';
import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import type { CropRectangle } from '../../../src-shared/contract/motions.ts';
import { t } from '../../i18n/text.ts';
import { dragCorner, moveCrop, scaleCrop, type Corner } from './crop.ts';

export interface CropFrameProps {
  readonly crop: CropRectangle;
  /** See `cropShape`. */
  readonly shape: number;
  readonly onChange: (crop: CropRectangle) => void;
}

const CORNERS: readonly Corner[] = ['topLeft', 'topRight', 'bottomLeft', 'bottomRight'];
/** Shares of the picture per key press. */
const STEP = 0.01;
const COARSE = 0.1;

const percent = (share: number): number => Math.round(share * 100);

/** The part of the picture to learn from, over the clip: moved by its body, sized by its corners; arrows move, plus and minus size. */
export function CropFrame({ crop, shape, onChange }: CropFrameProps) {
  const frame = useRef<HTMLDivElement>(null);

  const drag = (part: Corner | 'body') => (down: PointerEvent<HTMLElement>) => {
    const picture = frame.current?.parentElement;
    if (down.button !== 0 || !picture) return;
    down.stopPropagation();
    const handle = down.currentTarget;
    const bounds = picture.getBoundingClientRect();
    const [beganX, beganY] = [down.clientX, down.clientY];
    handle.setPointerCapture(down.pointerId);
    const onMove = (move: globalThis.PointerEvent) => {
      if (part === 'body') onChange(moveCrop(crop, crop.x + (move.clientX - beganX) / bounds.width, crop.y + (move.clientY - beganY) / bounds.height));
      else onChange(dragCorner(crop, part, (move.clientX - bounds.left) / bounds.width, (move.clientY - bounds.top) / bounds.height, shape));
    };
    const onUp = () => {
      handle.removeEventListener('pointermove', onMove);
      handle.removeEventListener('pointerup', onUp);
      handle.removeEventListener('pointercancel', onUp);
    };
    handle.addEventListener('pointermove', onMove);
    handle.addEventListener('pointerup', onUp);
    handle.addEventListener('pointercancel', onUp);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.shiftKey ? COARSE : STEP;
    const { x, y, width } = crop;
    const next =
      event.key === 'ArrowLeft' ? moveCrop(crop, x - step, y)
      : event.key === 'ArrowRight' ? moveCrop(crop, x + step, y)
      : event.key === 'ArrowUp' ? moveCrop(crop, x, y - step)
      : event.key === 'ArrowDown' ? moveCrop(crop, x, y + step)
      : event.key === '+' || event.key === '=' ? scaleCrop(crop, width + STEP * 2, shape)
      : event.key === '-' ? scaleCrop(crop, width - STEP * 2, shape)
      : null;
    if (next === null) return;
    event.preventDefault();
    onChange(next);
  };

  return (
    <Box sx={{ position: 'absolute', inset: 0, overflow: 'hidden' }}>
      <Box
        ref={frame} role="slider" tabIndex={0} aria-label={t('motions.crop')} aria-valuemin={10} aria-valuemax={100} aria-valuenow={percent(crop.width)}
        aria-valuetext={t('motions.crop.told', { left: percent(crop.x), top: percent(crop.y), width: percent(crop.width) })} aria-keyshortcuts="ArrowLeft ArrowRight ArrowUp ArrowDown + -"
        onPointerDown={drag('body')} onKeyDown={onKeyDown}
        style={{ left: `${crop.x * 100}%`, top: `${crop.y * 100}%`, width: `${crop.width * 100}%`, height: `${crop.height * 100}%` }}
        sx={{ position: 'absolute', boxSizing: 'border-box', border: '2px solid', borderColor: 'primary.light', boxShadow: '0 0 0 2000px rgb(0 0 0 / 0.55)', cursor: 'move', touchAction: 'none', '&:focus-visible': { outlineOffset: -4 } }}
      >
        {CORNERS.map((corner) => {
          const isLeft = corner === 'topLeft' || corner === 'bottomLeft';
          const isTop = corner === 'topLeft' || corner === 'topRight';
          return (
            <Box
              key={corner} aria-hidden data-corner={corner} onPointerDown={drag(corner)}
              sx={{ position: 'absolute', width: 12, height: 12, borderRadius: 0.5, bgcolor: 'primary.light', [isLeft ? 'left' : 'right']: -1, [isTop ? 'top' : 'bottom']: -1, cursor: isLeft === isTop ? 'nwse-resize' : 'nesw-resize', touchAction: 'none' }}
            />
          );
        })}
      </Box>
    </Box>
  );
}
