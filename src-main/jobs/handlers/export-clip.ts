import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson, withoutPrompts, type Recipe } from '../../../src-shared/recipe/recipe.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { Media } from '../../media/media.ts';
import { copyAsset, writeAsset } from '../asset-file.ts';
import { toExportError } from '../export-error.ts';
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
            await copyAsset(store, asset, source, signal);
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

/** The recipe as it is embedded; without prompts it still tells model, seed and settings. */
function recipeJson(recipe: Recipe | null, embed: ExportClipData['embedRecipe']): string | null {
  if (recipe === null || embed === 'none') return null;
  return canonicalJson(embed === 'all' ? recipe : withoutPrompts(recipe));
}
