import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import { useQueries } from '@tanstack/react-query';
import { takeCovers } from '../../../src-shared/timeline/edits/clip-takes.ts';
import type { Clip } from '../../../src-shared/timeline/document.ts';
import { thumbnailUrl } from '../../api/media-address.ts';
import { useDocument, useEditor } from '../../api/studio-context.tsx';
import { Poster } from '../../components/Poster.tsx';
import { chooseClipTake } from '../../editor/clip-takes.ts';
import { sequenceOf } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { Section } from './Section.tsx';

/** What was made of a clip's footage, and the footage itself: which one the clip shows. */
export function ClipTakes({ clip }: { clip: Clip }) {
  const editor = useEditor();
  const { client, project, info } = editor;
  const rate = useDocument((state) => sequenceOf(state.records).frameRate);
  const assets = useQueries({
    queries: clip.takes.map(({ assetId }) => ({ queryKey: [project.id, 'asset', assetId], queryFn: () => client.assets.get({ projectId: project.id, assetId }), retry: false })),
  });
  if (clip.takes.length === 0) return null;
  return (
    <Section title={t('clipTakes.title')}>
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none', display: 'grid', gridTemplateColumns: 'repeat(3, minmax(0, 1fr))', gap: 1 }}>
        {clip.takes.map((take, index) => {
          const asset = assets[index]?.data;
          if (asset === undefined) return null;
          const isShown = take.assetId === clip.assetId;
          const name = index === 0 ? t('clipTakes.footage') : asset.name;
          const isUsable = isShown || takeCovers(clip, take, rate);
          return (
            <Box component="li" key={take.takeId} sx={{ minWidth: 0 }}>
              <ButtonBase
                aria-pressed={isShown} disabled={!isUsable || project.readOnly} title={isUsable ? asset.name : t('clipTakes.tooShort')} onClick={() => { if (!isShown) chooseClipTake(editor, clip.id, take); }}
                sx={{ display: 'block', width: 1, borderRadius: 1.5, p: '2px', border: 2, borderColor: isShown ? 'primary.main' : 'transparent', opacity: isUsable ? 1 : 0.5, '&:hover': { borderColor: isShown ? 'primary.main' : 'divider' } }}
              >
                <Poster src={thumbnailUrl(info.mediaBase, project.id, asset)} kind="video" />
                <Box sx={{ pt: 0.5, fontSize: 11, color: 'text.secondary', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{name}</Box>
              </ButtonBase>
            </Box>
          );
        })}
      </Box>
    </Section>
  );
}
