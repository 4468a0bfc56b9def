import Star from '@mui/icons-material/Star';
import StarBorder from '@mui/icons-material/StarBorder';
import Divider from '@mui/material/Divider';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import type { Take } from '../../src-shared/contract/takes.ts';
import { useTakes } from '../api/queries.ts';
import { useDocument, useEditor } from '../api/studio-context.tsx';
import { compareTakes } from '../editor/compare-takes.ts';
import { activeTake, takesOf, wholeScenes } from '../../src-shared/takes/take-of-event.ts';
import { finishTake } from '../editor/generate.ts';
import { openRecipe } from '../editor/recipe-commands.ts';
import { chooseTake, rateTake, recallAll, recallPrompt, recallSeed, remix, removeTake, showRecipe, toggleStar } from '../editor/take-commands.ts';
import { eventById } from '../editor/timeline-edits.ts';
import { t } from '../i18n/text.ts';
import { ActionKeys } from './ActionKeys.tsx';

const RATINGS = [1, 2, 3, 4, 5] as const;
/** Lines, but for the stars of a rating, which share one; keys walk through all of them in order. */
const LIST = {
  display: 'flex', flexWrap: 'wrap', width: 244, '& > *': { flex: '0 0 100%' },
  '& > .star': { flex: '1 0 18%', minWidth: 0, px: 0, justifyContent: 'center', '& svg': { fontSize: 18 } },
  '& > .star:hover, & > .star:has(~ .star:hover)': { color: 'warning.main' },
} as const;
const WITH_KEYS = { justifyContent: 'space-between', gap: 6 } as const;

/** Everything one can do with a take. */
export function TakeMenu({ take, at, onClose, onLabel }: { take: Take; at: { top: number; left: number }; onClose: () => void; onLabel: () => void }) {
  const editor = useEditor();
  const isReadOnly = editor.project.readOnly;
  const takes = useTakes();
  const event = useDocument((state) => eventById(state.records, take.promptEventId));
  const active = event ? activeTake(takes, event) : null;
  const used = active?.promptEventId === take.promptEventId ? active : null;
  // The take in use is compared with the one before it, a whole scene with the newest other one.
  const isScene = take.promptEventId === null && take.recipe.scene !== undefined;
  const family = isScene ? wholeScenes(takes) : takesOf(takes, take.promptEventId ?? '');
  const other = isScene || used?.id === take.id ? (family.find(({ id }) => id !== take.id) ?? null) : used;
  const choose = (run: () => void) => () => {
    onClose();
    run();
  };
  return (
    <Menu open onClose={onClose} anchorReference="anchorPosition" anchorPosition={at} onContextMenu={(event) => { event.preventDefault(); onClose(); }} slotProps={{ list: { sx: LIST } }}>
      <MenuItem disabled={isReadOnly || (take.promptEventId === null && !isScene)} onClick={choose(() => chooseTake(editor, take))}>{t('take.use')}</MenuItem>
      {take.preset === 'final' || take.recipe.scene !== undefined ? null : <MenuItem disabled={isReadOnly} onClick={choose(() => void finishTake(editor, take, take.preset === 'draft' ? 'standard' : 'final'))}>{t(take.preset === 'draft' ? 'take.finishStandard' : 'take.finishFinal')}</MenuItem>}
      <MenuItem disabled={other === null} onClick={choose(() => { if (other) compareTakes(editor, other, take); })}>{t('compare.withUsed')}</MenuItem>
      <MenuItem onClick={choose(() => void toggleStar(editor, take))}>{t(take.starred ? 'take.unstar' : 'take.star')}</MenuItem>
      {RATINGS.map((rating) => (
        <MenuItem
          key={rating} role="menuitemradio" aria-checked={take.rating === rating} aria-label={t('takeMarks.rated', { rating })} title={t('takeMarks.rated', { rating })} disabled={isReadOnly} className="star" sx={{ color: rating <= take.rating ? 'warning.main' : 'text.disabled' }}
          onClick={choose(() => void rateTake(editor, take, take.rating === rating ? 0 : rating))}
        >
          {rating <= take.rating ? <Star /> : <StarBorder />}
        </MenuItem>
      ))}
      <MenuItem disabled={isReadOnly} onClick={onLabel}>{t('takeMarks.labelAction')}</MenuItem>
      <Divider />
      <MenuItem onClick={choose(() => showRecipe(editor, take))} sx={WITH_KEYS}>{t('take.recipe')}<ActionKeys id="takeRecipe" /></MenuItem>
      <MenuItem onClick={choose(() => openRecipe(editor, { assetId: take.asset.id }, take.asset.name))}>{t('recipe.verify')}</MenuItem>
      <MenuItem disabled={isReadOnly || take.promptEventId === null} onClick={choose(() => recallAll(editor, take))} sx={WITH_KEYS}>{t('take.recallAll')}<ActionKeys id="recallAll" /></MenuItem>
      <MenuItem disabled={isReadOnly || take.promptEventId === null} onClick={choose(() => recallSeed(editor, take))} sx={WITH_KEYS}>{t('take.recallSeed')}<ActionKeys id="recallSeed" /></MenuItem>
      <MenuItem disabled={isReadOnly || take.promptEventId === null || take.recipe.scene !== undefined} onClick={choose(() => recallPrompt(editor, take))} sx={WITH_KEYS}>{t('take.recallPrompt')}<ActionKeys id="recallPrompt" /></MenuItem>
      <MenuItem disabled={isReadOnly || take.promptEventId === null || take.recipe.scene !== undefined} onClick={choose(() => remix(editor, take))} sx={WITH_KEYS}>{t('take.remix')}<ActionKeys id="remixTake" /></MenuItem>
      <Divider />
      <MenuItem onClick={choose(() => editor.session.setState({ viewerSource: { kind: 'asset', assetId: take.asset.id }, playhead: 0, shuttle: 0 }))}>{t('take.openAlone')}</MenuItem>
      <MenuItem onClick={choose(() => editor.session.setState({ dialog: { kind: 'export', assetId: take.asset.id } }))}>{t('take.export')}</MenuItem>
      <MenuItem disabled={isReadOnly} onClick={choose(() => removeTake(editor, take))} sx={{ color: 'error.main' }}>{t('take.delete')}</MenuItem>
    </Menu>
  );
}
