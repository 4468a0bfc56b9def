import type { Hashing, LookProgress } from '../../src-shared/contract/models.ts';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { ModelRegistry } from '../models/model-registry.ts';
import type { SettingRepository } from '../store/setting-repository.ts';
import { changedTopics } from './changed-topics.ts';
import type { MemoryPlans } from './memory-plans.ts';

const PREFERRED = 'preferredPack';

export function createModelsService({ models, memoryPlans, settings }: { readonly models: ModelRegistry; readonly memoryPlans: MemoryPlans; readonly settings: SettingRepository }): StudioHandlers['models'] {
  return {
    list: async () => {
      const preferred = settings.get(PREFERRED);
      const packs = await models.list();
      return { packs: [...packs.filter(({ id }) => id === preferred), ...packs.filter(({ id }) => id !== preferred)] };
    },
    prefer: async ({ packId }) => {
      const found = (await models.list()).find(({ id }) => id === packId);
      if (found === undefined || found.problem !== null) throw new StudioError('MODEL_MISSING', `"${packId}" cannot be used for new clips: ${found?.problem ?? 'it is not installed.'}`, { details: { packId } });
      settings.set(PREFERRED, packId);
      return {};
    },
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
