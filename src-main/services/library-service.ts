import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { MissingAsset } from '../../src-shared/contract/library.ts';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { assetFileName } from '../../src-shared/export/file-name.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { assetsUsedBy } from '../../src-shared/timeline/used-assets.ts';
import { findFiles } from '../jobs/find-files.ts';
import type { RemovedAsset } from '../store/asset-repository.ts';
import { writeAsset } from '../jobs/asset-file.ts';
import type { Platform } from './platform.ts';
import type { OpenProjects } from './open-projects.ts';
import type { PreviewMaker } from './preview-maker.ts';

export interface LibraryServiceOptions {
  readonly projects: OpenProjects;
  readonly previews: PreviewMaker;
  readonly platform: Pick<Platform, 'capabilities' | 'dragFile'>;
  /** Where files lie that were dragged out: the program that took one may still read it. */
  readonly draggedFolder: string;
}

const toMissing = ({ id, kind, name, sizeBytes }: RemovedAsset): MissingAsset => ({ id, kind, name, sizeBytes });

/** The library of an open project. */
export function createLibraryService({ projects, previews, platform, draggedFolder }: LibraryServiceOptions): StudioHandlers['library'] {
  const storeOf = (projectId: string) => projects.get(projectId).store;
  return {
    page: async ({ projectId, filter, offset, limit }) => {
      const { entries, total } = storeOf(projectId).library.page(filter, offset, limit);
      return { entries: [...entries], total };
    },
    get: async ({ projectId, assetId }) => storeOf(projectId).library.get(assetId),
    tags: async ({ projectId }) => ({ tags: [...storeOf(projectId).library.tags()] }),
    star: async ({ projectId, assetIds, starred }) => {
      storeOf(projectId).library.star(assetIds, starred);
      return {};
    },
    tag: async ({ projectId, assetIds, add, remove }) => {
      storeOf(projectId).library.tag(assetIds, add, remove);
      return {};
    },
    trash: async ({ projectId, assetIds }) => {
      storeOf(projectId).library.trash(assetIds);
      return {};
    },
    restore: async ({ projectId, assetIds }) => {
      storeOf(projectId).library.restore(assetIds);
      return {};
    },
    emptyTrash: async ({ projectId }) => storeOf(projectId).library.emptyTrash(),
    makePreviews: async ({ projectId, assetIds }) => {
      const store = storeOf(projectId);
      if (!store.readOnly) previews.ask(store, assetIds);
      return {};
    },
    makeProxy: async ({ projectId, assetId }) => {
      const { store, queue } = projects.get(projectId);
      const asset = store.assets.get(assetId);
      if (asset.kind !== 'video') throw new StudioError('INVALID_INPUT', `"${asset.name}" is no clip: only clips have stand-ins.`, { details: { assetId } });
      if (asset.hasProxy || store.readOnly) return { jobId: null };
      const waiting = store.jobs.list().find((job) => job.kind === 'proxy' && job.finishedAt === null && (job.data as { assetId?: unknown }).assetId === assetId);
      return { jobId: waiting?.id ?? queue.enqueue('proxy', { assetId, name: asset.name }).id };
    },
    dragOut: async ({ projectId, assetId }) => {
      const store = storeOf(projectId);
      const asset = store.assets.get(assetId);
      const folder = join(draggedFolder, asset.sha256);
      const path = join(folder, assetFileName(asset));
      // Nothing is written where no desktop would take it.
      if (platform.capabilities.includes('dragOut') && !existsSync(path)) {
        mkdirSync(folder, { recursive: true });
        await writeAsset(store, asset, `${path}.part`, AbortSignal.timeout(60_000));
        renameSync(`${path}.part`, path);
      }
      await platform.dragFile(path);
      return {};
    },
    missing: async ({ projectId, assetIds }) => ({ missing: storeOf(projectId).assets.removed(assetIds).map(toMissing) }),
    locate: async ({ projectId, path }) => {
      const { store, queue } = projects.get(projectId);
      if (!isAbsolute(path)) throw new StudioError('INVALID_INPUT', `${path} is not a whole path. Give it from the top of the disk.`, { details: { path } });
      const missing = store.assets.removed([...assetsUsedBy(store.timeline.get().document.records)]);
      const places = await findFiles(path, missing);
      const found = missing.flatMap((asset) => {
        const place = places.get(asset.id);
        return place === undefined ? [] : [{ ...toMissing(asset), jobId: queue.enqueue('import', { path: place, name: asset.name, removeSource: false, instead: asset.id }).id }];
      });
      return { found, lacking: missing.filter(({ id }) => !places.has(id)).map(toMissing) };
    },
    diskUse: async ({ projectId }) => {
      const store = storeOf(projectId);
      return store.library.diskUse(store.sizeBytes());
    },
  };
}
