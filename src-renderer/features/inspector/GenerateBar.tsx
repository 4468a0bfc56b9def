import AutoAwesome from '@mui/icons-material/AutoAwesome';
import KeyboardArrowDown from '@mui/icons-material/KeyboardArrowDown';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonGroup from '@mui/material/ButtonGroup';
import FormControlLabel from '@mui/material/FormControlLabel';
import ListItemText from '@mui/material/ListItemText';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Switch from '@mui/material/Switch';
import { useState } from 'react';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import { framesToSeconds } from '../../../src-shared/timing/frame-rate.ts';
import { useJobs, usePacks } from '../../api/queries.ts';
import { useDocument, useEditor, useSession } from '../../api/studio-context.tsx';
import { ActionKeys } from '../../components/ActionKeys.tsx';
import { runAction } from '../../editor/actions.ts';
import { UNFINISHED } from '../../editor/editor.ts';
import { clipFrames } from '../../editor/generate.ts';
import { needsScene, sceneNeeds } from '../../editor/scene-needs.ts';
import { studioActions } from '../../editor/studio-actions.ts';
import { sequenceOf } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';

/** Says what of an event a clip of it alone leaves out, before anybody waits for it. */
function SceneHint({ event }: { event: PromptEvent }) {
  const editor = useEditor();
  usePacks();
  const records = useDocument((state) => state.records);
  const frames = clipFrames(editor);
  const needs = sceneNeeds(records, event, frames);
  if (!needsScene(needs)) return null;
  const left = [needs.length ? t('generate.wholeLength') : '', needs.images ? t('generate.withImages') : '', needs.motions ? t('generate.withMotions') : ''].filter((part) => part !== '');
  const seconds = Number(framesToSeconds(frames, sequenceOf(records).frameRate).toFixed(1));
  return <Box role="note" sx={{ mb: 2, fontSize: 11.5, lineHeight: 1.45, color: 'text.secondary' }}>{t('generate.alone', { seconds, needs: left.join(', ') })}</Box>;
}

/** The main button, always at the same place at the bottom of the inspector. */
export function GenerateBar({ event }: { event: PromptEvent | null }) {
  const editor = useEditor();
  const ahead = useJobs().filter((job) => job.kind === 'generate' && UNFINISHED.has(job.state)).length;
  const fastPreview = useSession((state) => state.fastPreview);
  const makesDraft = fastPreview && event !== null && event.preset !== 'draft';
  const [menu, setMenu] = useState<HTMLElement | null>(null);
  const run = (id: 'generate' | 'generateNext') => {
    setMenu(null);
    // The inspector may show the event under the playhead without a selection: generate what is shown.
    editor.drafts.commitAll();
    if (event && editor.session.getState().selectedIds.length === 0) editor.session.setState({ selectedIds: [event.id] });
    runAction(editor, studioActions.get(id));
  };
  return (
    <Box sx={{ flex: 'none', p: 3, borderTop: 1, borderColor: 'studio.line' }}>
      {event ? <SceneHint event={event} /> : null}
      <Box sx={{ display: 'flex', alignItems: 'center', mb: 1.5, minHeight: 26 }}>
        <FormControlLabel
          control={<Switch size="small" checked={fastPreview} onChange={(_, next) => editor.session.setState({ fastPreview: next })} />} label={t('fastPreview.label')} title={t('fastPreview.help')}
          sx={{ m: 0, gap: 1, '& .MuiFormControlLabel-label': { fontSize: 12 } }}
        />
        {fastPreview && event && event.preset !== 'draft' ? <Box component="span" sx={{ ml: 'auto', fontSize: 11, color: 'text.secondary' }}>{t('fastPreview.then', { quality: t(`preset.${event.preset}`) })}</Box> : null}
      </Box>
      <ButtonGroup variant="contained" fullWidth disableElevation disabled={editor.project.readOnly}>
        <Button onClick={() => run('generate')} startIcon={<AutoAwesome />} sx={{ minHeight: 38, fontSize: 13.5 }}>
          {ahead > 0 ? t('generate.queueBehind', { count: ahead }) : t(makesDraft ? 'fastPreview.generate' : 'action.generate')}
        </Button>
        <Button aria-label={t('generate.more')} aria-haspopup="menu" onClick={(click) => setMenu(click.currentTarget)} sx={{ maxWidth: 36, px: 0 }}><KeyboardArrowDown sx={{ fontSize: 18 }} /></Button>
      </ButtonGroup>
      <Menu open={menu !== null} anchorEl={menu} onClose={() => setMenu(null)} anchorOrigin={{ vertical: 'top', horizontal: 'right' }} transformOrigin={{ vertical: 'bottom', horizontal: 'right' }}>
        <MenuItem onClick={() => run('generate')}><ListItemText primary={t('action.generate')} sx={{ mr: 6 }} /><ActionKeys id="generate" /></MenuItem>
        <MenuItem onClick={() => run('generateNext')}><ListItemText primary={t('action.generateNext')} sx={{ mr: 6 }} /><ActionKeys id="generateNext" /></MenuItem>
      </Menu>
    </Box>
  );
}
