import FileDownloadOutlined from '@mui/icons-material/FileDownloadOutlined';
import Box from '@mui/material/Box';
import { useEffect, useState } from 'react';
import { useEditor } from '../api/studio-context.tsx';
import { takeDroppedIn } from '../editor/import-files.ts';
import { t } from '../i18n/text.ts';

/** The browser says nothing while files hover without moving; after so long they are gone. */
const GONE_MS = 250;

const bringsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;

/**
 * Says what files from outside would do while they hover over the window, and takes those in that no place of its own takes:
 * a browser would leave the window and show the file instead.
 */
export function FileDropOverlay() {
  const editor = useEditor();
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onOver = (event: DragEvent) => {
      if (!bringsFiles(event)) return;
      clearTimeout(timer);
      timer = setTimeout(() => setOver(false), GONE_MS);
      setOver(true);
      if (event.defaultPrevented) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = editor.project.readOnly ? 'none' : 'copy';
    };
    const onDrop = (event: DragEvent) => {
      clearTimeout(timer);
      setOver(false);
      if (!bringsFiles(event) || event.defaultPrevented) return;
      event.preventDefault();
      if (!editor.project.readOnly) void takeDroppedIn(editor, [...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('drop', onDrop);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('drop', onDrop);
    };
  }, [editor]);
  if (!isOver) return null;
  return (
    <Box data-testid="file-drop" sx={{ position: 'fixed', inset: 0, zIndex: 'tooltip', pointerEvents: 'none', border: '2px dashed', borderColor: 'primary.main', borderRadius: 1 }}>
      <Box sx={{ position: 'absolute', top: 60, left: '50%', transform: 'translateX(-50%)', display: 'flex', alignItems: 'center', gap: 2, px: 4, py: 2, borderRadius: 2, fontSize: 13, bgcolor: 'background.paper', border: 1, borderColor: 'primary.main', boxShadow: 8, '& svg': { fontSize: 18 } }}>
        <FileDownloadOutlined />{t('drop.overlay')}
      </Box>
    </Box>
  );
}
