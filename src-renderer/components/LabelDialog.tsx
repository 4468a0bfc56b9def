import type { Take } from '../../src-shared/contract/takes.ts';
import { TakeLabel } from '../../src-shared/contract/takes.ts';
import { useEditor } from '../api/studio-context.tsx';
import { labelTake } from '../editor/take-commands.ts';
import { t } from '../i18n/text.ts';
import { PathDialog } from './PathDialog.tsx';

/** Asks for the label of a take; an empty one takes it off. */
export function LabelDialog({ take, onClose }: { take: Take; onClose: () => void }) {
  const editor = useEditor();
  return (
    <PathDialog
      title={t('takeMarks.labelOf')} label={t('takeMarks.label')} help={t('takeMarks.labelHelp')} confirm={t('takeMarks.setLabel')} initial={take.label} mayBeEmpty onClose={onClose}
      onSubmit={async (text) => {
        if (!TakeLabel.safeParse(text).success) throw new Error(t('takeMarks.labelTooLong'));
        onClose();
        await labelTake(editor, take, text);
      }}
    />
  );
}
