import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Media } from '../../media/media.ts';
import { copyAssetInto } from '../asset-file.ts';
import { waitingPart, type JobHandler } from '../job-handler.ts';
import { withScratchFolder } from '../scratch-folder.ts';

export const MakeProxyData = z.object({ assetId: z.string(), name: z.string() });
export type MakeProxyData = z.infer<typeof MakeProxyData>;

/** Makes a stand-in for a clip that browsers cannot decode, or not soon enough. The viewer shows it in place of it, or in haste and in motion; exports read the clip itself. */
export function createMakeProxyHandler({ media, temporaryFolder }: { readonly media: Pick<Media, 'proxy'>; readonly temporaryFolder: string }): JobHandler<MakeProxyData> {
  return {
    kind: 'proxy',
    lane: 'standIns',
    data: MakeProxyData,
    title: ({ name }) => name,
    parts: () => [waitingPart('proxy')],
    immediate: ({ assetId }, store) => (store.previews.sizeOf(assetId, 'proxy') === null ? null : { resultAssetId: assetId }),
    run: async ({ assetId }, context) => {
      const { store, signal } = context;
      const asset = store.assets.get(assetId);
      const total = Math.max(1, asset.frames ?? 1);
      context.beginPart('proxy', total, 0);
      await withScratchFolder(temporaryFolder, async (folder) => {
        const output = join(folder, 'proxy');
        const source = await copyAssetInto(folder, store, asset, signal);
        let [done, beganAt] = [0, performance.now()];
        await media.proxy({
          source, output, signal,
          onFrames: (frames) => {
            if (frames <= done) return;
            const now = performance.now();
            context.advance(Math.min(total, frames), total, (now - beganAt) / (frames - done));
            [done, beganAt] = [frames, now];
          },
        });
        signal.throwIfAborted();
        await store.previews.write(assetId, 'proxy', {}, createReadStream(output) as AsyncIterable<Uint8Array>);
      });
      context.complete(() => ({ resultAssetId: assetId }));
    },
  };
}
