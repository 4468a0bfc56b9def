import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactNode } from 'react';
import type { LibraryFilter } from '../../../src-shared/contract/library.ts';
import { useLibraryEntries, useLibraryTotal } from '../../api/library-queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { useWidth } from '../../components/use-width.ts';
import { wantPreviews } from '../../editor/preview-wishes.ts';
import { t } from '../../i18n/text.ts';
import { MediaCard } from './MediaCard.tsx';

const GAP = 8;
const LEAST_WIDTH = 104;
/** Name below the picture, frame and border around it. */
const CAPTION = 30;

export interface MediaGridProps {
  readonly filter: LibraryFilter;
  /** Cards of what is on its way in, before all others. */
  readonly incoming: ReactNode;
  /** What to say when the filter leaves nothing. */
  readonly nothing: ReactNode;
}

/** The library as a grid of any length: only the rows on screen exist, and only their pages are asked for. */
export function MediaGrid({ filter, incoming, nothing }: MediaGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { ref, width } = useWidth<HTMLDivElement>(280);
  const columns = Math.max(1, Math.floor((width + GAP) / (LEAST_WIDTH + GAP)));
  const rowHeight = Math.round((((width + GAP) / columns - GAP - 8) * 9) / 16) + CAPTION + GAP;
  const known = useLibraryTotal(filter);
  const total = known ?? 0;
  // Its answers are read here, while rendering, and handed to no one: nothing that is kept can grow stale.
  // oxlint-disable-next-line react/incompatible-library
  const rows = useVirtualizer({ count: Math.ceil(total / columns), getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 3, getItemKey: (index) => `${columns}/${rowHeight}/${index}` });
  const items = rows.getVirtualItems();
  const entryAt = useLibraryEntries(filter, (items[0]?.index ?? 0) * columns, ((items.at(-1)?.index ?? 0) + 1) * columns - 1);
  const editor = useEditor();
  const shown = items.flatMap(({ index: row }) => Array.from({ length: Math.min(columns, total - row * columns) }, (_, column) => entryAt(row * columns + column)?.asset)).filter((asset) => asset !== undefined);
  useEffect(() => wantPreviews(editor, shown));
  return (
    <Box ref={scroller} data-testid="media-scroll" sx={{ flex: 1, minHeight: 0, overflowY: 'auto', px: 2.5, pb: 2.5 }}>
      {incoming}
      {known === 0 ? nothing : null}
      <Box ref={ref} component="ul" aria-label={t('library.media')} data-total={total} sx={{ m: 0, p: 0, listStyle: 'none', position: 'relative', height: rows.getTotalSize() }}>
        {items.flatMap(({ index: row, start }) => Array.from({ length: Math.min(columns, total - row * columns) }, (_, column) => {
          const index = row * columns + column;
          const entry = entryAt(index);
          return (
            <Box
              component="li" key={entry?.asset.id ?? `empty-${index}`} aria-setsize={total} aria-posinset={index + 1}
              sx={{ position: 'absolute', width: `calc((100% - ${(columns - 1) * GAP}px) / ${columns})` }} style={{ top: start, left: `calc((100% + ${GAP}px) / ${columns} * ${column})` }}
            >
              {entry ? <MediaCard entry={entry} /> : <Skeleton variant="rounded" sx={{ width: 1, height: rowHeight - CAPTION - GAP }} />}
            </Box>
          );
        }))}
      </Box>
    </Box>
  );
}
