import DriveFileMoveOutlined from '@mui/icons-material/DriveFileMoveOutlined';
import Star from '@mui/icons-material/Star';
import StarBorder from '@mui/icons-material/StarBorder';
import RestoreFromTrash from '@mui/icons-material/RestoreFromTrash';
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
import { KindSign } from '../../components/Poster.tsx';
import { restoreAssets, starAssets, tagAssets } from '../../editor/library-commands.ts';
import { t } from '../../i18n/text.ts';
import { assetMenu, assetsMenu } from './asset-menu.ts';

const corner = { p: 0.5, bgcolor: 'rgb(0 0 0 / 0.55)', color: 'common.white', '&:hover': { bgcolor: 'rgb(0 0 0 / 0.75)', color: 'common.white' }, '& svg': { fontSize: 14 } } as const;

/** One asset in the grid: its picture, its length, and frame by frame what is in it while the pointer moves over it. */
export const MediaCard = memo(function MediaCard({ entry }: { entry: LibraryEntry }) {
  const { asset, starred, tags, trashedAt } = entry;
  const editor = useEditor();
  const isSelected = useSession((state) => state.selectedIds.includes(asset.id));
  const [isHovered, setHovered] = useState(false);
  const length = asset.frames !== null && asset.frameRate !== null ? formatTimecode(asset.frames, asset.frameRate) : null;
  const { readOnly } = editor.project;
  const still = thumbnailUrl(editor.info.mediaBase, editor.project.id, asset);
  const stripSrc = filmstripUrl(editor.info.mediaBase, editor.project.id, asset);
  const wave = waveformUrl(editor.info.mediaBase, editor.project.id, asset);
  const { menu, open, close } = useContextMenu<string>();
  const [isTagging, setTagging] = useState(false);
  // What a menu opened on one of several selected files is about: all of them.
  const chosen = isSelected ? editor.session.getState().selectedIds.filter((id) => id.startsWith('asset:')) : [asset.id];
  return (
    <div className="card" onContextMenu={(click) => { if (!isSelected) editor.session.setState({ selectedIds: [asset.id] }); open(click, asset.id); }} onPointerEnter={() => setHovered(true)} onPointerLeave={() => setHovered(false)}>
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
      <button
        type="button" className="face" draggable={trashedAt === null} {...assetDrag(editor, asset)}
        aria-label={asset.name} aria-pressed={isSelected}
        onClick={(event) => editor.session.setState(({ selectedIds }) => ({
          selectedIds: !(event.ctrlKey || event.metaKey) ? [asset.id] : isSelected ? selectedIds.filter((id) => id !== asset.id) : [...selectedIds.filter((id) => id.startsWith('asset:')), asset.id], rightOpen: true,
        }))}
        onDoubleClick={() => editor.session.setState({ viewerSource: { kind: 'asset', assetId: asset.id }, playhead: 0, shuttle: 0, selectedIds: [asset.id] })}
      >
        <span className="poster">
          {still === null ? <KindSign kind={asset.kind} /> : <img src={still} alt="" loading="lazy" draggable={false} />}
          {wave === null || asset.kind !== 'audio' ? null : <img className="wave" src={wave} alt="" draggable={false} data-testid="waveform" />}
          {isHovered && asset.kind === 'video' ? (asset.filmstrip !== null && stripSrc !== null ? <FilmstripScrub src={stripSrc} strip={asset.filmstrip} /> : <HoverScrub src={playUrl(editor.info.mediaBase, editor.project.id, asset)} />) : null}
        </span>
        <span className="name">{asset.name}</span>
      </button>
      <div className="notes">
        {length === null ? null : <span className="note length">{length}</span>}
        {tags.length === 0 ? null : <span className="note tags">{tags.join(' · ')}</span>}
      </div>
      {isHovered && trashedAt === null && handsOutFiles(editor) ? (
        <div className="corner left" onPointerDown={() => dragOut(editor, asset)}>
          <IconAction label={t('library.dragOut', { name: asset.name })} icon={<DriveFileMoveOutlined />} onClick={() => undefined} sx={corner} />
        </div>
      ) : null}
      {trashedAt !== null
        ? <div className="corner"><IconAction label={t('mediaLibrary.restore', { name: asset.name })} icon={<RestoreFromTrash />} disabled={readOnly} onClick={() => void restoreAssets(editor, [asset.id])} sx={corner} /></div>
        : isHovered || starred || isSelected
          ? <div className="corner"><IconAction label={t(starred ? 'mediaLibrary.unstar' : 'mediaLibrary.star', { name: asset.name })} pressed={starred} icon={starred ? <Star /> : <StarBorder />} disabled={readOnly} onClick={() => void starAssets(editor, [asset.id], !starred)} sx={{ ...corner, ...(starred ? { color: 'warning.light' } : {}) }} /></div>
          : null}
    </div>
  );
});
