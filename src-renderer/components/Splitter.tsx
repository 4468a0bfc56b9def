import Box from '@mui/material/Box';
import type { KeyboardEvent, PointerEvent } from 'react';
import { usePointerDrag } from './use-pointer-drag.ts';

export interface SplitterProps {
  readonly label: string;
  readonly orientation: 'vertical' | 'horizontal';
  /** Size of the panel it moves, in CSS pixels. */
  readonly size: number;
  readonly min: number;
  readonly max: number;
  /** 1 when dragging right or down makes the panel bigger, -1 otherwise. */
  readonly direction: 1 | -1;
  readonly onSize: (size: number) => void;
}

const KEY_STEP = 16;

/** The hairline between two regions: drag it, or move it with the arrow keys. */
export function Splitter({ label, orientation, size, min, max, direction, onSize }: SplitterProps) {
  const beginDrag = usePointerDrag();
  const isVertical = orientation === 'vertical';
  const resize = (next: number) => onSize(Math.round(Math.max(min, Math.min(max, next))));

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    let dropped = false;
    beginDrag(event, {
      onMove: (_move, by) => resize(size + (isVertical ? by.x : by.y) * direction),
      onDrop: () => { dropped = true; },
      // Escape puts the panel back.
      onEnd: () => { if (!dropped) onSize(size); },
    });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const grow = isVertical ? 'ArrowRight' : 'ArrowDown';
    const shrink = isVertical ? 'ArrowLeft' : 'ArrowUp';
    if (event.key !== grow && event.key !== shrink) return;
    event.preventDefault();
    event.stopPropagation();
    resize(size + (event.key === grow ? KEY_STEP : -KEY_STEP) * direction);
  };

  return (
    <Box
      role="separator" tabIndex={0} aria-label={label} aria-orientation={orientation} aria-valuenow={size} aria-valuemin={min} aria-valuemax={max}
      onPointerDown={onPointerDown} onKeyDown={onKeyDown}
      sx={{
        position: 'relative', flex: 'none', bgcolor: 'studio.line', touchAction: 'none', zIndex: 2,
        ...(isVertical ? { width: '1px', cursor: 'col-resize' } : { height: '1px', cursor: 'row-resize' }),
        '&::after': { content: '""', position: 'absolute', ...(isVertical ? { inset: '0 -3px' } : { inset: '-3px 0' }) },
        '&:hover, &:active': { bgcolor: 'primary.main' },
      }}
    />
  );
}
