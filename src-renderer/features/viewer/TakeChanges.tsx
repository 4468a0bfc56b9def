import Box from '@mui/material/Box';
import type { ReactNode } from 'react';
import type { Take } from '../../../src-shared/contract/takes.ts';
import { takeDifferences, type WordStretch } from '../../editor/take-differences.ts';
import { t } from '../../i18n/text.ts';

/** Words as they were changed: what went is struck out, what came is marked. Said in words too, for those who hear it. */
function Words({ stretches }: { stretches: readonly WordStretch[] }) {
  // Stretches have no names of their own and never change places.
  return stretches.map(({ kind, words }, index) => {
    const space = index === 0 ? '' : ' ';
    if (kind === 'same') return <span key={index}>{space}{words}</span>;
    return <span key={index}>{space}<Box component={kind === 'gone' ? 'del' : 'ins'} sx={{ color: kind === 'gone' ? 'text.secondary' : 'success.main', textDecoration: kind === 'gone' ? 'line-through' : 'none', fontWeight: kind === 'gone' ? 400 : 600 }}>{words}</Box></span>;
  });
}

/** What was changed from one take to the other, in one line. */
export function TakeChanges({ a, b }: { a: Take; b: Take }) {
  const { words, negativeWords, seeds, strengths, presets, models, motionsDiffer } = takeDifferences(a, b);
  const percent = (share: number): string => t('motions.percent', { percent: Math.round(share * 100) });
  const change = (label: string, [before, after]: readonly [string | number, string | number]): ReactNode => <>{label} {before} → {after}</>;
  const parts: readonly (readonly [string, ReactNode])[] = [
    ...(words === null ? [] : [['words', <Words key="w" stretches={words} />] as const]),
    ...(negativeWords === null ? [] : [['negative', <>{t('inspector.negativePrompt')}: <Words stretches={negativeWords} /></>] as const]),
    ...(seeds === null ? [] : [['seed', change(t('inspector.seed'), seeds)] as const]),
    ...(strengths === null ? [] : [['strength', change(t('item.strength'), [percent(strengths[0]), percent(strengths[1])])] as const]),
    ...(presets === null ? [] : [['preset', change(t('inspector.preset'), [t(`preset.${presets[0]}`), t(`preset.${presets[1]}`)])] as const]),
    ...(models === null ? [] : [['model', change(t('take.pack'), models)] as const]),
    ...(motionsDiffer ? [['motions', t('compare.motions')] as const] : []),
  ];
  return (
    <Box role="note" aria-label={t('compare.changes')} sx={{ flex: 'none', display: 'flex', flexWrap: 'wrap', columnGap: 4, px: 3, py: 1, maxHeight: 64, overflowY: 'auto', fontSize: 11.5, lineHeight: 1.5, color: 'text.primary', bgcolor: 'studio.panel', borderBottom: 1, borderColor: 'studio.line', '& del, & ins': { whiteSpace: 'pre-wrap' } }}>
      {parts.length === 0 ? t('compare.same') : parts.map(([name, content]) => <span key={name}>{content}</span>)}
    </Box>
  );
}
