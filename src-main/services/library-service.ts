import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import type { OpenProjects } from './open-projects.ts';

/** The library of an open project. */
export function createLibraryService({ projects }: { readonly projects: OpenProjects }): StudioHandlers['library'] {
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
    diskUse: async ({ projectId }) => {
      const store = storeOf(projectId);
      return store.library.diskUse(store.sizeBytes());
    },
  };
}
