import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import { memo, useEffect, type ReactNode } from 'react';
import type { LibraryFilter } from '../../../src-shared/contract/library.ts';
import { useLibraryEntries, useLibraryTotal } from '../../api/library-queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { useCardGrid } from '../../components/use-card-grid.ts';
import { wantPreviews } from '../../editor/preview-wishes.ts';
import { t } from '../../i18n/text.ts';
import { CARD_STYLES } from './card-styles.ts';
import { MediaCard } from './MediaCard.tsx';

export interface MediaGridProps {
  readonly filter: LibraryFilter;
  /** Cards of what is on its way in, before all others. */
  readonly incoming: ReactNode;
}

/** The library as a grid of any length: only the rows on screen exist, and only their pages are asked for. */
export const MediaGrid = memo(function MediaGrid({ filter, incoming }: MediaGridProps) {
  const { filter: shownFilter, total: known } = useLibraryTotal(filter);
  const total = known ?? 0;
  const { scroller, list, pictureHeight, height, cards, cardWidth } = useCardGrid(total);
  const entryAt = useLibraryEntries(shownFilter, cards[0]?.index ?? 0, cards.at(-1)?.index ?? 0);
  const editor = useEditor();
  const shown = cards.flatMap(({ index }) => entryAt(index)?.asset ?? []);
  useEffect(() => wantPreviews(editor, shown));
  // What was found begins at the top: the filter is no part of the work, it is the occasion.
  // oxlint-disable-next-line react/exhaustive-effect-dependencies, react-hooks/exhaustive-deps
  useEffect(() => void scroller.current?.scrollTo({ top: 0 }), [scroller, shownFilter]);
  return (
    <Box ref={scroller} data-testid="media-scroll" sx={{ flex: 1, minHeight: 0, overflowY: 'auto', px: 2.5, pt: 1, pb: 2.5 }}>
      {incoming}
      <Box ref={list} component="ul" aria-label={t('library.media')} data-total={total} sx={{ m: 0, p: 0, listStyle: 'none', position: 'relative', ...CARD_STYLES }} style={{ height }}>
        {cards.map(({ index, top, left }) => {
          const entry = entryAt(index);
          return (
            <li key={entry?.asset.id ?? `empty-${index}`} aria-setsize={total} aria-posinset={index + 1} style={{ position: 'absolute', width: cardWidth, top, left }}>
              {entry ? <MediaCard entry={entry} /> : <Skeleton variant="rounded" sx={{ width: 1, height: pictureHeight }} />}
            </li>
          );
        })}
      </Box>
    </Box>
  );
});
