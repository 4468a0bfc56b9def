import { createTransportListeners, type Transport } from './transport.ts';

/** A DOM MessagePort or Node's: an EventTarget whose events carry `data`. */
interface EventTargetPort {
  postMessage(message: unknown): void;
  addEventListener(type: 'message' | 'close', listener: (event: { data?: unknown }) => void): void;
  start?(): void;
  close(): void;
}

/** Electron's MessagePortMain: an EventEmitter whose message events carry `data`. */
interface EmitterPort {
  postMessage(message: unknown): void;
  on(type: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(type: 'close', listener: () => void): unknown;
  start?(): void;
  close(): void;
}

export type PortLike = EventTargetPort | EmitterPort;

/** A transport over one end of a message channel. It starts the port; `close` is told to the other end by the port itself. */
export function createMessagePortTransport(port: PortLike): Transport {
  const listeners = createTransportListeners();
  if ('addEventListener' in port) {
    port.addEventListener('message', (event) => listeners.deliver(event.data));
    port.addEventListener('close', () => listeners.markClosed());
  } else {
    port.on('message', (event) => listeners.deliver(event.data));
    port.on('close', () => listeners.markClosed());
  }
  port.start?.();
  return {
    post(message) {
      if (listeners.closed) return;
      try {
        port.postMessage(message);
      } catch (error) {
        throw new TypeError(`a message cannot be cloned: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    },
    onMessage: listeners.onMessage,
    onClose: listeners.onClose,
    close() {
      if (listeners.closed) return;
      port.close();
      listeners.markClosed();
    },
  };
}
