import Box from '@mui/material/Box';
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { Take } from '../../../src-shared/contract/takes.ts';
import { useDocument, useSession } from '../../api/studio-context.tsx';
import { frameAtEqualTime } from '../../editor/compare-takes.ts';
import type { Comparison } from '../../editor/session-store.ts';
import { sequenceOf } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { MediaLayer } from './MediaLayer.tsx';

/** Percent that an arrow key moves the wipe. */
const KEY_STEP = 5;

const clamp = (percent: number): number => Math.max(0, Math.min(100, percent));

function Letter({ name, side }: { name: string; side: 'left' | 'right' }) {
  return <Box sx={{ position: 'absolute', top: 8, [side]: 8, px: 1.5, borderRadius: 1, fontSize: 11, fontWeight: 600, lineHeight: '18px', color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.65)', pointerEvents: 'none' }}>{name}</Box>;
}

/** Two takes at the same moment: beside each other, or the second wiped over the first. */
export function CompareStage({ a, b, mode, ratio }: { a: Take; b: Take; mode: Comparison['mode']; ratio: number }) {
  const playhead = useSession((state) => state.playhead);
  const sequenceRate = useDocument((state) => sequenceOf(state.records).frameRate);
  const frameOfB = frameAtEqualTime(playhead, a.asset.frameRate ?? sequenceRate, b.asset);
  const layers = { a: <MediaLayer key={a.asset.id} asset={a.asset} frame={playhead} />, b: <MediaLayer key={b.asset.id} asset={b.asset} frame={frameOfB} /> };
  if (mode === 'wipe') return <Wipe layers={layers} ratio={ratio} />;
  return (
    <Box data-testid="picture" data-compare="sideBySide" sx={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 2, width: `min(100cqw, calc(100cqh * ${2 * ratio}))` }}>
      {(['a', 'b'] as const).map((side) => (
        <Box key={side} sx={{ position: 'relative', aspectRatio: String(ratio), bgcolor: 'common.black', overflow: 'hidden', borderRadius: 1 }}>
          {layers[side]}
          <Letter name={side.toUpperCase()} side="left" />
        </Box>
      ))}
    </Box>
  );
}

function Wipe({ layers, ratio }: { layers: { readonly a: React.ReactNode; readonly b: React.ReactNode }; ratio: number }) {
  const picture = useRef<HTMLDivElement>(null);
  const [percent, setPercent] = useState(50);
  const follow = (event: PointerEvent) => {
    const box = picture.current?.getBoundingClientRect();
    if (box) setPercent(clamp(((event.clientX - box.left) / box.width) * 100));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowLeft: percent - KEY_STEP, ArrowRight: percent + KEY_STEP, Home: 0, End: 100 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setPercent(clamp(to));
  };
  return (
    <Box
      ref={picture} data-testid="picture" data-compare="wipe"
      onPointerDown={(down) => { down.currentTarget.setPointerCapture(down.pointerId); follow(down); }} onPointerMove={(move) => { if (move.buttons === 1) follow(move); }}
      sx={{ position: 'relative', width: `min(100cqw, calc(100cqh * ${ratio}))`, aspectRatio: String(ratio), bgcolor: 'common.black', overflow: 'hidden', borderRadius: 1, cursor: 'ew-resize', touchAction: 'none' }}
    >
      {layers.a}
      <Box sx={{ position: 'absolute', inset: 0 }} style={{ clipPath: `inset(0 0 0 ${percent}%)` }}>{layers.b}</Box>
      <Letter name="A" side="left" />
      <Letter name="B" side="right" />
      <Box
        role="slider" tabIndex={0} aria-label={t('compare.wipe')} aria-orientation="horizontal" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(percent)} onKeyDown={onKeyDown}
        style={{ left: `${percent}%` }}
        sx={{ position: 'absolute', top: 0, bottom: 0, width: 20, ml: '-10px', outlineOffset: -2, '&::before': { content: '""', position: 'absolute', top: 0, bottom: 0, left: 9, width: 2, bgcolor: 'common.white', boxShadow: '0 0 4px rgb(0 0 0 / 0.6)' }, '&::after': { content: '""', position: 'absolute', top: 'calc(50% - 10px)', left: 4, width: 12, height: 20, borderRadius: 1, bgcolor: 'common.white' } }}
      />
    </Box>
  );
}
