import type { StudioErrorWire } from '../errors/studio-error.ts';

/** What travels between `connect` and `serve`. `id` is chosen by the caller and unique while its call is open. */
export type RpcMessage =
  | { readonly type: 'call'; readonly id: number; readonly path: string; readonly input: unknown }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'result'; readonly id: number; readonly output: unknown }
  | { readonly type: 'event'; readonly id: number; readonly event: unknown }
  | { readonly type: 'end'; readonly id: number }
  | { readonly type: 'error'; readonly id: number; readonly error: StudioErrorWire };

/**
 * A pipe of whole messages in both directions, in order. Each end has its own object.
 *
 * Listeners are told once of a close, whichever side asked for it; a listener added later is told at once.
 */
export interface Transport {
  /** Throws a TypeError when the message cannot travel here (a typed array over JSON); drops it silently once closed. */
  post(message: RpcMessage): void;
  /** Messages are `unknown`: the other side is not trusted to follow `RpcMessage`. Returns the way to stop listening. */
  onMessage(listener: (message: unknown) => void): () => void;
  onClose(listener: () => void): () => void;
  close(): void;
}

/** The listener book-keeping every transport shares. */
export interface TransportListeners {
  readonly closed: boolean;
  deliver(message: unknown): void;
  onMessage(listener: (message: unknown) => void): () => void;
  onClose(listener: () => void): () => void;
  markClosed(): void;
}

/** Messages that arrive before anyone listens wait, so that a client may post the moment it is connected. */
export function createTransportListeners(): TransportListeners {
  const messageListeners = new Set<(message: unknown) => void>();
  const closeListeners = new Set<() => void>();
  const early: unknown[] = [];
  let closed = false;
  return {
    get closed() {
      return closed;
    },
    deliver(message) {
      if (closed) return;
      if (messageListeners.size === 0) early.push(message);
      for (const listener of messageListeners) listener(message);
    },
    onMessage(listener) {
      messageListeners.add(listener);
      for (const message of early.splice(0)) listener(message);
      return () => messageListeners.delete(listener);
    },
    onClose(listener) {
      if (closed) {
        listener();
        return () => undefined;
      }
      closeListeners.add(listener);
      return () => closeListeners.delete(listener);
    },
    markClosed() {
      if (closed) return;
      closed = true;
      const told = [...closeListeners];
      closeListeners.clear();
      messageListeners.clear();
      for (const listener of told) listener();
    },
  };
}
