import { useEffect, useRef, type PointerEvent } from 'react';

/** What a drag does. Distances are CSS pixels from where the button went down. */
export interface PointerDrag {
  /** The pointer moved, by more than the threshold at least once. */
  readonly onMove: (move: globalThis.PointerEvent, by: { readonly x: number; readonly y: number }) => void;
  /** The button was released; `moved` tells a drag from a click. */
  readonly onDrop?: (up: globalThis.PointerEvent, moved: boolean) => void;
  /** Always last: after a drop, after Escape, and when the system took the pointer away. */
  readonly onEnd?: () => void;
  /** Pixels that a hand may tremble before it is a drag. */
  readonly threshold?: number;
}

/** Lets something be dragged: returns what starts a drag from its pointerdown. Escape and unmounting let go without a drop. */
export function usePointerDrag(): (down: PointerEvent<HTMLElement>, drag: PointerDrag) => void {
  const letGo = useRef<(() => void) | null>(null);
  useEffect(() => () => letGo.current?.(), []);

  return (down, { onMove, onDrop, onEnd, threshold = 0 }) => {
    if (down.button !== 0) return;
    letGo.current?.();
    const handle = down.currentTarget;
    const { pointerId, clientX, clientY } = down;
    const listeners = new AbortController();
    const { signal } = listeners;
    let moved = threshold === 0;
    const end = () => {
      if (signal.aborted) return;
      listeners.abort();
      if (handle.hasPointerCapture(pointerId)) handle.releasePointerCapture(pointerId);
      letGo.current = null;
      onEnd?.();
    };
    // Not before it is a drag: a captured press would take clicks and double clicks away from what was pressed.
    const hold = () => { if (handle.isConnected) handle.setPointerCapture(pointerId); };
    if (moved) hold();
    // On the window: what is dragged may be drawn elsewhere, as another element, before the button is released.
    window.addEventListener('pointermove', (move) => {
      const by = { x: move.clientX - clientX, y: move.clientY - clientY };
      if (!moved && Math.max(Math.abs(by.x), Math.abs(by.y)) >= threshold) {
        moved = true;
        hold();
      }
      if (moved) onMove(move, by);
    }, { signal });
    window.addEventListener('pointerup', (up) => {
      onDrop?.(up, moved);
      end();
    }, { signal });
    window.addEventListener('pointercancel', end, { signal });
    // In the capture phase: the window's own Escape would deselect.
    window.addEventListener('keydown', (key) => {
      if (key.key !== 'Escape') return;
      key.preventDefault();
      key.stopPropagation();
      end();
    }, { signal, capture: true });
    letGo.current = end;
  };
}
