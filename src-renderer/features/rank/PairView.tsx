import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useEffect, useRef } from 'react';
import type { Take } from '../../../src-shared/contract/takes.ts';
import { playUrl } from '../../api/media-address.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { KeyCaps } from '../../components/KeyCaps.tsx';
import { t } from '../../i18n/text.ts';

const wantsStillness = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Starts both clips in the same moment, once both can be shown. */
function playTogether(left: HTMLVideoElement, right: HTMLVideoElement): () => void {
  const begin = () => {
    if (left.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || right.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || wantsStillness()) return;
    for (const video of [left, right]) {
      video.currentTime = 0;
      // A play() that the next pair overtakes rejects; that is no problem of the clip's.
      void video.play().catch(() => undefined);
    }
  };
  // Whichever ends first waits for the other at its last frame.
  const again = () => {
    if (left.ended && right.ended) begin();
  };
  const events = [['loadeddata', begin], ['ended', again]] as const;
  for (const [name, listener] of events) for (const video of [left, right]) video.addEventListener(name, listener);
  begin();
  return () => {
    for (const [name, listener] of events) for (const video of [left, right]) video.removeEventListener(name, listener);
  };
}

/** Two takes beside each other without their names, and which of them is better. Another pair is another view. */
export function PairView({ left, right, onChoose }: { left: Take; right: Take; onChoose: (side: 'left' | 'right' | 'equal') => void }) {
  const { info, project } = useEditor();
  const first = useRef<HTMLVideoElement>(null);
  const second = useRef<HTMLVideoElement>(null);
  useEffect(() => (first.current && second.current ? playTogether(first.current, second.current) : undefined), []);
  const side = (take: Take, name: 'left' | 'right') => (
    <Box sx={{ display: 'grid', gap: 2 }}>
      <Box
        component="video" ref={name === 'left' ? first : second} src={playUrl(info.mediaBase, project.id, take.asset)} muted playsInline preload="auto" controls={wantsStillness()} aria-label={t(`rank.${name}`)} data-rank-take={take.id} onClick={() => onChoose(name)}
        sx={{ display: 'block', width: 1, aspectRatio: '16 / 10', objectFit: 'contain', borderRadius: 1.5, bgcolor: 'common.black', cursor: 'pointer', border: 2, borderColor: 'transparent', '&:hover': { borderColor: 'primary.light' } }}
      />
      <Button variant="contained" aria-label={t(`rank.${name}Better`)} onClick={() => onChoose(name)}><KeyCaps label={t(`rank.${name}Better`)} shortcut={name === 'left' ? 'Left' : 'Right'} /></Button>
    </Box>
  );
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 3 }}>
      {side(left, 'left')}
      {side(right, 'right')}
      <Button color="inherit" variant="outlined" aria-label={t('rank.equal')} onClick={() => onChoose('equal')} sx={{ gridColumn: '1 / -1', justifySelf: 'center', borderColor: 'divider' }}><KeyCaps label={t('rank.equal')} shortcut="Down" /></Button>
    </Box>
  );
}
