import type { DragEvent } from 'react';
import type { Asset } from '../../src-shared/contract/assets.ts';
import { setDraggedThing } from '../editor/dragged-thing.ts';
import { ASSET_DRAG } from '../editor/motion-commands.ts';

/** What makes an element that stands for a library file draggable: onto lanes, events, and where motions are learned. */
export const assetDrag = (asset: Asset): { onDragStart(event: DragEvent): void; onDragEnd(): void } => ({
  onDragStart: (event) => {
    event.dataTransfer.setData(ASSET_DRAG, asset.id);
    event.dataTransfer.effectAllowed = 'copy';
    setDraggedThing({ kind: asset.kind === 'video' || asset.kind === 'image' || asset.kind === 'audio' ? asset.kind : 'other', name: asset.name, assetId: asset.id });
  },
  onDragEnd: () => setDraggedThing(null),
});
