import { createStore, type StoreApi } from 'zustand/vanilla';
import { studioContract, type StudioClient } from '../../src-shared/contract/studio-contract.ts';
import { connect } from '../../src-shared/rpc/connect.ts';
import type { Transport } from '../../src-shared/rpc/transport.ts';

export interface ConnectionState {
  readonly status: 'open' | 'lost';
  /** Counts connections: grows by one each time the host answers again. */
  readonly generation: number;
}

/** The way to the host: one client that outlives broken lines. */
export interface StudioConnection {
  readonly client: StudioClient;
  readonly state: StoreApi<ConnectionState>;
  close(): void;
}

type AnyCall = (input: unknown, options?: { signal?: AbortSignal }) => unknown;

/**
 * A client whose calls go over the newest transport. When that closes, calls fail with RPC_DISCONNECTED until `open` yields
 * another one that answers; attempts are one second apart, since a local host is either there or being restarted.
 */
export function createReconnectingClient(open: () => Promise<Transport>, options: { retryDelayMs?: number } = {}): Promise<StudioConnection> {
  const state = createStore<ConnectionState>(() => ({ status: 'open', generation: 1 }));
  let transport: Transport;
  let current: StudioClient;
  let closed = false;

  const attach = async (): Promise<void> => {
    transport = await open();
    current = connect(studioContract, transport);
    // Opening a line proves nothing: the first answer does.
    await current.system.info({});
    transport.onClose(() => {
      if (closed) return;
      state.setState({ status: 'lost' });
      void recover();
    });
  };

  const recover = async (): Promise<void> => {
    while (!closed) {
      await new Promise((resolve) => setTimeout(resolve, options.retryDelayMs ?? 1000));
      try {
        await attach();
        state.setState(({ generation }) => ({ status: 'open', generation: generation + 1 }));
        return;
      } catch {
        // Still away; the next attempt will tell.
      }
    }
  };

  const client: Record<string, Record<string, AnyCall>> = {};
  for (const [namespace, procedures] of Object.entries(studioContract)) {
    const calls: Record<string, AnyCall> = {};
    for (const name of Object.keys(procedures)) {
      calls[name] = (input, callOptions) => (current as unknown as Record<string, Record<string, AnyCall>>)[namespace]?.[name]?.(input, callOptions);
    }
    client[namespace] = calls;
  }

  return attach().then(() => ({
    client: client as unknown as StudioClient,
    state,
    close() {
      closed = true;
      transport.close();
    },
  }));
}
