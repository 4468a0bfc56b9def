import type { Hashing, LookProgress } from '../../src-shared/contract/models.ts';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import type { ModelRegistry } from '../models/model-registry.ts';
import { changedTopics } from './changed-topics.ts';
import type { MemoryPlans } from './memory-plans.ts';

export function createModelsService({ models, memoryPlans }: { readonly models: ModelRegistry; readonly memoryPlans: MemoryPlans }): StudioHandlers['models'] {
  return {
    list: async () => ({ packs: await models.list() }),
    inspectFolder: async ({ folder }) => models.inspectFolder(folder),
    async *lookIntoFolder({ folder }, { signal }) {
      // The latest word only: a slow listener skips folders, never the report.
      let last: LookProgress = { lookedAt: 0, of: 0, path: folder, report: null };
      let tell = (): void => {};
      const done = models.inspectFolder(folder, (lookedAt, of, path) => {
        last = { lookedAt, of, path, report: null };
        tell();
      });
      let isOver = false;
      const ended = done.finally(() => {
        isOver = true;
        tell();
      });
      ended.catch(() => undefined);
      let shown: LookProgress | null = null;
      while (!isOver && !signal.aborted) {
        if (last !== shown) {
          shown = last;
          yield shown;
        } else {
          await new Promise<void>((resolve) => {
            tell = resolve;
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
        }
      }
      if (!signal.aborted) {
        const report = await done;
        yield { lookedAt: last.of, of: last.of, path: folder, report };
      }
    },
    plan: async ({ packId, preset }) => memoryPlans.plan(await models.get(packId), preset),
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
