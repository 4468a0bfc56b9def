import DriveFileMoveOutlined from '@mui/icons-material/DriveFileMoveOutlined';
import Star from '@mui/icons-material/Star';
import StarBorder from '@mui/icons-material/StarBorder';
import RestoreFromTrash from '@mui/icons-material/RestoreFromTrash';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import { memo, useState } from 'react';
import { Tag, type LibraryEntry } from '../../../src-shared/contract/library.ts';
import { formatTimecode } from '../../../src-shared/timing/frame-rate.ts';
import { filmstripUrl, playUrl, thumbnailUrl, waveformUrl } from '../../api/media-address.ts';
import { useEditor, useSession } from '../../api/studio-context.tsx';
import { assetDrag, dragOut, handsOutFiles } from '../../components/asset-drag.ts';
import { ContextMenu, useContextMenu } from '../../components/ContextMenu.tsx';
import { FilmstripScrub } from '../../components/FilmstripScrub.tsx';
import { HoverScrub } from '../../components/HoverScrub.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { PathDialog } from '../../components/PathDialog.tsx';
import { Poster } from '../../components/Poster.tsx';
import { restoreAssets, starAssets, tagAssets } from '../../editor/library-commands.ts';
import { t } from '../../i18n/text.ts';
import { assetMenu, assetsMenu } from './asset-menu.ts';

const corner = { position: 'absolute', top: 3, right: 3, p: 0.5, bgcolor: 'rgb(0 0 0 / 0.55)', color: 'common.white', '&:hover': { bgcolor: 'rgb(0 0 0 / 0.75)', color: 'common.white' }, '& svg': { fontSize: 14 } } as const;

/** One asset in the grid: its picture, its length, and frame by frame what is in it while the pointer moves over it. */
export const MediaCard = memo(function MediaCard({ entry }: { entry: LibraryEntry }) {
  const { asset, starred, tags, trashedAt } = entry;
  const editor = useEditor();
  const isSelected = useSession((state) => state.selectedIds.includes(asset.id));
  const [isHovered, setHovered] = useState(false);
  const length = asset.frames !== null && asset.frameRate !== null ? formatTimecode(asset.frames, asset.frameRate) : null;
  const { readOnly } = editor.project;
  const stripSrc = filmstripUrl(editor.info.mediaBase, editor.project.id, asset);
  const wave = waveformUrl(editor.info.mediaBase, editor.project.id, asset);
  const { menu, open, close } = useContextMenu<string>();
  const [isTagging, setTagging] = useState(false);
  // What a menu opened on one of several selected files is about: all of them.
  const chosen = isSelected ? editor.session.getState().selectedIds.filter((id) => id.startsWith('asset:')) : [asset.id];
  return (
    <Box onContextMenu={(click) => { if (!isSelected) editor.session.setState({ selectedIds: [asset.id] }); open(click, asset.id); }} sx={{ minWidth: 0, position: 'relative' }} onPointerEnter={() => setHovered(true)} onPointerLeave={() => setHovered(false)}>
      {menu === null ? null : <ContextMenu at={menu.at} lines={chosen.length > 1 ? assetsMenu(chosen, trashedAt !== null, readOnly, () => setTagging(true)) : assetMenu(entry, readOnly)} label={t('menu.asset', { name: asset.name })} onClose={close} />}
      {isTagging ? (
        <PathDialog
          title={t('mediaLibrary.tagAll', { count: chosen.length })} label={t('mediaLibrary.addTag')} confirm={t('mediaLibrary.addTag')} initial="" onClose={() => setTagging(false)}
          onSubmit={async (text) => {
            const tag = Tag.safeParse(text);
            if (!tag.success) throw new Error(t('mediaLibrary.tagUnfit'));
            await tagAssets(editor, chosen, [tag.data], []);
            setTagging(false);
          }}
        />
      ) : null}
      <ButtonBase
        draggable={trashedAt === null} {...assetDrag(editor, asset)}
        aria-label={asset.name} aria-pressed={isSelected}
        onClick={(event) => editor.session.setState(({ selectedIds }) => ({
          selectedIds: !(event.ctrlKey || event.metaKey) ? [asset.id] : isSelected ? selectedIds.filter((id) => id !== asset.id) : [...selectedIds.filter((id) => id.startsWith('asset:')), asset.id], rightOpen: true,
        }))}
        onDoubleClick={() => editor.session.setState({ viewerSource: { kind: 'asset', assetId: asset.id }, playhead: 0, shuttle: 0, selectedIds: [asset.id] })}
        sx={{ display: 'block', width: 1, textAlign: 'left', borderRadius: 1.5, p: '2px', border: 2, borderColor: isSelected ? 'primary.main' : 'transparent', '&:hover': { borderColor: isSelected ? 'primary.main' : 'divider' } }}
      >
        <Poster src={thumbnailUrl(editor.info.mediaBase, editor.project.id, asset)} kind={asset.kind}>
          {wave === null || asset.kind !== 'audio' ? null : <Box component="img" src={wave} alt="" draggable={false} data-testid="waveform" sx={{ position: 'absolute', inset: 0, width: 1, height: 1, opacity: 0.75 }} />}
          {isHovered && asset.kind === 'video' ? (asset.filmstrip !== null && stripSrc !== null ? <FilmstripScrub src={stripSrc} strip={asset.filmstrip} /> : <HoverScrub src={playUrl(editor.info.mediaBase, editor.project.id, asset)} />) : null}
          {length === null ? null : <Box component="span" sx={{ position: 'absolute', right: 4, bottom: 4, px: 1, borderRadius: 0.75, fontSize: 10, lineHeight: '15px', color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.65)', fontVariantNumeric: 'tabular-nums' }}>{length}</Box>}
          {tags.length === 0 ? null : <Box component="span" sx={{ position: 'absolute', left: 4, bottom: 4, maxWidth: 0.6, px: 1, borderRadius: 0.75, fontSize: 10, lineHeight: '15px', color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.65)', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{tags.join(' · ')}</Box>}
        </Poster>
        <Box sx={{ px: 0.5, pt: 0.75, fontSize: 11, color: 'text.secondary', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{asset.name}</Box>
      </ButtonBase>
      {isHovered && trashedAt === null && handsOutFiles(editor) ? (
        <Box sx={{ position: 'absolute', top: 3, left: 3 }} onPointerDown={() => dragOut(editor, asset)}>
          <IconAction label={t('library.dragOut', { name: asset.name })} icon={<DriveFileMoveOutlined />} onClick={() => undefined} sx={{ ...corner, position: 'static' }} />
        </Box>
      ) : null}
      {trashedAt !== null
        ? <Box sx={{ position: 'absolute', top: 3, right: 3 }}><IconAction label={t('mediaLibrary.restore', { name: asset.name })} icon={<RestoreFromTrash />} disabled={readOnly} onClick={() => void restoreAssets(editor, [asset.id])} sx={corner} /></Box>
        : isHovered || starred || isSelected
          ? <Box sx={{ position: 'absolute', top: 3, right: 3 }}><IconAction label={t(starred ? 'mediaLibrary.unstar' : 'mediaLibrary.star', { name: asset.name })} pressed={starred} icon={starred ? <Star /> : <StarBorder />} disabled={readOnly} onClick={() => void starAssets(editor, [asset.id], !starred)} sx={{ ...corner, ...(starred ? { color: 'warning.light' } : {}) }} /></Box>
          : null}
    </Box>
  );
});
