import Box from '@mui/material/Box';
import { useId } from 'react';
import type { LossPoint } from '../../src-shared/contract/motions.ts';
import { formatLoss } from '../i18n/formats.ts';
import { t } from '../i18n/text.ts';
import { linePath, lossScale } from './loss-scale.ts';
import { useWidth } from './use-width.ts';

export interface LossCurveProps {
  readonly points: readonly LossPoint[];
  /** Most steps: the right end of the axis. */
  readonly steps: number;
  /** Step whose weights are the best so far. */
  readonly bestStep: number | null;
  /** Without axis words, for rows. */
  readonly dense?: boolean;
}

/** How learning goes: the loss of each step, faint, and the loss on held-out noise, which decides. */
export function LossCurve({ points, steps, bestStep, dense = false }: LossCurveProps) {
  const id = useId();
  // Drawn in the pixels of its place, so that words and lines are as large everywhere.
  const { ref, width } = useWidth<HTMLDivElement>(320);
  const height = dense ? 44 : Math.max(130, Math.min(190, Math.round(width * 0.46)));
  const box = dense ? { left: 3, top: 4, width: width - 6, height: height - 8 } : { left: 44, top: 6, width: width - 50, height: height - 28 };
  const scale = lossScale(points, steps, box);
  const heldOut = points.flatMap(({ step, heldOut: loss }) => (loss === null ? [] : [{ step, loss }]));
  const best = heldOut.find(({ step }) => step === bestStep) ?? null;
  const [first, last] = [heldOut[0], heldOut.at(-1)];
  const newest = points.at(-1);
  const description =
    newest === undefined ? t('motions.curve.empty')
    : first === undefined || last === undefined ? t('motions.curve.only', { step: newest.step, loss: formatLoss(newest.loss) })
    : t('motions.curve.told', { first: formatLoss(first.loss), now: formatLoss(last.loss), step: newest.step, best: formatLoss(best?.loss ?? last.loss), bestStep: best?.step ?? last.step });
  const ticks = dense ? [] : [scale.high, (scale.high + scale.low) / 2, scale.low];
  return (
    <Box ref={ref} sx={{ width: 1 }}>
      <Box component="svg" role="img" aria-labelledby={`${id}-title ${id}-desc`} viewBox={`0 0 ${width} ${height}`} data-testid="loss-curve" data-points={points.length} sx={{ display: 'block', width: 1, height, overflow: 'visible', '& text': { fontSize: 10.5, fill: 'var(--mui-palette-text-secondary)', fontVariantNumeric: 'tabular-nums' } }}>
        <title id={`${id}-title`}>{t('motions.curve')}</title>
        <desc id={`${id}-desc`}>{description}</desc>
        <g aria-hidden>
          {ticks.map((loss) => (
            <g key={loss}>
              <line x1={box.left} x2={box.left + box.width} y1={scale.y(loss)} y2={scale.y(loss)} stroke="var(--mui-palette-studio-line)" strokeWidth="1" />
              {points.length === 0 ? null : <text x={box.left - 6} y={scale.y(loss) + 3.5} textAnchor="end">{loss.toFixed(scale.digits)}</text>}
            </g>
          ))}
          {dense ? null : (
            <>
              <text x={box.left} y={height - 4}>0</text>
              <text x={box.left + box.width} y={height - 4} textAnchor="end">{steps}</text>
              <text x={box.left + box.width / 2} y={height - 4} textAnchor="middle">{t('motions.curve.steps')}</text>
            </>
          )}
          <path d={linePath(points.map(({ step, loss }) => [scale.x(step), scale.y(loss)]))} fill="none" stroke="var(--mui-palette-text-disabled)" strokeWidth="1" opacity="0.55" strokeLinejoin="round" />
          <path d={linePath(heldOut.map(({ step, loss }) => [scale.x(step), scale.y(loss)]))} fill="none" stroke="var(--mui-palette-primary-main)" strokeWidth="2" strokeLinejoin="round" />
          {best === null ? null : <circle cx={scale.x(best.step)} cy={scale.y(best.loss)} r={dense ? 3 : 4} fill="var(--mui-palette-success-main)" />}
        </g>
      </Box>
    </Box>
  );
}

/** What the lines of the curve mean, and the value of each now. */
export function LossLegend({ points, bestStep }: Pick<LossCurveProps, 'points' | 'bestStep'>) {
  const newest = points.at(-1);
  const heldOut = points.findLast((point) => point.heldOut !== null)?.heldOut ?? null;
  const best = points.find(({ step }) => step === bestStep)?.heldOut ?? null;
  const entry = (color: string, words: string, value: number | null | undefined) => (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.5, minWidth: 0 }}>
      <Box component="dt" sx={{ display: 'flex', alignItems: 'center', gap: 1.5, color: 'text.secondary', '&::before': { content: '""', width: 10, height: 3, borderRadius: 1, bgcolor: color } }}>{words}</Box>
      <Box component="dd" sx={{ m: 0, fontVariantNumeric: 'tabular-nums' }}>{value === null || value === undefined ? '–' : formatLoss(value)}</Box>
    </Box>
  );
  return (
    <Box component="dl" data-testid="loss-legend" sx={{ m: 0, mt: 1.5, display: 'flex', flexWrap: 'wrap', columnGap: 4, rowGap: 0.5, fontSize: 11 }}>
      {entry('text.disabled', t('motions.curve.loss'), newest?.loss)}
      {entry('primary.main', t('motions.curve.heldOut'), heldOut)}
      {entry('success.main', t('motions.curve.best'), best)}
    </Box>
  );
}
