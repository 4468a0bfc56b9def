import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { projectKeys } from '../../editor/editor.ts';
import { useDocument, useEditor, useSession } from '../../api/studio-context.tsx';
import { makeVariants, MAX_VARIANTS, startVariations, variantsOfWords, varyRequest, type VariedBy } from '../../editor/variations.ts';
import { eventById } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { costWords } from './scene-estimate.ts';
import { VariationCellView } from './VariationCellView.tsx';

const SIZES = [4, 9] as const;

/** Variations of one event in a grid, each a small loop, while every other event stays as it is. Picking one makes it the take. */
export function VariationDialog({ eventId, onClose }: { eventId: string; onClose: () => void }) {
  const editor = useEditor();
  const event = useDocument((state) => eventById(state.records, eventId));
  const cells = useSession((state) => state.variations[eventId]);
  const preset = useSession((state) => state.scenePreset);
  const [size, setSize] = useState<(typeof SIZES)[number]>(4);
  const [by, setBy] = useState<VariedBy>('seed');
  const [isStarting, setStarting] = useState(false);
  // Drawn once for each choice, so that the estimate is of the very seeds that are made.
  const [variants, setVariants] = useState(() => makeVariants('seed', 4));
  const [lines, setLines] = useState('');
  const choose = (nextBy: VariedBy, nextSize: (typeof SIZES)[number]) => {
    setBy(nextBy);
    setSize(nextSize);
    setVariants(nextBy === 'words' ? variantsOfWords(lines) : makeVariants(nextBy, nextSize));
  };
  const write = (text: string) => {
    setLines(text);
    setVariants(variantsOfWords(text));
  };
  const { data: cost, error } = useQuery({
    queryKey: [...projectKeys.assets(editor.project.id), 'planVary', eventId, preset, variants],
    queryFn: () => editor.client.scenes.planVary(varyRequest(editor, eventId, variants)),
    enabled: variants.length > 0,
    retry: false,
    placeholderData: (previous) => previous,
  });
  if (event === null) return null;
  const make = async () => {
    setStarting(true);
    await startVariations(editor, event, variants);
    setStarting(false);
    choose(by, size);
  };
  const shown = cells?.length ?? variants.length;
  const columns = shown > 4 ? 3 : 2;
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="md" aria-labelledby="vary-title">
      <DialogTitle id="vary-title" sx={{ pb: 1 }}>
        {t('vary.title')}
        <Box component="span" sx={{ display: 'block', fontSize: 12.5, fontWeight: 400, color: 'text.secondary', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{event.prompt}</Box>
      </DialogTitle>
      <DialogContent sx={{ pb: 1 }}>
        <Box sx={{ display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', gap: 2, mb: 3 }}>
          <ToggleButtonGroup exclusive size="small" value={by} aria-label={t('vary.by')} onChange={(_, next: VariedBy | null) => { if (next) choose(next, size); }}>
            <ToggleButton value="seed">{t('vary.bySeed')}</ToggleButton>
            <ToggleButton value="strength">{t('vary.byStrength')}</ToggleButton>
            <ToggleButton value="words">{t('varyWords.by')}</ToggleButton>
            <ToggleButton value="motion" disabled={event.motions.length === 0}>{t('vary.byMotion')}</ToggleButton>
          </ToggleButtonGroup>
          {by === 'words' ? null : <ToggleButtonGroup exclusive size="small" value={size} aria-label={t('vary.size')} onChange={(_, next: (typeof SIZES)[number] | null) => { if (next) choose(by, next); }}>
            {SIZES.map((count) => <ToggleButton key={count} value={count} aria-label={t('vary.count', { count, side: Math.sqrt(count) })}>{Math.sqrt(count)} × {Math.sqrt(count)}</ToggleButton>)}
          </ToggleButtonGroup>}
        </Box>
        {by === 'words' ? <TextField multiline minRows={3} maxRows={8} label={t('varyWords.lines')} helperText={t('varyWords.help', { most: MAX_VARIANTS })} value={lines} onChange={(change) => write(change.target.value)} sx={{ mb: 3 }} /> : null}
        <Box component="ul" aria-label={t('vary.grid')} sx={{ m: 0, p: 0, listStyle: 'none', display: 'grid', gap: 1.5, gridTemplateColumns: `repeat(${columns}, 1fr)`, maxWidth: columns === 2 ? 620 : 'none', mx: 'auto' }}>
          {cells === undefined
            ? variants.map((_, index) => <Box key={index} component="li" aria-hidden sx={{ aspectRatio: '16 / 10', borderRadius: 1.5, border: 1, borderStyle: 'dashed', borderColor: 'divider', display: 'grid', placeItems: 'center', color: 'text.disabled', fontSize: 12 }}>{index + 1}</Box>)
            : cells.map((cell, index) => <VariationCellView key={cell.jobId} cell={cell} index={index} event={event} onPicked={onClose} />)}
        </Box>
      </DialogContent>
      <DialogActions>
        <Box role="status" aria-label={t('vary.cost')} sx={{ flex: 1, minWidth: 0, fontSize: 12, color: error ? 'error.main' : 'text.secondary' }}>{error ? error.message : cost ? costWords(cost) : ''}</Box>
        <Button color="inherit" onClick={onClose}>{t('action.close')}</Button>
        <Button variant="contained" disabled={isStarting || error !== null || variants.length === 0 || editor.project.readOnly} onClick={() => void make()}>{t('vary.make', { count: variants.length })}</Button>
      </DialogActions>
    </Dialog>
  );
}
