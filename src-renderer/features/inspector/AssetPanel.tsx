import AutoAwesomeOutlined from '@mui/icons-material/AutoAwesomeOutlined';
import BrushOutlined from '@mui/icons-material/BrushOutlined';
import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import IosShare from '@mui/icons-material/IosShare';
import ModelTraining from '@mui/icons-material/ModelTraining';
import PhotoSizeSelectLarge from '@mui/icons-material/PhotoSizeSelectLarge';
import PlayArrow from '@mui/icons-material/PlayArrow';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import type { Asset } from '../../../src-shared/contract/assets.ts';
import { thumbnailUrl } from '../../api/media-address.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { Poster } from '../../components/Poster.tsx';
import { useDraftText } from '../../components/use-draft-text.ts';
import { projectKeys } from '../../editor/editor.ts';
import { openReimagine, openRestyle, openUpscale } from '../../editor/footage-commands.ts';
import { trashAssets } from '../../editor/library-commands.ts';
import { openLearning } from '../../editor/motion-commands.ts';
import { notifyError } from '../../editor/notices.ts';
import { formatBytes, formatDuration, formatMime } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { Facts, Section } from './Section.tsx';
import { TagsField } from './TagsField.tsx';

/** A media file: what it is and what can be done with it. */
export function AssetPanel({ asset }: { asset: Asset }) {
  const editor = useEditor();
  const { client, project, session, queryClient } = editor;
  const refresh = () => queryClient.invalidateQueries({ queryKey: projectKeys.assets(project.id) });
  const name = useDraftText(asset.id, asset.name, (text) => {
    if (text.trim() !== '') void client.assets.rename({ projectId: project.id, assetId: asset.id, name: text.trim() }).then(refresh, notifyError);
  });
  const rate = asset.frameRate;
  return (
    <Box sx={{ flex: 1, minHeight: 0, overflowY: 'auto', py: 3 }}>
      <Box sx={{ px: 4 }}><Poster src={thumbnailUrl(editor.info.mediaBase, project.id, asset)} kind={asset.kind} /></Box>
      <Section title={t('asset.name')}>
        <TextField value={name.text} onChange={(event) => name.setText(event.target.value)} onBlur={name.flush} disabled={project.readOnly} slotProps={{ htmlInput: { 'aria-label': t('asset.name') } }} />
      </Section>
      <Box sx={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 1.5, px: 4, py: 2 }}>
        <Button variant="contained" startIcon={<PlayArrow />} onClick={() => session.setState({ viewerSource: { kind: 'asset', assetId: asset.id }, playhead: 0, shuttle: 0 })}>{t('asset.view')}</Button>
        {asset.kind === 'video' ? (
          <>
            <Button variant="outlined" color="inherit" startIcon={<IosShare />} onClick={() => session.setState({ dialog: { kind: 'export', assetId: asset.id } })}>{t('action.export')}</Button>
            <Button variant="outlined" color="inherit" startIcon={<BrushOutlined />} disabled={project.readOnly} onClick={() => openRestyle(editor, { asset, clip: null })}>{t('footage.restyle')}</Button>
            <Button variant="outlined" color="inherit" startIcon={<AutoAwesomeOutlined />} disabled={project.readOnly} onClick={() => openReimagine(editor, { asset, clip: null })}>{t('reimagine.open')}</Button>
            <Button variant="outlined" color="inherit" startIcon={<PhotoSizeSelectLarge />} disabled={project.readOnly} onClick={() => openUpscale(editor, { asset, clip: null })}>{t('footage.upscale')}</Button>
            <Button variant="outlined" color="inherit" startIcon={<ModelTraining />} disabled={project.readOnly} onClick={() => openLearning(editor, { assetId: asset.id })}>{t('asset.learn')}</Button>
          </>
        ) : null}
      </Box>
      <Section title={t('mediaLibrary.tagList')}><TagsField assetId={asset.id} /></Section>
      <Section title={t('asset.file')}>
        <Facts
          rows={[
            [t('asset.kind'), formatMime(asset.mimeType)],
            ...(asset.width === null ? [] : [[t('asset.picture'), `${asset.width} × ${asset.height ?? '?'}`] as const]),
            ...(asset.durationMs === null ? [] : [[t('asset.duration'), formatDuration(asset.durationMs)] as const]),
            ...(asset.frames === null ? [] : [[t('asset.frames'), asset.frames] as const]),
            ...(rate === null ? [] : [[t('asset.frameRate'), t('asset.perSecond', { rate: Number((rate.num / rate.den).toFixed(3)) })] as const]),
            [t('asset.sound'), t(asset.hasAudio ? 'asset.yes' : 'asset.no')],
            [t('asset.size'), formatBytes(asset.sizeBytes)],
            [t('asset.added'), new Date(asset.createdAt).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })],
          ]}
        />
      </Section>
      <Box sx={{ px: 3, py: 1 }}><Button color="error" startIcon={<DeleteOutlined />} disabled={project.readOnly} onClick={() => void trashAssets(editor, [asset.id])}>{t('mediaLibrary.moveToTrash')}</Button></Box>
    </Box>
  );
}
