import AutoFixHigh from '@mui/icons-material/AutoFixHigh';
import CompareOutlined from '@mui/icons-material/CompareOutlined';
import EmojiEventsOutlined from '@mui/icons-material/EmojiEventsOutlined';
import GridViewOutlined from '@mui/icons-material/GridViewOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import { useMotions, usePlan, useTakes } from '../../api/queries.ts';
import { useEditor, useSession } from '../../api/studio-context.tsx';
import { ActionButton } from '../../components/ActionButton.tsx';
import { TakeOrderButton } from '../../components/TakeOrderButton.tsx';
import { TakeCard } from '../../components/TakeCard.tsx';
import { activeTake, sceneTakesOf, takesOf } from '../../../src-shared/takes/take-of-event.ts';
import { inOrder } from '../../../src-shared/takes/take-order.ts';
import { choicesOfRecipe } from '../../editor/event-motions.ts';
import { wordsAgain } from '../../editor/event-recipe.ts';
import { finishTake, presetToFinish } from '../../editor/generate.ts';
import { chooseTake, takeName } from '../../editor/take-commands.ts';
import { formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { Section } from './Section.tsx';

/** The takes of one event, newest first; a click makes one stand for the event. */
export function EventTakes({ event }: { event: PromptEvent }) {
  const editor = useEditor();
  const all = useTakes();
  const order = useSession((state) => state.takeOrder);
  const takes = inOrder([...takesOf(all, event.id), ...sceneTakesOf(all, event.id)], order);
  const active = activeTake(all, event);
  const draft = active?.preset === 'draft' && active.recipe.scene === undefined ? active : null;
  const finished = presetToFinish(event.preset);
  const { motions } = useMotions();
  const choices = draft ? choicesOfRecipe(draft.recipe, motions) : null;
  const plan = usePlan(draft && choices ? { projectId: editor.project.id, ...wordsAgain(draft.recipe), seed: draft.recipe.seed, preset: finished, motions: choices, packId: draft.recipe.pack.id, promptEventId: event.id } : null);
  const quality = t(`preset.${finished}`);
  const canCompare = takesOf(all, event.id).length > 1 || sceneTakesOf(all, event.id).length > 1;
  return (
    <Section
      title={t('takes.ofEvent', { count: takes.length })}
      end={<Box sx={{ display: 'flex', mr: -1 }}>{canCompare ? <><TakeOrderButton /><ActionButton id="rankTakes" icon={<EmojiEventsOutlined />} /><ActionButton id="compareTakes" icon={<CompareOutlined />} /></> : null}<ActionButton id="vary" icon={<GridViewOutlined />} /></Box>}
    >
      {draft && !editor.project.readOnly ? (
        <Button fullWidth variant="outlined" color="inherit" startIcon={<AutoFixHigh sx={{ fontSize: '16px !important' }} />} onClick={() => void finishTake(editor, draft, finished)} sx={{ mb: 2, borderColor: 'studio.eventLine', color: 'primary.light' }}>
          {plan === null || plan.expectedMs === null ? t('fastPreview.finish', { quality }) : t('fastPreview.finishIn', { quality, time: formatDuration(plan.expectedMs) })}
        </Button>
      ) : null}
      <Box component="ul" aria-label={t('takes.list')} sx={{ m: 0, p: 0, mx: '-4px', display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(86px, 1fr))', gap: 0.5 }}>
        {takes.map((take) => (
          <TakeCard key={take.id} take={take} isActive={take.id === active?.id} caption={takeName(take)} onClick={() => chooseTake(editor, take, event)} onOpen={() => editor.session.setState({ viewerSource: { kind: 'asset', assetId: take.asset.id }, playhead: 0, shuttle: 0 })} />
        ))}
      </Box>
    </Section>
  );
}
