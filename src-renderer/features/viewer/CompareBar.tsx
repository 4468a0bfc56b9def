import Close from '@mui/icons-material/Close';
import SwapHoriz from '@mui/icons-material/SwapHoriz';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import type { Take } from '../../../src-shared/contract/takes.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { compareBlindly, compareTakes, leaveComparison } from '../../editor/compare-takes.ts';
import type { Comparison } from '../../editor/session-store.ts';
import { chooseTake, takeName } from '../../editor/take-commands.ts';
import { t } from '../../i18n/text.ts';

/** What is compared, how, and which one to use. */
export function CompareBar({ a, b, mode, blind }: { a: Take; b: Take; mode: Comparison['mode']; blind: boolean }) {
  const editor = useEditor();
  const use = (take: Take) => {
    leaveComparison(editor);
    chooseTake(editor, take);
  };
  const side = (letter: 'A' | 'B', take: Take) => (
    <Button color="inherit" size="small" disabled={editor.project.readOnly} onClick={() => use(take)} title={blind ? '' : takeName(take)} sx={{ minWidth: 0, maxWidth: 220, gap: 1, color: 'text.secondary' }}>
      <Box component="span" sx={{ fontWeight: 650, color: 'text.primary' }}>{letter}</Box>
      <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{blind ? t('compare.useBlind') : t('compare.use', { take: takeName(take) })}</Box>
    </Button>
  );
  return (
    <Box role="group" aria-label={t('compare.region')} sx={{ flex: 'none', height: 36, display: 'flex', alignItems: 'center', gap: 2, px: 2, bgcolor: 'studio.panel', borderBottom: 1, borderColor: 'studio.line' }}>
      <ToggleButtonGroup exclusive size="small" value={mode} aria-label={t('compare.mode')} onChange={(_, next: Comparison['mode'] | null) => { if (next) editor.session.setState({ comparison: { a: a.id, b: b.id, mode: next, blind } }); }} sx={{ '& button': { py: 0.25, px: 1.5, fontSize: 11.5, textTransform: 'none' } }}>
        <ToggleButton value="wipe">{t('compare.modeWipe')}</ToggleButton>
        <ToggleButton value="sideBySide">{t('compare.modeSide')}</ToggleButton>
      </ToggleButtonGroup>
      {side('A', a)}
      <IconAction label={t('compare.swap')} icon={<SwapHoriz />} onClick={() => compareTakes(editor, b, a, mode, blind)} />
      {side('B', b)}
      <Box sx={{ flex: 1 }} />
      <Button color="inherit" size="small" aria-pressed={blind} title={t('compare.blindHelp')} onClick={() => (blind ? compareTakes(editor, a, b, mode) : compareBlindly(editor, a, b, mode, Math.random()))} sx={{ color: 'text.secondary' }}>{t(blind ? 'compare.reveal' : 'compare.blind')}</Button>
      <IconAction label={t('compare.close')} icon={<Close />} onClick={() => leaveComparison(editor)} />
    </Box>
  );
}
