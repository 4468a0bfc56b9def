import Autocomplete from '@mui/material/Autocomplete';
import Box from '@mui/material/Box';
import Rating from '@mui/material/Rating';
import TextField from '@mui/material/TextField';
import { TakeLabel, type Take } from '../../../src-shared/contract/takes.ts';
import { useTakes } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { useDraftText } from '../../components/use-draft-text.ts';
import { labelTake, rateTake } from '../../editor/take-commands.ts';
import { t } from '../../i18n/text.ts';

const MAX_LABEL = TakeLabel.maxLength ?? undefined;

/** What the creator thinks of a take: marks out of five, and a word typed freely or chosen from those in use. */
export function TakeMarks({ take }: { take: Take }) {
  const editor = useEditor();
  const used = [...new Set(useTakes().map(({ label }) => label))].filter((label) => label !== '').sort((a, b) => a.localeCompare(b));
  const label = useDraftText(take.id, take.label, (text) => void labelTake(editor, take, text));
  const disabled = editor.project.readOnly;
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 3 }}>
      <Rating
        name={`rating-${take.id}`} value={take.rating} size="small" disabled={disabled} onChange={(_, rating) => void rateTake(editor, take, rating ?? 0)}
        getLabelText={(rating) => t('takeMarks.rated', { rating })} emptyLabelText={t('takeMarks.unrated')} aria-label={t('takeMarks.rating')}
      />
      <Autocomplete
        freeSolo fullWidth size="small" options={used} inputValue={label.text} disabled={disabled}
        onInputChange={(_, text, reason) => { if (reason !== 'reset') label.setText(text); }} onChange={(_, text) => { if (text !== null) void labelTake(editor, take, text); }}
        renderInput={(params) => <TextField {...params} placeholder={t('takeMarks.label')} onBlur={label.flush} slotProps={{ ...params.slotProps, htmlInput: { ...params.slotProps?.htmlInput, 'aria-label': t('takeMarks.label'), maxLength: MAX_LABEL } }} />}
      />
    </Box>
  );
}
