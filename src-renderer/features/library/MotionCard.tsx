import MoreHoriz from '@mui/icons-material/MoreHoriz';
import WarningAmber from '@mui/icons-material/WarningAmber';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import { useState, type KeyboardEvent, type MouseEvent } from 'react';
import type { Motion } from '../../../src-shared/contract/motions.ts';
import { useDocument, useEditor, useSession } from '../../api/studio-context.tsx';
import { CardNotes } from '../../components/CardNotes.tsx';
import { MotionMenu } from '../../components/MotionMenu.tsx';
import { MotionPicture } from '../../components/MotionPicture.tsx';
import { PathDialog } from '../../components/PathDialog.tsx';
import { selectedEvent } from '../../editor/editor.ts';
import { motionsOf } from '../../editor/event-motions.ts';
import { MOTION_DRAG, removeMotion, renameMotion, showMotion } from '../../editor/motion-commands.ts';
import { t } from '../../i18n/text.ts';

/** One motion: its loop while pointed at, its words, and its strength on the event one works on. Dragged onto an event, it is used there. */
export function MotionCard({ motion }: { motion: Motion }) {
  const editor = useEditor();
  const selectedIds = useSession((state) => state.selectedIds);
  useDocument((state) => state.records);
  const [isLive, setLive] = useState(false);
  const [menuAt, setMenuAt] = useState<{ top: number; left: number } | null>(null);
  const [isRenaming, setRenaming] = useState(false);
  const isSelected = selectedIds[0] === motion.id;
  const event = selectedEvent(editor);
  const use = event ? motionsOf(event).find(({ motionId }) => motionId === motion.id) : undefined;
  const about = motion.caption === motion.name ? motion.source.name : motion.caption;
  const isForeign = motion.packIds.length === 0;

  const openMenu = (click: MouseEvent) => {
    click.preventDefault();
    click.stopPropagation();
    const box = click.currentTarget.getBoundingClientRect();
    // A menu that the keyboard opens has no pointer to stand at.
    setMenuAt(click.clientX === 0 && click.clientY === 0 ? { top: box.bottom, left: box.left } : { top: click.clientY, left: click.clientX });
  };
  const onKeyDown = (press: KeyboardEvent) => {
    if (editor.project.readOnly || (press.key !== 'Delete' && press.key !== 'F2')) return;
    press.preventDefault();
    if (press.key === 'F2') setRenaming(true);
    else removeMotion(editor, motion);
  };

  return (
    <Box
      component="li" data-motion={motion.id} onContextMenu={openMenu} onMouseEnter={() => setLive(true)} onMouseLeave={() => setLive(false)} onFocus={() => setLive(true)} onBlur={() => setLive(false)}
      sx={{ position: 'relative', minWidth: 0, listStyle: 'none', '& .quiet': { opacity: 0 }, '&:hover .quiet, &:focus-within .quiet': { opacity: 1 } }}
    >
      <ButtonBase
        draggable onDragStart={(drag) => { drag.dataTransfer.setData(MOTION_DRAG, motion.id); drag.dataTransfer.effectAllowed = 'copy'; }}
        aria-label={t(isForeign ? 'motions.namedForeign' : 'motions.named', { name: motion.name, caption: about })} aria-pressed={isSelected} onClick={() => showMotion(editor, motion.id)} onKeyDown={onKeyDown}
        sx={{ display: 'block', width: 1, textAlign: 'left', borderRadius: 1.5, p: '2px', border: 2, borderColor: isSelected ? 'primary.main' : 'transparent', '&:hover': { borderColor: isSelected ? 'primary.main' : 'divider' } }}
      >
        <MotionPicture motion={motion} isPlaying={isLive}>
          {isForeign ? <Box component="span" title={t('motions.foreign', { pack: motion.model.packName })} sx={{ position: 'absolute', left: 4, top: 4, display: 'grid', p: 0.5, borderRadius: 0.75, color: 'warning.main', bgcolor: 'rgb(0 0 0 / 0.65)' }}><WarningAmber sx={{ fontSize: 14 }} /></Box> : null}
        </MotionPicture>
        <Box sx={{ px: 0.5, pt: 0.75, fontSize: 11.5, color: 'text.primary', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{motion.name}</Box>{' '}
        <Box sx={{ px: 0.5, fontSize: 10.5, color: 'text.secondary', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', minHeight: 15 }}>{about}</Box>
      </ButtonBase>
      {use ? (
        <CardNotes ratio="16 / 10">
          <Box component="span" sx={{ position: 'absolute', left: 4, bottom: 4, px: 1, borderRadius: 0.75, fontSize: 10, lineHeight: '15px', color: 'primary.contrastText', bgcolor: 'primary.dark' }}>{t('motions.percent', { percent: Math.round(use.strength * 100) })}</Box>
        </CardNotes>
      ) : null}
      <ButtonBase className="quiet" aria-label={t('motions.more', { name: motion.name })} aria-haspopup="menu" onClick={openMenu} sx={{ position: 'absolute', top: 8, right: 8, width: 20, height: 20, borderRadius: 1, color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.6)', '& svg': { fontSize: 14 } }}><MoreHoriz /></ButtonBase>
      {menuAt ? <MotionMenu motion={motion} at={menuAt} onClose={() => setMenuAt(null)} onRename={() => setRenaming(true)} /> : null}
      {isRenaming ? (
        <PathDialog
          title={t('motions.rename')} label={t('motions.name')} confirm={t('action.rename')} initial={motion.name} onClose={() => setRenaming(false)}
          onSubmit={async (name) => {
            await renameMotion(editor, motion, name);
            setRenaming(false);
          }}
        />
      ) : null}
    </Box>
  );
}
