import Box from '@mui/material/Box';
import InputBase from '@mui/material/InputBase';
import { useState, type KeyboardEvent, type PointerEvent, type ReactNode, type WheelEvent } from 'react';
import { t } from '../i18n/text.ts';
import { beginScrub, fitNumber, readNumber, scrubFactor, showNumber, type NumberScale } from './scrub-number.ts';
import { usePointerDrag } from './use-pointer-drag.ts';

export interface NumberFieldProps {
  readonly label: string;
  /** Null: several values at once; the field shows `mixed` until one is given. */
  readonly value: number | null;
  readonly min: number;
  readonly max: number;
  /** 1 and 0 where left out: a whole number. */
  readonly step?: number;
  readonly decimals?: number;
  readonly unit?: string;
  readonly mixed?: string;
  /** Where a drag begins while values differ. */
  readonly from?: number;
  readonly defaultValue?: number | undefined;
  readonly disabled?: boolean;
  readonly error?: boolean;
  readonly end?: ReactNode;
  /** How the value is written while nobody types, e.g. as a time code; typed text is read by `parse`, if given, before it is read as a number. */
  readonly format?: (value: number) => string;
  readonly parse?: (text: string) => number | null;
  /** Called while one drags, with null when the drag ends: for showing, not for storing. */
  readonly onPreview?: (value: number | null) => void;
  /** Called once per finished change: after a drag, on Enter, on leaving the field. */
  readonly onCommit: (value: number) => void;
}

const DRAG_PIXELS = 2;

/**
 * A number that is typed, stepped with the arrow keys, or dragged by its label. Shift is coarse and Ctrl (Cmd) or Alt is fine,
 * Escape brings the old value back, double click the default.
 */
export function NumberField({ label, value, min, max, step = 1, decimals = 0, unit = '', mixed = '–', from, defaultValue, disabled = false, error = false, end, format, parse, onPreview, onCommit }: NumberFieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const [scrubbed, setScrubbed] = useState<number | null>(null);
  const beginDrag = usePointerDrag();
  const scale: NumberScale = { min, max, step, decimals, unit };
  const fit = (next: number) => fitNumber(next, scale);
  const show = (shown: number) => format?.(shown) ?? showNumber(shown, decimals);
  const origin = value ?? from ?? defaultValue ?? min;

  const give = (next: number) => {
    if (fit(next) !== value) onCommit(fit(next));
  };
  const commit = () => {
    setDraft(null);
    if (draft === null) return;
    const typed = parse?.(draft) ?? readNumber(draft, unit);
    if (typed !== null) give(typed);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) commit();
    if (event.key === 'Escape') setDraft(null);
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    const typed = draft === null ? null : (parse?.(draft) ?? readNumber(draft, unit));
    const factor = scrubFactor(event) * (event.key === 'ArrowUp' ? 1 : -1);
    setDraft(null);
    give((typed ?? origin) + step * factor);
  };

  const onPointerDown = (down: PointerEvent<HTMLElement>) => {
    if (disabled) return;
    const scrub = beginScrub(origin, scale);
    let x = down.clientX;
    let last: number | null = null;
    beginDrag(down, {
      threshold: DRAG_PIXELS,
      onMove: (move) => {
        last = scrub.move(move.clientX - x, move);
        x = move.clientX;
        setScrubbed(last);
        onPreview?.(last);
      },
      onDrop: () => { if (last !== null) give(last); },
      onEnd: () => {
        setScrubbed(null);
        onPreview?.(null);
      },
    });
  };

  // Only in the focused field: a page that scrolls under the pointer must change nothing.
  const onWheel = (wheel: WheelEvent<HTMLInputElement>) => {
    if (disabled || document.activeElement !== wheel.currentTarget || wheel.deltaY === 0) return;
    setDraft(null);
    give(origin + step * (wheel.deltaY < 0 ? 1 : -1));
  };

  const shown = draft ?? (scrubbed !== null ? show(scrubbed) : value === null ? mixed : show(value));
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', height: 30, flex: 1, minWidth: 0, borderRadius: 1, border: 1, borderColor: error ? 'error.main' : scrubbed === null ? 'divider' : 'primary.main', bgcolor: 'studio.well', opacity: disabled ? 0.5 : 1, ...(disabled || error ? {} : { '&:hover': { borderColor: 'text.disabled' } }), '&:focus-within': { borderColor: 'primary.main', boxShadow: '0 0 0 1px var(--mui-palette-primary-main)' } }}>
      <Box
        component="span" aria-hidden aria-disabled={disabled} data-scrub={label} title={t(defaultValue === undefined ? 'inspector.scrub' : 'inspector.scrubDefault')} onPointerDown={onPointerDown}
        onDoubleClick={() => { if (defaultValue !== undefined && !disabled) give(defaultValue); }}
        sx={{ pl: 2, pr: 1.5, fontSize: 12, color: 'text.secondary', cursor: disabled ? 'default' : 'ew-resize', touchAction: 'none', flex: 'none', '&:hover': { color: disabled ? 'text.secondary' : 'text.primary' } }}
      >
        {label}
      </Box>
      <InputBase
        value={shown} disabled={disabled} onChange={(event) => setDraft(event.target.value)} onBlur={commit} onKeyDown={onKeyDown} onFocus={(event) => event.target.select()}
        sx={{ flex: 1, minWidth: 0, fontSize: 12.5, fontVariantNumeric: 'tabular-nums', '& input': { textAlign: 'right', p: 0, pr: unit === '' && end === undefined ? 2 : 0.5, fontStyle: value === null && draft === null ? 'italic' : 'normal' } }}
        slotProps={{ input: { 'aria-label': label, inputMode: 'decimal', autoComplete: 'off', onWheel } }}
      />
      {unit === '' ? null : <Box component="span" aria-hidden sx={{ pr: 2, fontSize: 11.5, color: 'text.secondary' }}>{unit}</Box>}
      {end}
    </Box>
  );
}
