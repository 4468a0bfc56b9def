import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import type { MouseEvent } from 'react';
import { useState } from 'react';
import { useEditor } from '../api/studio-context.tsx';
import { footageOf, openReimagine, openRestyle, openUpscale, type Footage } from '../editor/footage-commands.ts';
import { openLearning } from '../editor/motion-commands.ts';
import { t } from '../i18n/text.ts';

interface OpenMenu {
  readonly footage: Footage;
  readonly at: { readonly top: number; readonly left: number };
}

/** The menu of a clip with moving pictures: how to open it at an element, and the menu itself while it is open. */
export function useFootageMenu() {
  const editor = useEditor();
  const [open, setOpen] = useState<OpenMenu | null>(null);
  const openFor = (id: string, click: MouseEvent<HTMLElement>) => {
    const footage = footageOf(editor, id);
    if (footage === null) return;
    click.preventDefault();
    click.stopPropagation();
    const box = click.currentTarget.getBoundingClientRect();
    // A menu that the keyboard opens has no pointer to stand at.
    setOpen({ footage, at: click.clientX === 0 && click.clientY === 0 ? { top: box.bottom, left: box.left } : { top: click.clientY, left: click.clientX } });
  };
  const close = () => setOpen(null);
  const choose = (run: (footage: Footage) => void) => () => {
    close();
    if (open !== null) run(open.footage);
  };
  const isReadOnly = editor.project.readOnly;
  const menu = open === null ? null : (
    <Menu open onClose={close} anchorReference="anchorPosition" anchorPosition={{ ...open.at }} onContextMenu={(event) => { event.preventDefault(); close(); }}>
      <MenuItem disabled={isReadOnly} onClick={choose((footage) => openRestyle(editor, footage))}>{t('footage.restyle')}</MenuItem>
      <MenuItem disabled={isReadOnly} onClick={choose((footage) => openReimagine(editor, footage))}>{t('reimagine.open')}</MenuItem>
      <MenuItem disabled={isReadOnly} onClick={choose((footage) => openUpscale(editor, footage))}>{t('footage.upscale')}</MenuItem>
      <MenuItem disabled={isReadOnly} onClick={choose(({ asset }) => openLearning(editor, { assetId: asset.id }))}>{t('motions.learnFrom')}</MenuItem>
      <MenuItem onClick={choose(({ asset }) => editor.session.setState({ dialog: { kind: 'export', assetId: asset.id } }))}>{t('action.export')}</MenuItem>
    </Menu>
  );
  return { openFor, menu };
}
