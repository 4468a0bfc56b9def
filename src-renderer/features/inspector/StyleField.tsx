import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import { useState, type DragEvent } from 'react';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { useDraftText } from '../../components/use-draft-text.ts';
import { draggedThing, kindOfFile, thingOfItems } from '../../editor/dragged-thing.ts';
import { restyleInStyleOf } from '../../editor/footage-commands.ts';
import { importFile } from '../../editor/import-files.ts';
import { ASSET_DRAG } from '../../editor/motion-commands.ts';
import { notify, notifyError } from '../../editor/notices.ts';
import { patchEvent } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { Section } from './Section.tsx';

const MAX_STYLE = 500;

/** The words for an event's look, apart from what happens in it. Footage that is dropped here is restyled in that look. */
export function StyleField({ event }: { event: PromptEvent }) {
  const editor = useEditor();
  const isReadOnly = editor.project.readOnly;
  const [isTarget, setTarget] = useState(false);
  const style = useDraftText(event.id, event.style, (text) => editor.document.transact(t('edit.style'), (records) => patchEvent(records, event.id, { style: text })));

  const onDragOver = (over: DragEvent) => {
    const isAsset = over.dataTransfer.types.includes(ASSET_DRAG);
    if (isReadOnly || !(isAsset || over.dataTransfer.types.includes('Files'))) return;
    over.preventDefault();
    const isFootage = (isAsset ? draggedThing() : thingOfItems(over.dataTransfer.items))?.kind === 'video';
    over.dataTransfer.dropEffect = isFootage ? 'copy' : 'none';
    setTarget(isFootage);
  };
  const take = async (assetId: string, file: File | undefined) => {
    style.flush();
    if (assetId !== '') restyleInStyleOf(editor, event.id, assetId);
    else if (file !== undefined && kindOfFile(file.name, file.type) === 'video') restyleInStyleOf(editor, event.id, (await importFile(editor, file)).id);
    else notify('error', t('event.styleNeedsFootage'));
  };
  const onDrop = (drop: DragEvent) => {
    setTarget(false);
    if (isReadOnly) return;
    drop.preventDefault();
    void take(drop.dataTransfer.getData(ASSET_DRAG), drop.dataTransfer.files[0]).catch(notifyError);
  };

  return (
    <Section title={t('inspector.style')}>
      <Box onDragOver={onDragOver} onDragLeave={() => setTarget(false)} onDrop={onDrop} data-testid="style-slot" sx={{ borderRadius: 1.5, outline: isTarget ? '2px dashed' : 'none', outlineColor: 'primary.main', outlineOffset: 3 }}>
        <TextField
          multiline maxRows={3} placeholder={t('event.stylePlaceholder')} value={style.text} disabled={isReadOnly} helperText={isTarget ? t('event.styleDrop') : null}
          onChange={(change) => style.setText(change.target.value)} onBlur={style.flush}
          slotProps={{ htmlInput: { 'aria-label': t('inspector.style'), maxLength: MAX_STYLE }, formHelperText: { sx: { mx: 0 } }, input: { sx: { px: 2.5, py: 1.5 } } }}
        />
      </Box>
    </Section>
  );
}
