import Autocomplete from '@mui/material/Autocomplete';
import TextField from '@mui/material/TextField';
import { Tag } from '../../../src-shared/contract/library.ts';
import { useLibraryEntry, useTags } from '../../api/library-queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { tagAssets } from '../../editor/library-commands.ts';
import { notify } from '../../editor/notices.ts';
import { t } from '../../i18n/text.ts';

/** The creator's own words for an asset: typed freely, or chosen from those in use. Enter or a comma ends one. */
export function TagsField({ assetId }: { assetId: string }) {
  const editor = useEditor();
  const entry = useLibraryEntry(assetId);
  const known = useTags().map(({ tag }) => tag);
  if (!entry) return null;
  const change = (wanted: readonly string[]) => {
    const words = wanted.flatMap((text) => text.split(',')).map((text) => text.trim()).filter((text) => text !== '');
    const bad = words.find((word) => !Tag.safeParse(word).success);
    if (bad !== undefined) notify('error', t('mediaLibrary.tagTooLong', { tag: bad.slice(0, 40) }));
    else void tagAssets(editor, [assetId], words.filter((word) => !entry.tags.includes(word)), entry.tags.filter((tag) => !words.includes(tag)));
  };
  return (
    <Autocomplete
      multiple freeSolo size="small" options={known} value={[...entry.tags]} disabled={editor.project.readOnly} onChange={(_, wanted) => change(wanted)} filterSelectedOptions
      renderInput={(params) => <TextField {...params} placeholder={entry.tags.length === 0 ? t('mediaLibrary.addTag') : ''} slotProps={{ ...params.slotProps, htmlInput: { ...params.slotProps?.htmlInput, 'aria-label': t('mediaLibrary.tagList') } }} />}
    />
  );
}
