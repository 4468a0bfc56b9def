import Box from '@mui/material/Box';
import { t } from '../i18n/text.ts';

/** The line between before and after over two pictures: dragged anywhere on them, or moved with the arrow keys. Their names stand below. */
export function WipeLine({ percent, onChange }: { readonly percent: number; readonly onChange: (percent: number) => void }) {
  const name = (side: 'left' | 'right', text: string) => (
    <Box aria-hidden sx={{ position: 'absolute', [side]: 8, bottom: 8, px: 1.5, borderRadius: 1, fontSize: 11, lineHeight: '18px', color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.6)', pointerEvents: 'none' }}>{text}</Box>
  );
  return (
    <>
      <Box aria-hidden style={{ left: `${percent}%` }} sx={{ position: 'absolute', top: 0, bottom: 0, width: 2, ml: '-1px', bgcolor: 'common.white', boxShadow: '0 0 0 1px rgb(0 0 0 / 0.4)', pointerEvents: 'none' }} />
      <Box
        component="input" type="range" min={0} max={100} step={1} value={percent} onChange={(event) => onChange(Number(event.target.value))} aria-label={t('stylize.wipe')} aria-valuetext={t('stylize.wipeAt', { percent })}
        sx={{ position: 'absolute', inset: 0, width: 1, height: 1, m: 0, opacity: 0, cursor: 'ew-resize' }}
      />
      {name('left', t('stylize.before'))}
      {name('right', t('stylize.after'))}
    </>
  );
}
