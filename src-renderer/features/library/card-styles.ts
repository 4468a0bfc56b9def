import type { SxProps, Theme } from '@mui/material/styles';

/**
 * Looks of the cards inside a grid, as one sheet for all of them: a fast wheel brings dozens of cards into each frame, and every styled
 * component of its own would cost more than the card.
 */
export const CARD_STYLES = {
  '& .card': { position: 'relative', minWidth: 0 },
  '& .face': { display: 'block', width: 1, m: 0, p: '2px', font: 'inherit', color: 'inherit', textAlign: 'left', cursor: 'pointer', background: 'none', border: 2, borderStyle: 'solid', borderColor: 'transparent', borderRadius: 1.5, userSelect: 'none' },
  '& .face:hover': { borderColor: 'divider' },
  '& .face[aria-pressed="true"]': { borderColor: 'primary.main' },
  '& .poster': { position: 'relative', display: 'grid', placeItems: 'center', aspectRatio: '16 / 9', borderRadius: 1, overflow: 'hidden', bgcolor: 'studio.stage', color: 'text.disabled' },
  '& .poster > img': { display: 'block', width: 1, height: 1, objectFit: 'cover' },
  '& .poster > img.wave': { position: 'absolute', inset: 0, objectFit: 'fill', opacity: 0.75 },
  // Over the poster, but not in the button: a button is named by its file, and shows nothing else.
  '& .notes': { position: 'absolute', top: 4, left: 4, right: 4, aspectRatio: '16 / 9', pointerEvents: 'none' },
  '& .note': { position: 'absolute', bottom: 4, px: 1, borderRadius: 0.75, fontSize: 10, lineHeight: '15px', color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.65)', fontVariantNumeric: 'tabular-nums', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  '& .note.length': { right: 4 },
  '& .note.tags': { left: 4, maxWidth: 0.6 },
  '& .name': { display: 'block', px: 0.5, pt: 0.75, fontSize: 11, lineHeight: 1.5, color: 'text.secondary', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  '& .corner': { position: 'absolute', top: 6, right: 6 },
  '& .corner.left': { right: 'auto', left: 6 },
} satisfies SxProps<Theme>;
