import MovieOutlined from '@mui/icons-material/MovieOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonBase from '@mui/material/ButtonBase';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { useRef, useState, type DragEvent } from 'react';
import { thumbnailUrl } from '../../api/media-address.ts';
import { useNewestVideos } from '../../api/library-queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import type { ArrivingClip, ClipArrival } from '../../api/use-arriving-clip.ts';
import { Poster } from '../../components/Poster.tsx';
import { notifyError } from '../../editor/notices.ts';
import { t } from '../../i18n/text.ts';

export interface ClipChoiceProps {
  /** A clip that is on its way, or has failed to come. */
  readonly arriving: ArrivingClip | null;
  readonly onAsset: (assetId: string) => void;
  readonly onArrival: (arrival: ClipArrival) => void;
  readonly onClose: () => void;
}

/** Where the clip comes from: a file, or the library. */
export function ClipChoice({ arriving, onAsset, onArrival, onClose }: ClipChoiceProps) {
  const editor = useEditor();
  const videos = useNewestVideos();
  const picker = useRef<HTMLInputElement>(null);
  const [isTarget, setTarget] = useState(false);
  const isOnItsWay = arriving !== null && arriving.error === null;

  const choose = async () => {
    if (!editor.info.capabilities.includes('nativeDialogs')) {
      picker.current?.click();
      return;
    }
    try {
      const [path] = (await editor.client.system.chooseMedia({})).paths;
      if (path !== undefined) onArrival({ importJobId: (await editor.client.assets.importFile({ projectId: editor.project.id, path })).jobId });
    } catch (caught) {
      notifyError(caught);
    }
  };

  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setTarget(false);
    const [file] = event.dataTransfer.files;
    if (file && !isOnItsWay) onArrival({ file });
  };

  return (
    <>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 4 }}>
        <Box
          data-testid="clip-drop" onDragOver={(event) => { event.preventDefault(); setTarget(true); }} onDragLeave={() => setTarget(false)} onDrop={onDrop}
          sx={{ display: 'flex', flexDirection: 'column', alignItems: 'center', gap: 2.5, px: 6, py: 8, textAlign: 'center', borderRadius: 2, border: '1px dashed', borderColor: isTarget ? 'primary.main' : 'divider', bgcolor: isTarget ? 'studio.event' : 'studio.well', '& > svg': { fontSize: 30, color: 'text.disabled' } }}
        >
          <MovieOutlined />
          <Typography variant="body1">{t('motions.choose.drop')}</Typography>
          <Typography variant="body2" sx={{ color: 'text.secondary', maxWidth: 420, textWrap: 'balance' }}>{t('motions.choose.help')}</Typography>
          <Button variant="contained" disabled={isOnItsWay} onClick={() => void choose()}>{t('motions.choose.file')}</Button>
          <input ref={picker} type="file" hidden accept="video/*,image/gif" aria-label={t('motions.choose.input')} onChange={(event) => { const file = event.target.files?.[0]; event.target.value = ''; if (file) onArrival({ file }); }} />
          {isOnItsWay ? <Box sx={{ width: 1, maxWidth: 320 }}><LinearProgress aria-label={t('motions.choose.coming')} variant={arriving.share > 0 && arriving.share < 1 ? 'determinate' : 'indeterminate'} value={arriving.share * 100} /><Typography variant="caption" component="p" sx={{ color: 'text.secondary', m: 0, mt: 1 }}>{t('motions.choose.coming')}</Typography></Box> : null}
        </Box>
        {arriving !== null && arriving.error !== null ? <Alert severity="warning" variant="outlined">{arriving.error === '' ? t('motions.choose.failed') : arriving.error}</Alert> : null}
        {videos.length === 0 ? null : (
          <Box component="section" aria-label={t('motions.choose.library')}>
            <Typography variant="overline" component="h3" sx={{ color: 'text.secondary', m: 0, mb: 1 }}>{t('motions.choose.library')}</Typography>
            <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none', display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(118px, 1fr))', gap: 2, maxHeight: 220, overflowY: 'auto' }}>
              {videos.map((asset) => (
                <Box component="li" key={asset.id} sx={{ minWidth: 0 }}>
                  <ButtonBase disabled={isOnItsWay} onClick={() => onAsset(asset.id)} aria-label={asset.name} sx={{ display: 'block', width: 1, textAlign: 'left', borderRadius: 1.5, p: '2px', border: 2, borderColor: 'transparent', '&:hover': { borderColor: 'primary.main' } }}>
                    <Poster src={thumbnailUrl(editor.info.mediaBase, editor.project.id, asset)} kind={asset.kind} />
                    <Box sx={{ px: 0.5, pt: 0.75, fontSize: 11, color: 'text.secondary', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{asset.name}</Box>
                  </ButtonBase>
                </Box>
              ))}
            </Box>
          </Box>
        )}
      </DialogContent>
      <DialogActions><Button color="inherit" onClick={onClose}>{t('action.cancel')}</Button></DialogActions>
    </>
  );
}
