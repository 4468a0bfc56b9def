import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useRef, useState, type KeyboardEvent } from 'react';
import type { Take } from '../../../src-shared/contract/takes.ts';
import { beginRanking, judge, nextPair, questionsLeft, rankedIds, type PairwiseRanking } from '../../../src-shared/takes/pairwise-ranking.ts';
import { thumbnailUrl } from '../../api/media-address.ts';
import { useTakes } from '../../api/queries.ts';
import { useDocument, useEditor } from '../../api/studio-context.tsx';
import { Poster } from '../../components/Poster.tsx';
import { notifyError } from '../../editor/notices.ts';
import { rankable } from '../../editor/take-actions.ts';
import { chooseTake, keepOrder, takeName } from '../../editor/take-commands.ts';
import { eventById } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { PairView } from './PairView.tsx';

/** Every ranking so far, the latest last, and how often sides were swapped: nobody may learn that new takes stand on the left. */
interface Course {
  readonly states: readonly PairwiseRanking[];
  readonly swapped: readonly boolean[];
}

const toss = (): boolean => Math.random() < 0.5;

/** Orders the takes of an event, or whole scenes where none is named, by asking which of two is better, without names, until every one has its place. */
export function RankDialog({ eventId, onClose }: { eventId: string | null; onClose: () => void }) {
  const editor = useEditor();
  const takes = useTakes();
  const event = useDocument((state) => eventById(state.records, eventId));
  // A take that arrives meanwhile is ranked the next time.
  const [course, setCourse] = useState<Course>(() => ({ states: [beginRanking(rankable(takes, eventId).map(({ id }) => id))], swapped: [toss()] }));
  const ranking = course.states.at(-1) ?? beginRanking([]);
  const isSwapped = course.swapped.at(-1) ?? false;
  const find = (id: string | undefined): Take | null => takes.find((take) => take.id === id) ?? null;
  const pair = nextPair(ranking);
  const [placed, other] = [find(pair?.placed), find(pair?.other)];
  const [left, right] = isSwapped ? [other, placed] : [placed, other];

  // The button that was pressed goes with its pair; the keys go on working on what comes next.
  const content = useRef<HTMLDivElement>(null);
  const choose = (side: 'left' | 'right' | 'equal') => {
    const judgement = side === 'equal' ? 'equal' : (side === 'left') === isSwapped ? 'other' : 'placed';
    setCourse({ states: [...course.states, judge(ranking, judgement)], swapped: [...course.swapped, toss()] });
    content.current?.focus();
  };
  const back = () => {
    if (course.states.length === 1) return;
    setCourse({ states: course.states.slice(0, -1), swapped: course.swapped.slice(0, -1) });
    content.current?.focus();
  };
  const onKeyDown = (key: KeyboardEvent) => {
    const side = ({ ArrowLeft: 'left', ArrowRight: 'right', ArrowDown: 'equal' } as const)[key.key];
    if (key.key === 'Backspace') back();
    else if (side !== undefined && pair !== null) choose(side);
    else return;
    key.preventDefault();
  };
  const order = rankedIds(ranking).flatMap((id) => find(id) ?? []);
  const finish = async (use: boolean) => {
    try {
      await keepOrder(editor, order.map(({ id }) => id));
      editor.session.setState({ takeOrder: 'best' });
      if (use && order[0] !== undefined) chooseTake(editor, order[0], event);
      onClose();
    } catch (caught) {
      notifyError(caught);
    }
  };
  const asked = course.states.length - 1;
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="md" aria-labelledby="rank-title" onKeyDown={onKeyDown}>
      <DialogTitle id="rank-title" sx={{ pb: 1 }}>
        {t('rank.title')}
        <Box component="span" role="status" sx={{ display: 'block', fontSize: 12.5, fontWeight: 400, color: 'text.secondary' }}>
          {pair === null ? t('rank.done') : t('rank.progress', { asked: asked + 1, left: asked + questionsLeft(ranking) })}
        </Box>
      </DialogTitle>
      <DialogContent ref={content} tabIndex={-1} sx={{ pb: 1, outline: 'none' }}>
        {left && right ? <PairView key={`${left.id} ${right.id}`} left={left} right={right} onChoose={choose} /> : (
          <Box component="ol" aria-label={t('rank.order')} sx={{ m: 0, p: 0, listStyle: 'none', display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(150px, 1fr))', gap: 2 }}>
            {order.map((take, index) => (
              <Box component="li" key={take.id} sx={{ minWidth: 0, fontSize: 11.5, color: 'text.secondary' }}>
                <Poster src={thumbnailUrl(editor.info.mediaBase, editor.project.id, take.asset)} kind="video" />
                <Box sx={{ pt: 1, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}><Box component="strong" sx={{ color: 'text.primary', mr: 1 }}>{t('takeMarks.placeSign', { place: index + 1 })}</Box>{take.label === '' ? takeName(take) : take.label}</Box>
              </Box>
            ))}
          </Box>
        )}
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2.5 }}>
        <Button color="inherit" disabled={asked === 0} onClick={back} sx={{ mr: 'auto' }}>{t('rank.back')}</Button>
        <Button color="inherit" onClick={onClose}>{t('action.cancel')}</Button>
        {pair === null ? (
          <>
            <Button variant="outlined" color="inherit" sx={{ borderColor: 'divider' }} onClick={() => void finish(false)}>{t('rank.keep')}</Button>
            <Button variant="contained" onClick={() => void finish(true)}>{t('rank.useBest')}</Button>
          </>
        ) : null}
      </DialogActions>
    </Dialog>
  );
}
