import Divider from '@mui/material/Divider';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import type { Motion } from '../../src-shared/contract/motions.ts';
import { useEditor } from '../api/studio-context.tsx';
import { currentEvent } from '../editor/editor.ts';
import { exportMotion, putMotionOn, removeMotion } from '../editor/motion-commands.ts';
import { t } from '../i18n/text.ts';

/** Everything one can do with a motion. */
export function MotionMenu({ motion, at, onClose, onRename }: { motion: Motion; at: { top: number; left: number }; onClose: () => void; onRename: () => void }) {
  const editor = useEditor();
  const isReadOnly = editor.project.readOnly;
  const event = currentEvent(editor);
  const choose = (run: () => void) => () => {
    onClose();
    run();
  };
  return (
    <Menu open onClose={onClose} anchorReference="anchorPosition" anchorPosition={at} onContextMenu={(click) => { click.preventDefault(); onClose(); }}>
      <MenuItem disabled={isReadOnly || event === null} onClick={choose(() => { if (event) putMotionOn(editor, event.id, motion.id); })}>{t('motions.useOnEvent')}</MenuItem>
      <Divider />
      <MenuItem disabled={isReadOnly} onClick={choose(onRename)}>{t('motions.rename')}</MenuItem>
      <MenuItem onClick={choose(() => void exportMotion(editor, motion))}>{t('motions.export')}</MenuItem>
      <MenuItem disabled={isReadOnly} onClick={choose(() => removeMotion(editor, motion))} sx={{ color: 'error.main' }}>{t('motions.delete')}</MenuItem>
    </Menu>
  );
}
