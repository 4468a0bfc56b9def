import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import TextField from '@mui/material/TextField';
import { useEffect, useRef, useState } from 'react';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import { useEditor, useSession } from '../../api/studio-context.tsx';
import { useDraftText } from '../../components/use-draft-text.ts';
import { createEvent, promptProblem } from '../../editor/generate.ts';
import { patchEvent } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { Section } from './Section.tsx';

const EXAMPLES = ['prompt.example.1', 'prompt.example.2', 'prompt.example.3', 'prompt.example.4'] as const;
const MAX_PROMPT = 2000;

/** What happens, and what must not. */
export function PromptFields({ event }: { event: PromptEvent | null }) {
  const editor = useEditor();
  const { transact } = editor.document;
  const input = useRef<HTMLTextAreaElement>(null);
  const focusRequest = useSession((state) => state.promptFocusRequest);
  const [wasAsked, setAsked] = useState<string | null>(null);
  const target = event?.id ?? 'new';

  const commitPrompt = (text: string) => {
    // The selection may have moved on while one typed: this edit belongs to the event it was typed for.
    if (event) transact(t('edit.prompt'), (records) => patchEvent(records, event.id, { prompt: text }));
    else if (text.trim() !== '') createEvent(editor, { prompt: text, focusPrompt: false });
  };
  const prompt = useDraftText(target, event?.prompt ?? '', commitPrompt);
  const negative = useDraftText(target, event?.negativePrompt ?? '', (text) => {
    if (event) transact(t('edit.negativePrompt'), (records) => patchEvent(records, event.id, { negativePrompt: text }));
  });

  useEffect(() => {
    if (focusRequest === 0) return;
    input.current?.focus();
    setAsked(target);
    // Only a new request moves the focus, not a new target.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [focusRequest]);

  const problem = wasAsked === target && focusRequest > 1 ? promptProblem(prompt.text) : null;
  const isReadOnly = editor.project.readOnly;
  return (
    <>
      <Section title={t('inspector.prompt')} end={prompt.text.length > MAX_PROMPT * 0.9 ? <Box component="span" sx={{ fontSize: 11, color: 'text.secondary' }}>{prompt.text.length}/{MAX_PROMPT}</Box> : null}>
        <TextField
          multiline minRows={3} maxRows={8} placeholder={t('prompt.placeholder')} value={prompt.text} disabled={isReadOnly}
          error={problem !== null} helperText={problem} inputRef={input}
          onChange={(change) => prompt.setText(change.target.value)} onBlur={prompt.flush}
          slotProps={{ htmlInput: { 'aria-label': t('inspector.prompt'), maxLength: MAX_PROMPT }, formHelperText: { sx: { mx: 0 } }, input: { sx: { p: 2.5, lineHeight: 1.5 } } }}
        />
        {prompt.text.trim() === '' && !isReadOnly ? (
          <Box role="group" aria-label={t('prompt.examples')} sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, mt: 2 }}>
            {EXAMPLES.map((key) => (
              <Chip key={key} size="small" variant="outlined" clickable label={t(key)} onClick={() => { commitPrompt(t(key)); input.current?.focus(); }} sx={{ height: 24, borderColor: 'divider', color: 'text.secondary', '&:hover': { color: 'text.primary' } }} />
            ))}
          </Box>
        ) : null}
      </Section>
      {event ? (
        <Section title={t('inspector.negativePrompt')}>
          <TextField
            multiline maxRows={3} placeholder={t('prompt.negativePlaceholder')} value={negative.text} disabled={isReadOnly}
            onChange={(change) => negative.setText(change.target.value)} onBlur={negative.flush}
            slotProps={{ htmlInput: { 'aria-label': t('inspector.negativePrompt'), maxLength: MAX_PROMPT }, input: { sx: { px: 2.5, py: 1.5 } } }}
          />
        </Section>
      ) : null}
    </>
  );
}
