import type { DragEvent } from 'react';
import type { Asset } from '../../src-shared/contract/assets.ts';
import { setDraggedThing } from '../editor/dragged-thing.ts';
import { ASSET_DRAG } from '../editor/motion-commands.ts';

/** What makes an element that stands for a library file draggable: onto lanes, events, and where motions are learned. */
export const assetDrag = (asset: Asset, download: string): { onDragStart(event: DragEvent): void; onDragEnd(): void } => ({
  onDragStart: (event) => {
    event.dataTransfer.setData(ASSET_DRAG, asset.id);
    event.dataTransfer.effectAllowed = 'copy';
    // A browser saves it where it is dropped outside of the window; other targets do not know this type.
    event.dataTransfer.setData('DownloadURL', `${asset.mimeType}:${asset.name.replaceAll(':', ' ')}:${new URL(download, location.href).href}`);
    setDraggedThing({ kind: asset.kind === 'video' || asset.kind === 'image' || asset.kind === 'audio' ? asset.kind : 'other', name: asset.name, assetId: asset.id });
  },
  onDragEnd: () => setDraggedThing(null),
});
