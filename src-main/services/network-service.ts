import type { NetworkReport } from '../../src-shared/contract/network.ts';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import type { AppStore } from '../store/app-store.ts';
import type { SettingRepository } from '../store/setting-repository.ts';

const OFFLINE_KEY = 'offline';
const SHOWN = 200;

/** Whether nothing may leave this machine, by the setting. */
export const worksOffline = (settings: SettingRepository): boolean => settings.get(OFFLINE_KEY) === true;

export function createNetworkService({ store, fromStart }: { readonly store: Pick<AppStore, 'settings' | 'networkLog'>; readonly fromStart: boolean }): StudioHandlers['network'] {
  const report = (): NetworkReport => {
    const { entries, total } = store.networkLog.list(SHOWN);
    return { offline: fromStart || worksOffline(store.settings), fromStart, entries: [...entries], total };
  };
  return {
    report: async () => report(),
    setOffline: async ({ offline }) => {
      store.settings.set(OFFLINE_KEY, offline);
      return report();
    },
  };
}
