import type { DragEvent } from 'react';
import type { Asset } from '../../src-shared/contract/assets.ts';
import { assetFileName } from '../../src-shared/export/file-name.ts';
import { downloadUrl } from '../api/media-address.ts';
import { setDraggedThing } from '../editor/dragged-thing.ts';
import type { Editor } from '../editor/editor.ts';
import { ASSET_DRAG } from '../editor/motion-commands.ts';
import { notifyError } from '../editor/notices.ts';

/**
 * Whether the host hands files to the desktop itself. Its drags are the desktop's own, which lanes and events know nothing of: there they
 * begin on a handle of their own, and a card's drag stays in the window. Elsewhere one drag does both.
 */
export const handsOutFiles = ({ info }: Pick<Editor, 'info'>): boolean => info.capabilities.includes('dragOut');

/** Begins the host's own drag of a file, while the pointer is down. */
export const dragOut = ({ client, project }: Pick<Editor, 'client' | 'project'>, asset: Asset): void => void client.library.dragOut({ projectId: project.id, assetId: asset.id }).catch(notifyError);

/** What makes an element that stands for a library file draggable: onto lanes, events, where motions are learned, and out of the window. */
export const assetDrag = ({ info, project }: Pick<Editor, 'info' | 'project'>, asset: Asset): { onDragStart(event: DragEvent): void; onDragEnd(): void } => ({
  onDragStart: (event) => {
    event.dataTransfer.setData(ASSET_DRAG, asset.id);
    if (!handsOutFiles({ info })) {
      // Chromium's own form: a folder of the desktop, or another program, takes the file from this address.
      const address = new URL(downloadUrl(info.mediaBase, project.id, asset.id), window.location.href).href;
      event.dataTransfer.setData('DownloadURL', `${asset.mimeType}:${assetFileName(asset)}:${address}`);
    }
    event.dataTransfer.effectAllowed = 'copy';
    setDraggedThing({ kind: asset.kind === 'video' || asset.kind === 'image' || asset.kind === 'audio' ? asset.kind : 'other', name: asset.name, assetId: asset.id });
  },
  onDragEnd: () => setDraggedThing(null),
});
