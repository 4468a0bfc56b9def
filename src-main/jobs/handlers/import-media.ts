import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { parseCarriedRecipe } from '../../../src-shared/recipe/carried-recipe.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { Media } from '../../media/media.ts';
import { keepCarriedRecipe } from '../carried-recipes.ts';
import { waitingPart, type JobHandler } from '../job-handler.ts';
import { underItsName } from '../named-error.ts';

export const ImportMediaData = z.object({
  path: z.string().min(1),
  /** Name in the library; the file's own when left out. */
  name: z.string().min(1).max(200).optional(),
  /** The file is an upload of ours and goes once it is stored. */
  removeSource: z.boolean().default(false),
  /** The id of a removed asset that this file is. */
  instead: z.string().optional(),
});
export type ImportMediaData = z.infer<typeof ImportMediaData>;

export interface ImportMediaOptions {
  readonly media: Pick<Media, 'probe' | 'thumbnail' | 'readRecipe'>;
}

/** Bytes read at once. */
const READ_BYTES = 1024 * 1024;
const THUMBNAIL_WIDTH = 320;

async function examine(media: ImportMediaOptions['media'], path: string, signal: AbortSignal) {
  const info = await media.probe(path, signal);
  const text = await media.readRecipe(path, signal);
  // A recipe found in a file is text from outside: kept when it reads as one, ignored otherwise.
  const carried = text === null ? null : parseCarriedRecipe(text);
  const thumbnail = info.kind === 'audio' ? null : await media.thumbnail(path, { maxWidth: THUMBNAIL_WIDTH, at: 'middle', signal });
  return { info, carried, thumbnail };
}

/** Streams a media file into the project. Bytes that the library already holds are not stored twice. */
export function createImportMediaHandler({ media }: ImportMediaOptions): JobHandler<ImportMediaData> {
  return {
    kind: 'import',
    lane: 'media',
    data: ImportMediaData,
    title: ({ path, name }) => name ?? basename(path),
    parts: () => [waitingPart('import')],
    run: async ({ path, name, removeSource, instead }, context) => {
      const { store, signal } = context;
      const before = await stat(path).catch((error: unknown) => {
        throw new StudioError('NOT_FOUND', `${path} cannot be read: it is no longer there, or you may not read it. Check the file and import it again.`, { details: { path }, cause: error });
      });
      const total = Math.max(1, Math.ceil(before.size / READ_BYTES));
      context.beginPart('import', total, 0);
      const { info, carried, thumbnail } = await examine(media, path, signal).catch((error: unknown) => {
        throw underItsName(error, path, name);
      });
      const recipe = carried === null || 'kind' in carried || info.kind !== 'video' ? undefined : carried;
      const writer = store.assets.beginWrite({ kind: info.kind, name: name ?? basename(path), mimeType: info.mimeType, origin: 'imported', recipe, ...(instead === undefined ? {} : { instead }) });
      try {
        let sizeBytes = 0;
        let blockBeganAt = performance.now();
        for await (const block of createReadStream(path, { highWaterMark: READ_BYTES, signal }) as AsyncIterable<Uint8Array>) {
          writer.write(block);
          sizeBytes += block.length;
          context.advance(Math.min(total, Math.ceil(sizeBytes / READ_BYTES)), total, performance.now() - blockBeganAt);
          blockBeganAt = performance.now();
        }
        const after = await stat(path);
        if (sizeBytes !== before.size || after.mtimeMs !== before.mtimeMs) {
          throw new StudioError('MEDIA_UNREADABLE', `${path} changed while it was being imported. Wait until it is written completely, then import it again.`, { details: { path } });
        }
        signal.throwIfAborted();
        context.complete(() => {
          const asset = writer.finish({ width: info.width, height: info.height, frames: info.frames, frameRate: info.frameRate, durationMs: info.durationMs, hasAudio: info.hasAudio });
          const twin = store.assets.findBySha256(asset.sha256);
          // What came back stays under the id that the timeline names it by.
          if (twin !== null && twin.id !== asset.id && instead === undefined) {
            store.assets.remove(asset.id);
            return { resultAssetId: twin.id };
          }
          if (thumbnail !== null) store.assets.setThumbnail(asset.id, thumbnail);
          if (carried !== null && recipe === undefined) keepCarriedRecipe(store, asset.id, carried);
          return { resultAssetId: asset.id };
        });
      } catch (error) {
        writer.abort();
        throw error;
      }
      if (removeSource) await rm(path, { force: true });
    },
  };
}
