import { isAbsolute } from 'node:path';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { clipFileName } from './media-responder.ts';
import type { OpenProjects } from './open-projects.ts';

export function createExportService({ projects, mediaBase }: { readonly projects: OpenProjects; readonly mediaBase: string }): StudioHandlers['export'] {
  return {
    start: async ({ projectId, assetId, path, embedRecipe }) => {
      const { store, queue } = projects.get(projectId);
      const asset = store.assets.get(assetId);
      if (!isAbsolute(path)) throw new StudioError('INVALID_INPUT', `${path} is not a whole path. Give it from the top of the disk.`, { details: { path } });
      if (asset.kind === 'motion') throw new StudioError('INVALID_INPUT', `${asset.name} is a motion. Export it from the motions.`, { details: { assetId } });
      if (asset.kind === 'stage') throw new StudioError('INVALID_INPUT', `${asset.name} is a stage's output, not a clip. Choose the clip it became.`, { details: { assetId } });
      return { jobId: queue.enqueue('export', { assetId, path, embedRecipe }).id };
    },
    downloadUrl: async ({ projectId, assetId }) => {
      const asset = projects.get(projectId).store.assets.get(assetId);
      return { url: `${mediaBase}/download/${encodeURIComponent(projectId)}/${encodeURIComponent(assetId)}`, fileName: clipFileName(asset) };
    },
  };
}
