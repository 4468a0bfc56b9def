import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileEndingOf } from '../../src-shared/export/file-name.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { TensorMessage } from '../engine/process/protocol.ts';
import type { Media } from '../media/media.ts';
import type { ProjectStore } from '../store/project-store.ts';

/** A picture of the project as one frame of a stage's size, [1, 3, 1, height, width] in [-1, 1]: filled and cropped, never squeezed. */
export async function readImage(
  store: ProjectStore, media: Pick<Media, 'decodeFrames'>, sha256: string, { width, height }: { readonly width: number; readonly height: number }, folder: string, signal: AbortSignal,
): Promise<TensorMessage> {
  const asset = store.assets.findBySha256(sha256);
  if (asset === null) throw new StudioError('NOT_FOUND', 'A picture of the scene is no longer in the project. Import it again, or remove it from its event.', { details: { sha256 } });
  const path = join(folder, `image.${fileEndingOf(asset.mimeType) ?? 'png'}`);
  writeFileSync(path, store.assets.readAll(asset.id));
  for await (const rgb of media.decodeFrames(path, { width, height, fit: 'cover', frames: 1, signal })) {
    const area = width * height;
    const data = new Float32Array(3 * area);
    for (let i = 0; i < area; i += 1) for (let channel = 0; channel < 3; channel += 1) data[channel * area + i] = rgb[i * 3 + channel]! / 127.5 - 1;
    return { shape: [1, 3, 1, height, width], data };
  }
  throw new StudioError('MEDIA_UNREADABLE', `"${asset.name}" holds no picture. Choose another image.`, { details: { assetId: asset.id } });
}
