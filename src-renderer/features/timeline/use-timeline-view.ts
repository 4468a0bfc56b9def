import { startTransition, useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject, type WheelEvent } from 'react';
import type { Editor } from '../../editor/editor.ts';
import { clampZoom } from '../../editor/session-store.ts';
import type { DetailView, FrameWindow } from './visible-items.ts';

/** Drawn beyond the visible part on either side, in CSS pixels. */
const OVERSCAN_PIXELS = 400;

/** Scrolling draws again only after so many pixels; the overscan covers them. */
const STEP_PIXELS = 256;

const ZOOM_STEP = 1.15;

/** So long after the last step of a zoom, what lies beside the visible part is drawn again. */
const ZOOM_REST_MS = 400;

const stepped = (left: number): number => Math.floor(Math.max(0, left) / STEP_PIXELS) * STEP_PIXELS;

const EVERYWHERE: FrameWindow = { from: 0, to: Infinity };

export interface TimelineView {
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Frames that are drawn. */
  readonly window: FrameWindow;
  readonly width: number;
  /** What decides whether an item shows words and handles. */
  readonly detail: DetailView;
  readonly onScroll: () => void;
  readonly onWheel: (event: WheelEvent) => void;
  /** The frame under a place on the screen. */
  readonly frameAt: (clientX: number) => number;
  /** The same with the part of a frame that lies left of it. */
  readonly exactFrameAt: (clientX: number) => number;
}

/** Which part of the time axis one sees: scrolling, zooming around the pointer, and following the playhead. */
export function useTimelineView(editor: Editor, pixelsPerFrame: number, playhead: number | null, isPlaying: boolean): TimelineView {
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ left: 0, width: 900, isZooming: false, smallestScale: 0, zoomedFrom: EVERYWHERE });
  const rest = useRef(0);
  const anchor = useRef<{ frame: number; x: number } | null>(null);

  const look = useCallback((): void => {
    const element = scroller.current;
    if (!element) return;
    const left = stepped(element.scrollLeft);
    if (editor.session.getState().timelineLeft !== left) editor.session.setState({ timelineLeft: left });
    setView((before) => (before.left === left && before.width === element.clientWidth ? before : { ...before, left, width: element.clientWidth }));
  }, [editor]);

  // Where one was when the project was left.
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollLeft = editor.session.getState().timelineLeft;
  }, [editor]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => {
      look();
      editor.session.setState({ timelineWidth: element.clientWidth });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [editor, look]);

  // The frame under the pointer stays under the pointer; without one, the playhead or the left edge stays.
  const zoomed = useRef(pixelsPerFrame);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || zoomed.current === pixelsPerFrame) return;
    const x = playhead === null ? 0 : playhead * zoomed.current - element.scrollLeft;
    const kept = anchor.current ?? (x >= 0 && x <= element.clientWidth && playhead !== null ? { frame: playhead, x } : { frame: element.scrollLeft / zoomed.current, x: 0 });
    zoomed.current = pixelsPerFrame;
    anchor.current = null;
    element.scrollLeft = kept.frame * pixelsPerFrame - kept.x;
    look();
  }, [pixelsPerFrame, playhead, look]);

  // While playing, turn the page when the playhead leaves the view.
  useEffect(() => {
    const element = scroller.current;
    if (!element || playhead === null || !isPlaying) return;
    const x = playhead * pixelsPerFrame;
    if (x < element.scrollLeft || x > element.scrollLeft + element.clientWidth - 24) element.scrollLeft = Math.max(0, x - 24);
  }, [playhead, isPlaying, pixelsPerFrame]);

  const exactFrameAt = (clientX: number): number => {
    const element = scroller.current;
    return element ? Math.max(0, (clientX - element.getBoundingClientRect().left + element.scrollLeft) / pixelsPerFrame) : 0;
  };

  useEffect(() => () => window.clearTimeout(rest.current), []);

  // Each step of a zoom draws everything at another size: only what is seen.
  const overscan = view.isZooming ? 0 : OVERSCAN_PIXELS;
  return {
    scroller,
    window: { from: Math.max(0, (view.left - overscan) / pixelsPerFrame), to: (view.left + STEP_PIXELS + view.width + overscan) / pixelsPerFrame },
    width: view.width,
    detail: view.isZooming ? { scale: Math.min(view.smallestScale, pixelsPerFrame), window: view.zoomedFrom } : { scale: pixelsPerFrame, window: EVERYWHERE },
    onScroll: look,
    onWheel: (event) => {
      const element = scroller.current;
      if (!element || !(event.ctrlKey || event.metaKey)) return;
      const current = editor.session.getState().pixelsPerFrame;
      const x = event.clientX - element.getBoundingClientRect().left;
      const kept = (anchor.current ??= { frame: (x + element.scrollLeft) / zoomed.current, x });
      const next = clampZoom(current * (event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP));
      // Where it will scroll to, in the same step: else everything would be drawn twice.
      setView((before) => ({ ...before, left: stepped(kept.frame * next - kept.x), isZooming: true, smallestScale: Math.min(before.isZooming ? before.smallestScale : current, next), zoomedFrom: before.isZooming ? before.zoomedFrom : { from: before.left / current, to: (before.left + STEP_PIXELS + before.width) / current } }));
      window.clearTimeout(rest.current);
      rest.current = window.setTimeout(() => startTransition(() => setView((before) => ({ ...before, isZooming: false }))), ZOOM_REST_MS);
      editor.session.setState({ pixelsPerFrame: next });
    },
    frameAt: (clientX) => Math.floor(exactFrameAt(clientX)),
    exactFrameAt,
  };
}
