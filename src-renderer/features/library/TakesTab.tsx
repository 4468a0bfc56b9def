import AutoAwesomeMotionOutlined from '@mui/icons-material/AutoAwesomeMotionOutlined';
import Search from '@mui/icons-material/Search';
import Star from '@mui/icons-material/Star';
import StarBorder from '@mui/icons-material/StarBorder';
import Box from '@mui/material/Box';
import InputAdornment from '@mui/material/InputAdornment';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useDeferredValue, useMemo, useState } from 'react';
import { useTakes } from '../../api/queries.ts';
import { useDocument, useEditor, useSession } from '../../api/studio-context.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { TakeCard } from '../../components/TakeCard.tsx';
import { TakeOrderButton } from '../../components/TakeOrderButton.tsx';
import { useCardGrid } from '../../components/use-card-grid.ts';
import type { Take } from '../../../src-shared/contract/takes.ts';
import { inOrder } from '../../../src-shared/takes/take-order.ts';
import { activeTake } from '../../../src-shared/takes/take-of-event.ts';
import { eventById } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';

/** Every generation of the project, newest first. */
export function TakesTab() {
  const editor = useEditor();
  const takes = useTakes();
  const records = useDocument((state) => state.records);
  const [search, setSearch] = useState('');
  const [starredOnly, setStarredOnly] = useState(false);
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const order = useSession((state) => state.takeOrder);
  const [leastRating, setLeastRating] = useState(0);
  const shown = useMemo(() => {
    const words = wanted.split(/\s+/u).filter((word) => word !== '');
    const matches = ({ label, recipe }: Take) => words.every((word) => `${label} ${recipe.prompt} ${recipe.seed}`.toLowerCase().includes(word));
    return inOrder(takes.filter((take) => (!starredOnly || take.starred) && take.rating >= leastRating && matches(take)), order);
  }, [takes, starredOnly, wanted, leastRating, order]);
  const { scroller, list, height, cards, cardWidth } = useCardGrid(shown.length);
  return (
    <>
      <Box sx={{ flex: 'none', display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1, p: 2.5 }}>
        <TextField
          fullWidth value={search} onChange={(event) => setSearch(event.target.value)} placeholder={t('takes.search')}
          slotProps={{ htmlInput: { 'aria-label': t('takes.search') }, input: { startAdornment: <InputAdornment position="start"><Search sx={{ fontSize: 16 }} /></InputAdornment>, sx: { height: 30, fontSize: 12.5 } } }}
        />
        <TextField select value={leastRating} onChange={(event) => setLeastRating(Number(event.target.value))} sx={{ flex: 'none', width: 124 }} slotProps={{ htmlInput: { 'aria-label': t('takeMarks.atLeast') }, input: { sx: { height: 30, fontSize: 12 } } }}>
          <MenuItem value={0}>{t('takeMarks.anyRating')}</MenuItem>
          {[1, 2, 3, 4, 5].map((rating) => <MenuItem key={rating} value={rating}>{t('takeMarks.orMore', { rating })}</MenuItem>)}
        </TextField>
        <IconAction label={t('takes.starredOnly')} icon={starredOnly ? <Star /> : <StarBorder />} pressed={starredOnly} onClick={() => setStarredOnly(!starredOnly)} />
        <TakeOrderButton />
      </Box>
      <Box ref={scroller} data-testid="takes-scroll" sx={{ flex: 1, minHeight: 0, overflowY: 'auto', px: 2.5, pb: 2.5 }}>
        {takes.length === 0 ? <EmptyState icon={<AutoAwesomeMotionOutlined />} title={t('takes.empty')} body={t('takes.emptyHelp')} /> : null}
        {takes.length > 0 && shown.length === 0 ? <EmptyState title={t('takes.nothingFound')} /> : null}
        <Box ref={list} component="ul" aria-label={t('takes.all')} sx={{ m: 0, p: 0, position: 'relative' }} style={{ height }}>
          {cards.map(({ index, top, left }) => {
            const take = shown[index];
            if (take === undefined) return null;
            const event = eventById(records, take.promptEventId);
            const isActive = event !== null && activeTake(takes, event)?.id === take.id;
            return (
              <TakeCard
                key={take.id} take={take} isActive={isActive} caption={take.recipe.prompt} place={{ position: 'absolute', width: cardWidth, top, left }}
                onClick={() => editor.session.setState({ selectedIds: [take.id, ...(event ? [event.id] : [])], rightOpen: true })}
                onOpen={() => editor.session.setState({ viewerSource: { kind: 'asset', assetId: take.asset.id }, playhead: 0, shuttle: 0 })}
              />
            );
          })}
        </Box>
      </Box>
    </>
  );
}
