import { useEditor } from '../../api/studio-context.tsx';
import { PathDialog } from '../../components/PathDialog.tsx';
import { locateFiles } from '../../editor/locate-files.ts';
import { t } from '../../i18n/text.ts';

/** Asks for the folder (or the file) where what is missing lies now. */
export function LocateDialog({ onClose }: { onClose: () => void }) {
  const editor = useEditor();
  return (
    <PathDialog
      title={t('locate.title')} label={t('locate.path')} help={t('locate.help')} confirm={t('locate.look')} initial="" onClose={onClose}
      onSubmit={async (path) => {
        await locateFiles(editor, path);
        onClose();
      }}
    />
  );
}
