import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Divider from '@mui/material/Divider';
import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { RecipeReport, RecipeSource } from '../../../src-shared/contract/recipes.ts';
import { useAsset } from '../../api/asset-queries.ts';
import { useTakes } from '../../api/queries.ts';
import { useDocument, useEditor } from '../../api/studio-context.tsx';
import { currentEvent } from '../../editor/editor.ts';
import { restoreRecipe } from '../../editor/recipe-commands.ts';
import { sequenceOf } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { RecipeDiff } from './RecipeDiff.tsx';
import { recipeRows, shownWords } from './recipe-rows.ts';
import { VerifyPanel } from './VerifyPanel.tsx';

/** A clip's line where a file tells of several. */
const title = ({ recipe }: RecipeReport['clips'][number]): string => shownWords(recipe.scene === undefined ? recipe.prompt : recipe.scene.events.map(({ prompt }) => prompt).join(' → '));

/** What a file says about how it was made, against this project and its models; puts it back onto the timeline, and checks whether it holds. */
export function RecipeDialog({ source, name }: { readonly source: RecipeSource; readonly name: string }) {
  const editor = useEditor();
  const { client, project, session } = editor;
  const [selected] = useState(() => currentEvent(editor));
  const sequence = useDocument((state) => sequenceOf(state.records));
  const [shown, setShown] = useState(0);
  const [target, setTarget] = useState<'selected' | 'new'>('new');
  const [makeNow, setMakeNow] = useState(false);
  const { data, error } = useQuery({ queryKey: [project.id, 'recipe', source], queryFn: () => client.recipes.read({ projectId: project.id, source }) });
  const takes = useTakes();
  const close = () => session.setState({ dialog: null });

  const report = data?.report ?? null;
  const clip = report?.clips[shown] ?? null;
  const isOneEvent = report?.clips.length === 1 && clip?.recipe.scene === undefined;
  const into = isOneEvent && target === 'selected' ? (selected?.id ?? null) : null;
  const assetId = 'assetId' in source ? source.assetId : null;
  const inLibrary = useAsset(assetId);
  const asset = inLibrary ?? takes.find((take) => take.asset.id === assetId)?.asset ?? null;
  const isRunnable = report?.clips.some(({ problem }) => problem === null) === true;
  const isWithheld = report?.clips.every((each) => each.isWithheld) === true;
  return (
    <Dialog open onClose={close} fullWidth maxWidth="md" slotProps={{ paper: { 'aria-label': t('recipe.title') } }}>
      <DialogTitle sx={{ overflowWrap: 'anywhere' }}>{t('recipe.titleOf', { name: shownWords(name) })}</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 3 }}>
        {error instanceof Error ? <Alert severity="error" variant="outlined">{error.message}</Alert> : null}
        {data !== undefined && report === null ? <Alert severity="info" variant="outlined">{t('recipe.none')}</Alert> : null}
        {report !== null && report.clips.length > 1 ? (
          <TextField select size="small" label={t('recipe.clip')} value={shown} onChange={(event) => setShown(Number(event.target.value))}>
            {report.clips.map((each, index) => <MenuItem key={index} value={index}>{t('recipe.clipOf', { number: index + 1, count: report.clips.length, words: title(each) })}</MenuItem>)}
          </TextField>
        ) : null}
        {clip === null ? null : (
          <>
            {clip.problem === null ? null : <Alert severity="warning" variant="outlined" data-testid="recipe-problem">{clip.problem}</Alert>}
            <RecipeDiff rows={recipeRows(clip, into === null ? null : selected, sequence)} />
            {asset?.kind === 'video' && report?.clips.length === 1 ? <><Divider /><VerifyPanel assetId={asset.id} problem={clip.problem} /></> : null}
            <Divider />
            <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 3 }}>
              {isOneEvent && selected !== null ? (
                <TextField select size="small" label={t('recipe.target')} value={target} onChange={(event) => setTarget(event.target.value === 'selected' ? 'selected' : 'new')} sx={{ width: 260 }}>
                  <MenuItem value="new">{t('recipe.target.new')}</MenuItem>
                  <MenuItem value="selected">{t('recipe.target.selected')}</MenuItem>
                </TextField>
              ) : <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t(isOneEvent ? 'recipe.asNewEvent' : 'recipe.asNewEvents')}</Typography>}
              <FormControlLabel disabled={!isRunnable} control={<Checkbox size="small" checked={makeNow && isRunnable} onChange={(event) => setMakeNow(event.target.checked)} />} label={<Box component="span" sx={{ fontSize: 12.5 }}>{t(clip.knownAssetId === null ? 'recipe.makeNow' : 'recipe.makeNowKnown')}</Box>} />
            </Box>
          </>
        )}
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={close}>{t('action.close')}</Button>
        <Button variant="contained" disabled={report === null || isWithheld || project.readOnly} onClick={() => { if (report !== null) void restoreRecipe(editor, report, { into, makeNow: makeNow && isRunnable }); }}>{t('recipe.restore')}</Button>
      </DialogActions>
    </Dialog>
  );
}
