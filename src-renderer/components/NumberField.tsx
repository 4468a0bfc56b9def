import Box from '@mui/material/Box';
import InputBase from '@mui/material/InputBase';
import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';

export interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly defaultValue?: number;
  readonly suffix?: string;
  readonly disabled?: boolean;
  readonly error?: boolean;
  readonly end?: ReactNode;
  /** Called once per finished change: after a drag, on Enter, on leaving the field. */
  readonly onCommit: (value: number) => void;
}

const PIXELS_PER_STEP = 4;

/** An integer that is typed, stepped with the arrow keys, or dragged by its label: Shift is coarse, Alt is fine, double click resets. */
export function NumberField({ label, value, min, max, defaultValue, suffix, disabled = false, error = false, end, onCommit }: NumberFieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const drag = useRef<{ x: number; from: number; value: number } | null>(null);
  const clamp = (next: number) => Math.max(min, Math.min(max, Math.round(next)));

  const commit = (text: string | null) => {
    setDraft(null);
    if (text === null || text.trim() === '') return;
    const parsed = Number(text);
    if (Number.isFinite(parsed) && clamp(parsed) !== value) onCommit(clamp(parsed));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) commit(draft);
    if (event.key === 'Escape') setDraft(null);
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    const step = (event.shiftKey ? 10 : 1) * (event.key === 'ArrowUp' ? 1 : -1);
    setDraft(null);
    onCommit(clamp((draft === null ? value : Number(draft) || value) + step));
  };

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (disabled) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, from: value, value };
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!drag.current) return;
    const scale = event.shiftKey ? 10 : event.altKey ? 0.25 : 1;
    drag.current.value = clamp(drag.current.from + ((event.clientX - drag.current.x) / PIXELS_PER_STEP) * scale);
    setDraft(String(drag.current.value));
  };
  const onPointerUp = () => {
    const ended = drag.current;
    drag.current = null;
    setDraft(null);
    if (ended && ended.value !== value) onCommit(ended.value);
  };

  return (
    <Box sx={{ display: 'flex', alignItems: 'center', height: 30, flex: 1, minWidth: 0, borderRadius: 1.5, border: 1, borderColor: error ? 'error.main' : 'divider', bgcolor: 'studio.well', opacity: disabled ? 0.5 : 1, '&:focus-within': { borderColor: 'primary.main' } }}>
      <Box
        component="span" aria-hidden onPointerDown={onPointerDown} onPointerMove={onPointerMove} onPointerUp={onPointerUp} onPointerCancel={onPointerUp}
        onDoubleClick={() => { if (defaultValue !== undefined && !disabled) onCommit(clamp(defaultValue)); }}
        sx={{ pl: 2, pr: 1.5, fontSize: 12, color: 'text.secondary', cursor: disabled ? 'default' : 'ew-resize', touchAction: 'none', flex: 'none', '&:hover': { color: disabled ? 'text.secondary' : 'text.primary' } }}
      >
        {label}
      </Box>
      <InputBase
        value={draft ?? value} disabled={disabled} onChange={(event) => setDraft(event.target.value)} onBlur={() => commit(draft)} onKeyDown={onKeyDown} onFocus={(event) => event.target.select()}
        sx={{ flex: 1, minWidth: 0, fontSize: 12.5, fontVariantNumeric: 'tabular-nums', '& input': { textAlign: 'right', p: 0, pr: suffix === undefined && end === undefined ? 2 : 0.5 } }}
        slotProps={{ input: { 'aria-label': label, inputMode: 'numeric', autoComplete: 'off' } }}
      />
      {suffix === undefined ? null : <Box component="span" sx={{ pr: 2, fontSize: 11.5, color: 'text.secondary' }}>{suffix}</Box>}
      {end}
    </Box>
  );
}
