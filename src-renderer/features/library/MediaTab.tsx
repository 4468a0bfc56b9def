import AddPhotoAlternateOutlined from '@mui/icons-material/AddPhotoAlternateOutlined';
import FileUploadOutlined from '@mui/icons-material/FileUploadOutlined';
import Search from '@mui/icons-material/Search';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonBase from '@mui/material/ButtonBase';
import InputAdornment from '@mui/material/InputAdornment';
import LinearProgress from '@mui/material/LinearProgress';
import TextField from '@mui/material/TextField';
import { useCallback, useDeferredValue, useMemo, useRef, useState, type DragEvent } from 'react';
import { LibraryFilter } from '../../../src-shared/contract/library.ts';
import { useLibraryTotal } from '../../api/library-queries.ts';
import { useJobs } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { partShare } from '../../components/StageStrip.tsx';
import { kindOfFile } from '../../editor/dragged-thing.ts';
import { createEvent } from '../../editor/generate.ts';
import { UNFINISHED } from '../../editor/editor.ts';
import { notifyError } from '../../editor/notices.ts';
import { isRecipeFile, openRecipeFile } from '../../editor/recipe-commands.ts';
import { t } from '../../i18n/text.ts';
import { uploadFile, type Upload } from '../../api/upload.ts';
import { DiskUseBar } from './DiskUseBar.tsx';
import { FilterBar } from './FilterBar.tsx';
import { MediaGrid } from './MediaGrid.tsx';
import { stillSending } from './still-sending.ts';

/** Of a folder, what can be imported. */
const MEDIA: ReadonlySet<string> = new Set(['video', 'image', 'audio']);

