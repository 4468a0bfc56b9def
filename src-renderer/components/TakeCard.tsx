import Check from '@mui/icons-material/Check';
import MoreHoriz from '@mui/icons-material/MoreHoriz';
import Star from '@mui/icons-material/Star';
import StarBorder from '@mui/icons-material/StarBorder';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import { useState, type CSSProperties, type MouseEvent } from 'react';
import type { Take } from '../../src-shared/contract/takes.ts';
import { thumbnailUrl } from '../api/media-address.ts';
import { useEditor } from '../api/studio-context.tsx';
import { takeName, toggleStar } from '../editor/take-commands.ts';
import { t } from '../i18n/text.ts';
import { assetDrag } from './asset-drag.ts';
import { CardNotes } from './CardNotes.tsx';
import { LabelDialog } from './LabelDialog.tsx';
import { Poster } from './Poster.tsx';
import { TakeMenu } from './TakeMenu.tsx';

export interface TakeCardProps {
  readonly take: Take;
  readonly isActive: boolean;
  readonly caption: string;
  readonly onClick: () => void;
  readonly onOpen?: () => void;
  /** Where it lies, in grids that place their cards. */
  readonly place?: CSSProperties;
}

/** One take: its picture, star, preset, and everything one can do with it on the right button. */
export function TakeCard({ take, isActive, caption, onClick, onOpen, place }: TakeCardProps) {
  const editor = useEditor();
  const [menuAt, setMenuAt] = useState<{ top: number; left: number } | null>(null);
  const [isLabelling, setLabelling] = useState(false);
  const openMenu = (event: MouseEvent) => {
    event.preventDefault();
    event.stopPropagation();
    setMenuAt({ top: event.clientY, left: event.clientX });
  };
  const own = takeName(take);
  // What is read on the card comes first, in its order.
  const name = [take.label, caption, caption === own ? '' : own, take.rating === 0 ? '' : t('takeMarks.rated', { rating: take.rating }), take.place === null ? '' : t('takeMarks.place', { place: take.place })].filter((part) => part !== '').join(', ');
  const corner = { position: 'absolute', width: 20, height: 20, borderRadius: 1, color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.6)', '& svg': { fontSize: 14 } } as const;
  return (
    <Box component="li" data-take={take.id} onContextMenu={openMenu} {...(place === undefined ? {} : { style: place })} sx={{ position: 'relative', listStyle: 'none', minWidth: 0, '& .quiet': { opacity: 0 }, '&:hover .quiet, &:focus-within .quiet': { opacity: 1 } }}>
      <ButtonBase
        draggable {...assetDrag(editor, take.asset)} onClick={onClick} onDoubleClick={onOpen} aria-pressed={isActive} aria-label={name}
        sx={{ display: 'block', width: 1, textAlign: 'left', borderRadius: 1.5, p: '2px', border: 2, borderColor: isActive ? 'primary.main' : 'transparent', '&:hover': { borderColor: isActive ? 'primary.main' : 'divider' } }}
      >
        <Poster src={thumbnailUrl(editor.info.mediaBase, editor.project.id, take.asset)} />
        <Box sx={{ px: 0.5, pt: 0.75, fontSize: 10.5, color: 'text.secondary', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
          {take.label === '' ? null : <Box component="span" sx={{ mr: 1, fontWeight: 600, color: 'text.primary' }}>{take.label}</Box>}{' '}
          {caption}
        </Box>
      </ButtonBase>
      <CardNotes ratio="16 / 9">
        <Box component="span" sx={{ position: 'absolute', left: 4, bottom: 4, px: 1, borderRadius: 0.75, fontSize: 10, lineHeight: '15px', color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.65)' }}>
          {t(`preset.${take.preset}`)}
          {take.rating === 0 ? null : <Box component="span" aria-hidden sx={{ ml: 1, color: '#ffcf5c' }}>{'★'.repeat(take.rating)}</Box>}
        </Box>
        {take.place === null ? null : <Box component="span" aria-hidden sx={{ position: 'absolute', left: isActive ? 24 : 4, top: 4, px: 1, height: 16, borderRadius: 2, fontSize: 10, fontWeight: 650, lineHeight: '16px', color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.65)' }}>{t('takeMarks.placeSign', { place: take.place })}</Box>}
        {isActive ? <Box component="span" sx={{ position: 'absolute', left: 4, top: 4, width: 16, height: 16, borderRadius: '50%', bgcolor: 'primary.main', color: 'common.white', display: 'grid', placeItems: 'center' }}><Check sx={{ fontSize: 12 }} /></Box> : null}
      </CardNotes>
      <ButtonBase className={take.starred ? '' : 'quiet'} aria-label={t(take.starred ? 'take.unstar' : 'take.star')} aria-pressed={take.starred} onClick={() => void toggleStar(editor, take)} sx={{ ...corner, top: 8, right: 8, ...(take.starred ? { color: '#ffcf5c' } : {}) }}>
        {take.starred ? <Star /> : <StarBorder />}
      </ButtonBase>
      <ButtonBase className="quiet" aria-label={t('take.more')} aria-haspopup="menu" onClick={openMenu} sx={{ ...corner, bottom: 26, right: 8 }}><MoreHoriz /></ButtonBase>
      {menuAt ? <TakeMenu take={take} at={menuAt} onClose={() => setMenuAt(null)} onLabel={() => { setMenuAt(null); setLabelling(true); }} /> : null}
      {isLabelling ? <LabelDialog take={take} onClose={() => setLabelling(false)} /> : null}
    </Box>
  );
}
