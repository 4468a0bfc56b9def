import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { OpenProject, OpenProjects } from './open-projects.ts';

/** Queues the import of a file after checking what can be checked at once. `removeSource` for files the studio uploaded itself. */
export async function enqueueImport(project: OpenProject, file: { readonly path: string; readonly name?: string; readonly removeSource?: boolean }): Promise<{ jobId: string }> {
  const { path } = file;
  if (!isAbsolute(path)) throw new StudioError('INVALID_INPUT', `${path} is not a whole path. Give it from the top of the disk.`, { details: { path } });
  const found = await stat(path).catch((error: unknown) => {
    throw new StudioError('NOT_FOUND', `${path} cannot be read. Check that it exists and that you may open it.`, { details: { path }, cause: error });
  });
  if (!found.isFile()) throw new StudioError('INVALID_INPUT', `${path} is not a file. Choose a video, a picture or a sound file.`, { details: { path } });
  const job = project.queue.enqueue('import', { path, name: file.name, removeSource: file.removeSource ?? false });
  return { jobId: job.id };
}

export function createAssetsService({ projects }: { readonly projects: OpenProjects }): StudioHandlers['assets'] {
  const assetsOf = (projectId: string) => projects.get(projectId).store.assets;
  return {
    list: async ({ projectId, kinds, ids }) => ({ assets: assetsOf(projectId).list({ kinds, ids }) }),
    get: async ({ projectId, assetId }) => assetsOf(projectId).get(assetId),
    importFile: ({ projectId, path }) => enqueueImport(projects.get(projectId), { path }),
    rename: async ({ projectId, assetId, name }) => assetsOf(projectId).rename(assetId, name),
    removeIntermediates: async ({ projectId }) => {
      const { queue } = projects.get(projectId);
      const reader = queue.list().find(({ kind, finishedAt }) => finishedAt === null && kind !== 'import' && kind !== 'export' && kind !== 'proxy');
      if (reader !== undefined) throw new StudioError('CONFLICT', `"${reader.title}" is not finished and still reads them. Let it finish, or cancel it first.`, { details: { jobId: reader.id } });
      const assets = assetsOf(projectId);
      const removed = assets.intermediates();
      assets.removeIntermediates();
      return removed;
    },
    remove: async ({ projectId, assetId }) => {
      assetsOf(projectId).remove(assetId);
      return {};
    },
  };
}