/** Imported and generated media, with everything that is on its way in. */
export function MediaTab() {
  const editor = useEditor();
  const importing = useJobs().filter((job) => job.kind === 'import' && UNFINISHED.has(job.state));
  const [search, setSearch] = useState('');
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const [isDropTarget, setDropTarget] = useState(false);
  const folderPicker = useRef<HTMLInputElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const isReadOnly = editor.project.readOnly;
  const [narrowed, setNarrowed] = useState<Partial<LibraryFilter>>({});
  const wanted = useDeferredValue(search.trim());
  const unworded = useMemo(() => LibraryFilter.parse(narrowed), [narrowed]);
  const filter = useMemo(() => ({ ...unworded, search: wanted }), [unworded, wanted]);
  const narrow = useCallback((change: Partial<LibraryFilter>) => setNarrowed((before) => ({ ...before, ...change })), []);

  const patch = (id: string, change: Partial<Upload>) => setUploads((all) => all.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)));

  const send = (files: readonly File[]) => {
    for (const file of files.filter(isRecipeFile)) void openRecipeFile(editor, file);
    for (const file of files.filter((each) => !isRecipeFile(each))) {
      const id = crypto.randomUUID();
      setUploads((all) => [...all, { id, name: file.name, share: 0, error: null }]);
      uploadFile({ mediaBase: editor.info.mediaBase, projectId: editor.project.id, file, onShare: (share) => patch(id, { share }) }).then(
        () => setUploads((all) => all.filter((upload) => upload.id !== id)),
        (error: unknown) => {
          patch(id, { error: error instanceof Error ? error.message : String(error) });
          notifyError(error);
        },
      );
    }
  };

  const choose = async () => {
    if (!editor.info.capabilities.includes('nativeDialogs')) {
      picker.current?.click();
      return;
    }
    try {
      const { paths } = await editor.client.system.chooseMedia({});
      for (const path of paths) await editor.client.assets.importFile({ projectId: editor.project.id, path });
    } catch (caught) {
      notifyError(caught);
    }
  };

  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setDropTarget(false);
    if (!isReadOnly) send([...event.dataTransfer.files]);
  };

  const { total } = useLibraryTotal(filter);
  const isNarrowed = wanted !== '' || filter.starred || filter.tag !== null || filter.trashed || filter.unused || filter.origin !== null || filter.kinds.length < 3;
  const sending = stillSending(uploads, importing.map(({ title }) => title));
  const incoming = importing.length + sending.length === 0 ? null : (
    <Box component="ul" aria-label={t('mediaLibrary.incoming')} sx={{ m: 0, mb: 2, p: 0, listStyle: 'none', display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(104px, 1fr))', gap: 2 }}>
      {sending.map((upload) => <Incoming key={upload.id} name={upload.name} share={upload.share} error={upload.error} onDismiss={() => setUploads((all) => all.filter(({ id }) => id !== upload.id))} />)}
      {importing.map((job) => <Incoming key={job.id} name={job.title} share={job.parts[0] ? partShare(job.parts[0]) : 0} error={null} onDismiss={() => undefined} />)}
    </Box>
  );
  const nothing = isNarrowed ? <EmptyState title={wanted === '' ? t(filter.trashed ? 'mediaLibrary.trashIsEmpty' : 'mediaLibrary.nothing') : t('library.nothingFound', { search: wanted })} /> : incoming !== null ? null : (
    <EmptyState icon={<AddPhotoAlternateOutlined />} title={t('library.empty')} body={t('library.emptyHelp')}>
      <Button variant="outlined" color="inherit" sx={{ borderColor: 'divider' }} disabled={isReadOnly} onClick={() => void choose()}>{t('library.importMedia')}</Button>
      <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1, mt: 1 }}>
        <Button color="inherit" disabled={isReadOnly} onClick={() => folderPicker.current?.click()}>{t('libraryStart.folder')}</Button>
        <Button color="inherit" disabled={isReadOnly} onClick={() => createEvent(editor)}>{t('libraryStart.generate')}</Button>
      </Box>
      <input ref={folderPicker} type="file" multiple hidden aria-label={t('libraryStart.folder')} {...{ webkitdirectory: '' }} onChange={(event) => { send([...(event.target.files ?? [])].filter(({ name, type }) => MEDIA.has(kindOfFile(name, type)))); event.target.value = ''; }} />
    </EmptyState>
  );
  return (
    <Box
      onDragOver={(event) => { event.preventDefault(); setDropTarget(true); }} onDragLeave={() => setDropTarget(false)} onDrop={onDrop} data-testid="media-drop"
      sx={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column', outline: isDropTarget ? '2px dashed' : 'none', outlineColor: isReadOnly ? 'error.main' : 'primary.main', outlineOffset: -4 }}
    >
      <Box sx={{ flex: 'none', display: 'flex', gap: 1.5, p: 2.5, containerType: 'inline-size' }}>
        <TextField
          value={search} onChange={(event) => setSearch(event.target.value)} placeholder={t('library.search')}
          slotProps={{ htmlInput: { 'aria-label': t('library.search') }, input: { startAdornment: <InputAdornment position="start"><Search sx={{ fontSize: 16 }} /></InputAdornment>, sx: { height: 30, fontSize: 12.5 } } }}
        />
        <Button variant="outlined" color="inherit" disabled={isReadOnly} onClick={() => void choose()} aria-label={t('library.import')} title={t('library.importMedia')} sx={{ flex: 'none', gap: 2, minWidth: 0, '& svg': { fontSize: 18, ml: -1 }, '@container (max-width: 210px)': { px: 2, '& svg': { ml: 0 }, '& > span': { display: 'none' } } }}><FileUploadOutlined /><span>{t('library.import')}</span></Button>
        <input ref={picker} type="file" multiple hidden accept="video/*,image/*,audio/*" aria-label={t('library.chooseFiles')} onChange={(event) => { send([...(event.target.files ?? [])]); event.target.value = ''; }} />
      </Box>
      <FilterBar filter={unworded} onChange={narrow} />
      {total === 0 ? <Box sx={{ flex: 'none', px: 2.5 }}>{nothing}</Box> : null}
      <MediaGrid filter={filter} incoming={incoming} />
      <DiskUseBar isTrash={filter.trashed} />
    </Box>
  );
}

const PLACE = { width: 1, aspectRatio: '16 / 9', borderRadius: 1, bgcolor: 'studio.well', border: 1, borderColor: 'divider', display: 'grid', placeItems: 'center', px: 3, fontSize: 10.5 };

function Incoming({ name, share, error, onDismiss }: { name: string; share: number; error: string | null; onDismiss: () => void }) {
  return (
    <Box component="li">
      {error === null ? (
        <Box title={name} sx={PLACE}><LinearProgress aria-label={t('library.importing', { name })} variant={share > 0 && share < 1 ? 'determinate' : 'indeterminate'} value={share * 100} sx={{ width: 1 }} /></Box>
      ) : (
        <ButtonBase onClick={onDismiss} title={error} sx={{ ...PLACE, borderColor: 'error.main', color: 'error.main' }}>{t('library.failed', { name })}</ButtonBase>
      )}
      <Box sx={{ pt: 0.75, fontSize: 11, color: 'text.secondary', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{name}</Box>
    </Box>
  );
}
