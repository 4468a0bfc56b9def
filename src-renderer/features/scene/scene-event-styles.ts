import { EVENT_BADGE_STYLES } from '../../components/EventBadge.tsx';

/** Styles of the list that events stand in. What is scrolled out of sight costs no layout and no paint. */
export const SCENE_EVENT_STYLES = {
  ...EVENT_BADGE_STYLES,
  '& > li': { flex: 'none', contentVisibility: 'auto', containIntrinsicSize: 'auto 150px auto 26px' },
  '& button': {
    display: 'inline-flex', alignItems: 'center', gap: 1.75, minHeight: 26, maxWidth: 240, px: 1.5, border: 0, borderRadius: 1.5, bgcolor: 'transparent', color: 'text.secondary', font: 'inherit', fontSize: 11.5, fontWeight: 500, cursor: 'pointer',
    '&:hover': { bgcolor: 'studio.raised' }, '&[aria-pressed=true]': { color: 'text.primary', bgcolor: 'studio.raised' }, '&:focus-visible': { outline: '2px solid var(--mui-palette-primary-light)', outlineOffset: -2 },
  },
  '& button > span:first-of-type': { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
} as const;
