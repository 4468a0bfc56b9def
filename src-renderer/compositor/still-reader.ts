import type { PlanarPicture } from '../../src-shared/compose/planar/planar-picture.ts';
import { pictureOfCanvasSource } from './frame-planes.ts';
import { ShotProblem, type ShotReader } from './shot-reader.ts';
import type { CompositorSource } from './viewer-messages.ts';

/** Reads a picture, which has one frame. */
export function openStill({ source, has, keep }: { readonly source: CompositorSource; readonly has: (frame: number) => boolean; readonly keep: (frame: number, picture: PlanarPicture) => void }): ShotReader {
  let reading: Promise<PlanarPicture> | null = null;
  const read = async (): Promise<PlanarPicture> => {
    const answer = await fetch(source.url);
    if (!answer.ok) throw new ShotProblem({ kind: 'unreadable', name: source.name });
    const bitmap = await createImageBitmap(await answer.blob()).catch(() => {
      throw new ShotProblem({ kind: 'unreadable', name: source.name });
    });
    const picture = pictureOfCanvasSource(bitmap.width, bitmap.height, (context) => context.drawImage(bitmap, 0, 0));
    bitmap.close();
    return picture;
  };
  return {
    want: async () => {
      if (has(0)) return;
      reading ??= read().finally(() => {
        reading = null;
      });
      keep(0, await reading);
    },
    leave: () => undefined,
    close: () => undefined,
  };
}
