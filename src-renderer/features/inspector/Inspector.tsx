import Box from '@mui/material/Box';
import { useAsset } from '../../api/asset-queries.ts';
import { useMotions, useTakes } from '../../api/queries.ts';
import { useDocument, useSession } from '../../api/studio-context.tsx';
import { isInspected } from '../../editor/item-fields.ts';
import { eventAt, eventById } from '../../editor/timeline-edits.ts';
import { AssetPanel } from './AssetPanel.tsx';
import { EventPanel } from './EventPanel.tsx';
import { ItemPanel } from './ItemPanel.tsx';
import { MotionPanel } from './MotionPanel.tsx';
import { TakePanel } from './TakePanel.tsx';

/** Everything about the selection: an event's words and settings, what an item on the lanes has, a take's recipe, or the facts of a motion or a file. */
export function Inspector() {
  const records = useDocument((state) => state.records);
  const selectedIds = useSession((state) => state.selectedIds);
  const frame = useSession((state) => (state.viewerSource.kind === 'timeline' ? state.playhead : null));
  const takes = useTakes();
  const { motions } = useMotions();
  const first = selectedIds[0] ?? '';
  const take = takes.find((other) => other.id === first);
  const asset = useAsset(first);
  const motion = motions.find((other) => other.id === first);
  // With nothing selected, the words under the playhead are the ones to edit.
  const event = eventById(records, selectedIds.find((id) => id.startsWith('promptEvent:'))) ?? (frame === null ? null : eventAt(records, frame));
  const items = selectedIds.filter((id) => isInspected(records[id]));
  const isItem = items[0] === first && (!first.startsWith('promptEvent:') || items.length > 1);
  return (
    <Box sx={{ flex: 1, minWidth: 0, minHeight: 0, bgcolor: 'studio.panel', display: 'flex', flexDirection: 'column' }}>
      {take ? <TakePanel take={take} /> : motion ? <MotionPanel motion={motion} /> : asset ? <AssetPanel asset={asset} /> : isItem ? <ItemPanel ids={items} /> : <EventPanel event={event} />}
    </Box>
  );
}
