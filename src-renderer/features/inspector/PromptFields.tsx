import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import TextField from '@mui/material/TextField';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import { usePrompts } from '../../api/queries.ts';
import { useEditor, useSession } from '../../api/studio-context.tsx';
import { useDraftText } from '../../components/use-draft-text.ts';
import { createEvent, promptProblem } from '../../editor/generate.ts';
import { promptHistory, stepThrough } from '../../editor/prompt-history.ts';
import { patchEvent } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { PromptHistoryButton } from './PromptHistoryButton.tsx';
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

  const { prompts } = usePrompts();
  /** What stood in the field before the first step through the history. */
  const started = useRef('');
  const recalled = useRef<string | null>(null);
  const recall = (key: KeyboardEvent) => {
    if (key.key !== 'ArrowUp' && key.key !== 'ArrowDown') return;
    // With Alt anywhere; plain arrows move the cursor, unless there is nothing to move it in but what was brought here.
    const isFree = prompt.text === '' || prompt.text === recalled.current;
    if (!key.altKey && (!isFree || key.shiftKey || key.ctrlKey || key.metaKey)) return;
    if (prompt.text !== recalled.current) started.current = prompt.text;
    const next = stepThrough(promptHistory(prompts, editor.document.getState().records).filter((words) => words !== started.current.trim()), prompt.text, key.key === 'ArrowUp' ? 'older' : 'newer', started.current);
    key.preventDefault();
    key.stopPropagation();
    if (next === null) return;
    recalled.current = next;
    prompt.setText(next);
  };

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
      <Section
        title={t('inspector.prompt')}
        end={(
          <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mr: -1 }}>
            {prompt.text.length > MAX_PROMPT * 0.9 ? <Box component="span" sx={{ fontSize: 11, color: 'text.secondary' }}>{prompt.text.length}/{MAX_PROMPT}</Box> : null}
            <PromptHistoryButton onPick={(words) => { prompt.flush(); commitPrompt(words); input.current?.focus(); }} />
          </Box>
        )}
      >
        <TextField
          multiline minRows={3} maxRows={8} placeholder={t('prompt.placeholder')} value={prompt.text} disabled={isReadOnly}
          error={problem !== null} helperText={problem} inputRef={input}
          onChange={(change) => prompt.setText(change.target.value)} onBlur={prompt.flush} onKeyDown={recall}
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
