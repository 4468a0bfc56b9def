import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Skeleton from '@mui/material/Skeleton';
import type { PackStyle } from '../../../src-shared/pack/model-index.ts';
import { FrameCanvas } from '../../components/FrameCanvas.tsx';
import { useStylePreview, type StyledFrame } from '../../api/use-style-preview.ts';
import { t } from '../../i18n/text.ts';

export interface StyleGalleryProps {
  readonly styles: readonly PackStyle[];
  readonly chosen: string;
  /** The frame that each look is shown on; null: not yet. */
  readonly frame: Omit<StyledFrame, 'style' | 'small'> | null;
  /** A still of the clip, which stands for looks that are not drawn yet; null: none. */
  readonly poster: string | null;
  readonly onChoose: (prompt: string) => void;
}

/** The looks that the pack was trained on, each drawn by the model itself on a frame of this very clip. */
export function StyleGallery({ styles, chosen, frame, poster, onChoose }: StyleGalleryProps) {
  return (
    <Box component="ul" aria-label={t('stylize.gallery')} sx={{ m: 0, p: 0, listStyle: 'none', display: 'grid', gridTemplateColumns: 'repeat(4, minmax(0, 1fr))', gap: 1 }}>
      {styles.map((style) => <StyleCard key={style.prompt} style={style} isChosen={chosen === style.prompt} frame={frame} poster={poster} onChoose={() => onChoose(style.prompt)} />)}
    </Box>
  );
}

function StyleCard({ style, isChosen, frame, poster, onChoose }: { style: PackStyle; isChosen: boolean; frame: StyleGalleryProps['frame']; poster: string | null; onChoose: () => void }) {
  const { frames, error } = useStylePreview(frame === null ? null : { ...frame, style: style.prompt, small: true });
  return (
    <Box component="li" sx={{ minWidth: 0 }}>
      <ButtonBase aria-pressed={isChosen} onClick={onChoose} data-drawn={frames !== null} title={error ?? undefined} sx={{ display: 'block', width: 1, borderRadius: 1.5, p: '2px', border: 2, borderColor: isChosen ? 'primary.main' : 'transparent', '&:hover': { borderColor: isChosen ? 'primary.main' : 'divider' } }}>
        <Box sx={{ position: 'relative', aspectRatio: '16 / 10', borderRadius: 1, overflow: 'hidden', bgcolor: 'studio.well' }}>
          {frames !== null || poster === null ? null : <Box component="img" src={poster} alt="" sx={{ width: 1, height: 1, objectFit: 'cover', filter: 'grayscale(1)', opacity: 0.3 }} />}
          {frames !== null || error !== null ? null : <Skeleton variant="rectangular" sx={{ position: 'absolute', inset: 0, height: 1 }} />}
          {frames === null ? null : <FrameCanvas frames={frames} label={style.name} sx={{ objectFit: 'cover' }} />}
        </Box>
        <Box sx={{ pt: 0.5, fontSize: 11, color: 'text.secondary', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{style.name}</Box>
      </ButtonBase>
    </Box>
  );
}
