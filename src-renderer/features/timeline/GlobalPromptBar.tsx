import Box from '@mui/material/Box';
import InputBase from '@mui/material/InputBase';
import { memo } from 'react';
import { useDocument, useEditor } from '../../api/studio-context.tsx';
import { useDraftText } from '../../components/use-draft-text.ts';
import { sequenceOf, setGlobalPrompt } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';

/** Words that go to every event: style, light, place. */
export const GlobalPromptBar = memo(function GlobalPromptBar() {
  const editor = useEditor();
  const value = useDocument((state) => sequenceOf(state.records).globalPrompt);
  const field = useDraftText('global', value, (text) => editor.document.transact(t('edit.globalPrompt'), (records) => setGlobalPrompt(records, text)));
  return (
    <Box sx={{ height: 1, px: 1.5, py: 1, bgcolor: 'studio.panel', borderBottom: 1, borderColor: 'studio.line' }}>
      <InputBase
        fullWidth value={field.text} placeholder={t('prompt.globalPlaceholder')} disabled={editor.project.readOnly} onChange={(event) => field.setText(event.target.value)} onBlur={field.flush}
        onKeyDown={(event) => { if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) field.flush(); }}
        sx={{ height: 1, px: 2, fontSize: 12, borderRadius: 1.5, border: 1, borderColor: 'transparent', bgcolor: 'studio.well', '&:hover': { borderColor: 'divider' }, '&.Mui-focused': { borderColor: 'primary.main' } }}
        slotProps={{ input: { 'aria-label': t('lane.globalPrompt'), maxLength: 2000 } }}
      />
    </Box>
  );
});
