import type { NetworkEntry } from '../../src-shared/contract/network.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';

/** The one door through which anything leaves this machine. */
export interface NetworkGate {
  /** HUB_UNREACHABLE while the studio works offline; the refusal is noted. */
  requireOpen(host: string, what: string): void;
  /** Notes a request that was sent, and its answer. */
  sent(host: string, what: string, status: number | null): void;
}

export interface NetworkGateOptions {
  readonly isOffline: () => boolean;
  readonly note: (entry: Omit<NetworkEntry, 'at'>) => void;
}

export function createNetworkGate({ isOffline, note }: NetworkGateOptions): NetworkGate {
  return {
    requireOpen(host, what) {
      if (!isOffline()) return;
      note({ host, what, status: null, sent: false });
      throw new StudioError('HUB_UNREACHABLE', `The studio works offline, so ${host} was not asked for ${what}. Turn "Work offline" off in the settings, or start without --offline.`, { details: { host } });
    },
    sent(host, what, status) {
      note({ host, what, status, sent: true });
    },
  };
}
