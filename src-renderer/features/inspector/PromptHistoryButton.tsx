import Close from '@mui/icons-material/Close';
import History from '@mui/icons-material/History';
import Search from '@mui/icons-material/Search';
import Star from '@mui/icons-material/Star';
import StarBorder from '@mui/icons-material/StarBorder';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import InputAdornment from '@mui/material/InputAdornment';
import Popover from '@mui/material/Popover';
import TextField from '@mui/material/TextField';
import { useDeferredValue, useRef, useState, type KeyboardEvent } from 'react';
import type { UsedPrompt } from '../../../src-shared/contract/prompts.ts';
import { usePrompts } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { forgetPrompt, starPrompt } from '../../editor/prompt-history.ts';
import { formatAgo } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

/** Opens everything that was asked for before: searched by its words, starred, and brought back with a click. */
export function PromptHistoryButton({ onPick }: { onPick: (words: string) => void }) {
  const { project } = useEditor();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const pick = (words: string) => {
    setAnchor(null);
    onPick(words);
  };
  return (
    <>
      <IconAction label={t('promptHistory.open')} icon={<History />} onClick={(click) => setAnchor(click.currentTarget)} sx={{ p: 0.5, '& svg': { fontSize: 16 } }} />
      <Popover open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)} anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }} transformOrigin={{ vertical: 'top', horizontal: 'right' }} slotProps={{ paper: { role: 'dialog', 'aria-label': t('promptHistory.title'), sx: { width: 380, maxHeight: 440, display: 'flex', flexDirection: 'column' } } }}>
        <PromptHistory onPick={pick} isReadOnly={project.readOnly} />
      </Popover>
    </>
  );
}

function PromptHistory({ onPick, isReadOnly }: { onPick: (words: string) => void; isReadOnly: boolean }) {
  const [search, setSearch] = useState('');
  const [starred, setStarred] = useState(false);
  const { prompts, total, isLoading } = usePrompts(useDeferredValue(search.trim()), starred);
  const list = useRef<HTMLUListElement>(null);
  const [nowMs] = useState(() => Date.now());
  const goTo = (from: Element | null, step: 1 | -1) => {
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>('[data-words]') ?? [])];
    buttons[Math.max(0, buttons.findIndex((button) => button === from) + step)]?.focus();
  };
  const onKeyDown = (key: KeyboardEvent) => {
    if (key.key === 'ArrowDown') goTo(document.activeElement, 1);
    else if (key.key === 'ArrowUp') goTo(document.activeElement, -1);
    else return;
    key.preventDefault();
  };
  return (
    <Box onKeyDown={onKeyDown} sx={{ display: 'flex', flexDirection: 'column', minHeight: 0 }}>
      <Box sx={{ flex: 'none', display: 'flex', gap: 1, p: 2.5, pb: 1.5 }}>
        <TextField
          autoFocus value={search} onChange={(change) => setSearch(change.target.value)} placeholder={t('promptHistory.search')}
          slotProps={{ htmlInput: { 'aria-label': t('promptHistory.search') }, input: { startAdornment: <InputAdornment position="start"><Search sx={{ fontSize: 16 }} /></InputAdornment>, sx: { height: 30, fontSize: 12.5 } } }}
        />
        <IconAction label={t('promptHistory.starredOnly')} icon={<Star />} pressed={starred} onClick={() => setStarred(!starred)} />
      </Box>
      <Box role="status" sx={{ flex: 'none', px: 3, pb: 1, fontSize: 11, color: 'text.secondary' }}>{isLoading ? '' : prompts.length === 0 ? t(search === '' && !starred ? 'promptHistory.empty' : 'promptHistory.nothingFound') : t('promptHistory.count', { count: total })}</Box>
      <Box component="ul" ref={list} aria-label={t('promptHistory.title')} sx={{ m: 0, p: 0, listStyle: 'none', overflowY: 'auto', pb: 1.5 }}>
        {prompts.map((prompt) => <PromptRow key={prompt.words} prompt={prompt} nowMs={nowMs} isReadOnly={isReadOnly} onPick={() => onPick(prompt.words)} />)}
      </Box>
    </Box>
  );
}

function PromptRow({ prompt: { words, uses, usedAt, starred }, nowMs, isReadOnly, onPick }: { prompt: UsedPrompt; nowMs: number; isReadOnly: boolean; onPick: () => void }) {
  const editor = useEditor();
  return (
    <Box component="li" sx={{ display: 'flex', alignItems: 'flex-start', pr: 1.5, '& .quiet': { opacity: 0 }, '&:hover .quiet, &:focus-within .quiet': { opacity: 1 }, '&:hover, &:focus-within': { bgcolor: 'studio.raised' } }}>
      <ButtonBase data-words disabled={isReadOnly} onClick={onPick} sx={{ flex: 1, minWidth: 0, display: 'block', textAlign: 'left', px: 3, py: 1 }}>
        <Box component="span" sx={{ display: '-webkit-box', WebkitLineClamp: 2, WebkitBoxOrient: 'vertical', overflow: 'hidden', fontSize: 12.5, lineHeight: 1.4, overflowWrap: 'anywhere' }}>{words}</Box>
        <Box component="span" sx={{ fontSize: 11, color: 'text.secondary' }}>{formatAgo(usedAt, nowMs)}{uses > 1 ? ` · ${t('promptHistory.uses', { count: uses })}` : ''}</Box>
      </ButtonBase>
      <Box className={starred ? '' : 'quiet'} sx={{ flex: 'none', pt: 0.5 }}><IconAction label={t(starred ? 'promptHistory.unstar' : 'promptHistory.star')} pressed={starred} disabled={isReadOnly} icon={starred ? <Star /> : <StarBorder />} onClick={() => void starPrompt(editor, words, !starred)} sx={{ p: 0.75, '& svg': { fontSize: 15 } }} /></Box>
      <Box className="quiet" sx={{ flex: 'none', pt: 0.5 }}><IconAction label={t('promptHistory.forget')} disabled={isReadOnly} icon={<Close />} onClick={() => void forgetPrompt(editor, words)} sx={{ p: 0.75, '& svg': { fontSize: 15 } }} /></Box>
    </Box>
  );
}
