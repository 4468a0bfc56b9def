import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson, withoutPrompts, type Recipe } from '../../../src-shared/recipe/recipe.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { Media } from '../../media/media.ts';
import type { AssetRow } from '../../store/asset-repository.ts';
import type { ProjectStore } from '../../store/project-store.ts';
import { waitingPart, type JobHandler } from '../job-handler.ts';
import { withScratchFolder } from '../scratch-folder.ts';

export const ExportClipData = z.object({
  assetId: z.string(),
  path: z.string().min(1),
  embedRecipe: z.enum(['all', 'withoutPrompts', 'none']).default('all'),
});
export type ExportClipData = z.infer<typeof ExportClipData>;

export interface ExportClipOptions {
  readonly media: Pick<Media, 'copyWithRecipe'>;
  readonly temporaryFolder: string;
}

/** Bytes copied at once: four chunk rows. */
const COPY_BYTES = 1024 * 1024;

/** Writes an asset to a file that appears whole or not at all. */
export function createExportClipHandler({ media, temporaryFolder }: ExportClipOptions): JobHandler<ExportClipData> {
  return {
    kind: 'export',
    lane: 'media',
    data: ExportClipData,
    title: ({ path }) => basename(path),
    parts: () => [waitingPart('export')],
    run: async ({ assetId, path, embedRecipe }, context) => {
      const { store, signal } = context;
      const asset = store.assets.get(assetId);
      if (asset.kind === 'stage') throw new StudioError('INVALID_INPUT', `"${asset.name}" is an unfinished stage. Export the finished clip instead.`, { details: { assetId } });
      context.beginPart('export', 1, 0);
      try {
        await mkdir(dirname(path), { recursive: true });
        if (asset.kind === 'video') {
          await withScratchFolder(temporaryFolder, async (folder) => {
            const source = join(folder, `clip${extname(path) || '.mp4'}`);
            await writeAsset(store, asset, source, signal);
            await media.copyWithRecipe(source, path, recipeJson(asset.recipe, embedRecipe), signal);
          });
        } else {
          const partial = `${path}.${randomUUID()}.partial`;
          try {
            await writeAsset(store, asset, partial, signal);
            await rename(partial, path);
          } finally {
            await rm(partial, { force: true });
          }
        }
      } catch (error) {
        throw toExportError(error, path);
      }
      context.advance(1, 1, null);
      context.complete(() => ({ resultAssetId: assetId, resultPath: path }));
    },
  };
}

async function writeAsset(store: ProjectStore, asset: AssetRow, path: string, signal: AbortSignal): Promise<void> {
  await pipeline(Readable.from(chunksOf(store, asset)), createWriteStream(path), { signal });
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function* chunksOf(store: ProjectStore, asset: AssetRow): Generator<Uint8Array> {
  for (let start = 0; start < asset.sizeBytes; start += COPY_BYTES) yield store.assets.readRange(asset.id, start, start + COPY_BYTES);
}

/** The recipe as it is embedded; without prompts it still tells model, seed and settings. */
function recipeJson(recipe: Recipe | null, embed: ExportClipData['embedRecipe']): string | null {
  if (recipe === null || embed === 'none') return null;
  return canonicalJson(embed === 'all' ? recipe : withoutPrompts(recipe));
}

function toExportError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const details = { path };
  if (code === 'ENOSPC' || code === 'EDQUOT') return new StudioError('DISK_FULL', `There is no room for ${path}. Free some space or choose another disk, then export again.`, { details, cause: error });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return new StudioError('INVALID_INPUT', `${path} may not be written. Choose another folder.`, { details, cause: error });
  if (code === 'ENOTDIR' || code === 'EISDIR' || code === 'ENAMETOOLONG' || code === 'EEXIST') return new StudioError('INVALID_INPUT', `${path} is not a place for a file. Choose another name.`, { details, cause: error });
  return error;
}
