import type { Hashing } from '../../src-shared/contract/models.ts';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import type { ModelRegistry } from '../models/model-registry.ts';
import { changedTopics } from './changed-topics.ts';

export function createModelsService({ models }: { readonly models: ModelRegistry }): StudioHandlers['models'] {
  return {
    list: async () => ({ packs: await models.list() }),
    inspectFolder: async ({ folder }) => models.inspectFolder(folder),
    importFolder: async ({ folder, acceptedLicences }) => {
      const packIds = await models.importFolder(folder, acceptedLicences);
      // The first look begins to read them through.
      await models.list();
      return { packIds };
    },
    remove: async ({ packId }) => {
      await models.removeImport(packId);
      return {};
    },
    async *watchHashing(_input, { signal }) {
      const latest = new Map<string, Hashing>();
      const subscribe = (listener: (packId: string) => void) =>
        models.watchHashing((progress) => {
          latest.set(progress.packId, progress);
          listener(progress.packId);
        });
      for await (const packId of changedTopics(subscribe, signal)) yield latest.get(packId)!;
    },
  };
}
