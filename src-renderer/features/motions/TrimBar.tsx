import Box from '@mui/material/Box';
import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { formatClipTime } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { moveEdge, slideSpan, type Span, type SpanLimits } from './trim.ts';

export interface TrimBarProps {
  readonly span: Span;
  readonly limits: SpanLimits;
  readonly disabled?: boolean;
  /** Frames of the whole clip beside each other, and how many; null while there are none. */
  readonly strip: { readonly url: string; readonly tiles: number } | null;
  /** Place of the picture above, in seconds. */
  readonly position: number;
  /** `seconds`: what the picture above should show. */
  readonly onChange: (span: Span, seconds: number) => void;
}

/** The part of the clip to learn from: two handles and the body between them, by pointer or arrow keys. */
export function TrimBar({ span, limits, strip, disabled = false, position, onChange }: TrimBarProps) {
  const bar = useRef<HTMLDivElement>(null);
  const { duration, frame } = limits;
  const share = (seconds: number) => `${(seconds / duration) * 100}%`;

  const drag = (part: 'from' | 'to' | 'body') => (down: PointerEvent<HTMLElement>) => {
    if (down.button !== 0 || disabled) return;
    down.stopPropagation();
    const handle = down.currentTarget;
    const width = bar.current?.clientWidth ?? 1;
    const beganAt = down.clientX;
    handle.setPointerCapture(down.pointerId);
    const onMove = (move: globalThis.PointerEvent) => {
      const by = ((move.clientX - beganAt) / width) * duration;
      const next = part === 'body' ? slideSpan(span, span.from + by, limits) : moveEdge(span, part, span[part] + by, limits);
      onChange(next, part === 'to' ? next.to - frame : next.from);
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

  const keys = (edge: 'from' | 'to') => (event: KeyboardEvent) => {
    const step = event.shiftKey ? Math.max(frame, 1) : frame;
    const target: Readonly<Record<string, number>> = { ArrowLeft: span[edge] - step, ArrowDown: span[edge] - step, ArrowRight: span[edge] + step, ArrowUp: span[edge] + step, PageDown: span[edge] - 1, PageUp: span[edge] + 1, Home: 0, End: duration };
    const seconds = target[event.key];
    if (seconds === undefined || disabled) return;
    event.preventDefault();
    const next = moveEdge(span, edge, seconds, limits);
    onChange(next, edge === 'to' ? next.to - frame : next.from);
  };

  const edgeHandle = (edge: 'from' | 'to') => (
    <Box
      role="slider" tabIndex={disabled ? -1 : 0} aria-label={t(`motions.trim.${edge}`)} aria-orientation="horizontal" aria-disabled={disabled}
      aria-valuemin={0} aria-valuemax={Number(duration.toFixed(3))} aria-valuenow={Number(span[edge].toFixed(3))} aria-valuetext={t('motions.trim.at', { time: formatClipTime(span[edge]) })}
      onPointerDown={drag(edge)} onKeyDown={keys(edge)} style={{ left: share(span[edge]) }}
      sx={{
        position: 'absolute', top: -2, bottom: -2, width: 12, ml: edge === 'from' ? 0 : '-12px', bgcolor: 'primary.main', cursor: 'ew-resize', touchAction: 'none', zIndex: 2,
        borderRadius: edge === 'from' ? '5px 0 0 5px' : '0 5px 5px 0', display: 'grid', placeItems: 'center', '&::after': { content: '""', width: 2, height: 12, borderRadius: 1, bgcolor: 'primary.contrastText', opacity: 0.8 },
      }}
    />
  );

  return (
    <Box role="group" aria-label={t('motions.trim')} sx={{ opacity: disabled ? 0.5 : 1 }}>
      <Box ref={bar} sx={{ position: 'relative', height: 40, borderRadius: 1.25, bgcolor: 'studio.well', border: 1, borderColor: 'divider' }}>
        {strip === null ? null : <Filmstrip {...strip} />}
        <Box onPointerDown={drag('body')} style={{ left: share(span.from), width: share(span.to - span.from) }} sx={{ position: 'absolute', top: -1, bottom: -1, bgcolor: strip === null ? 'studio.event' : 'transparent', backdropFilter: strip === null ? 'none' : 'brightness(2.4)', borderBlock: 2, borderColor: 'primary.main', cursor: 'grab', touchAction: 'none' }} />
        <Box style={{ left: share(Math.min(duration, position)) }} sx={{ position: 'absolute', top: -4, bottom: -4, width: '1px', bgcolor: 'studio.playhead', pointerEvents: 'none', zIndex: 1 }} />
        {edgeHandle('from')}
        {edgeHandle('to')}
      </Box>
      <Box sx={{ display: 'flex', justifyContent: 'space-between', mt: 1, fontSize: 11.5, color: 'text.secondary', fontVariantNumeric: 'tabular-nums' }}>
        <span>{t('motions.trim.span', { from: formatClipTime(span.from), to: formatClipTime(span.to) })}</span>
        <span data-testid="trim-length">{t('motions.trim.length', { length: (span.to - span.from).toFixed(1), all: duration.toFixed(1) })}</span>
      </Box>
    </Box>
  );
}

/** Frames that are shown of a strip in a bar as wide as a dialog: about as wide as they are in the clip. */
const SHOWN_TILES = 8;

/** What of the clip lies where: dim, so that the chosen part stands out. */
function Filmstrip({ url, tiles }: { readonly url: string; readonly tiles: number }) {
  const shown = Math.min(SHOWN_TILES, tiles);
  return (
    <Box aria-hidden sx={{ position: 'absolute', inset: 0, display: 'flex', borderRadius: 'inherit', overflow: 'hidden', filter: 'brightness(0.4)' }}>
      {Array.from({ length: shown }, (_, place) => {
        const tile = Math.floor((place * tiles) / shown);
        return <Box key={place} sx={{ flex: 1, minWidth: 0, backgroundSize: `${tiles * 100}% auto`, backgroundRepeat: 'no-repeat' }} style={{ backgroundImage: `url("${url}")`, backgroundPosition: `${tiles === 1 ? 0 : (100 * tile) / (tiles - 1)}% center` }} />;
      })}
    </Box>
  );
}
