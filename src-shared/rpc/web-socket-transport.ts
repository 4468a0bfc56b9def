import { decodeJson, encodeJson } from './json-codec.ts';
import { createTransportListeners, type Transport } from './transport.ts';

/** The part of a WebSocket that both the browser's and the host's have. */
export interface WebSocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}

const CONNECTING = 0;

/** Subprotocols a page asks for: the protocol's name and the launch's token, which so stays out of addresses and logs. */
export const RPC_SUBPROTOCOL = 'motif-rpc';
export const rpcSubprotocols = (token: string): string[] => [RPC_SUBPROTOCOL, `token.${token}`];

/** A transport over a socket, open or still connecting; messages posted before it is open wait for it. */
export function createWebSocketTransport(socket: WebSocketLike): Transport {
  const listeners = createTransportListeners();
  const waiting: string[] = [];
  socket.addEventListener('open', () => {
    for (const text of waiting.splice(0)) socket.send(text);
  });
  socket.addEventListener('message', (event) => {
    if (typeof event.data === 'string') listeners.deliver(decodeJson(event.data));
  });
  socket.addEventListener('close', () => listeners.markClosed());
  // An error is always followed by a close; listening keeps the host's socket from throwing it.
  socket.addEventListener('error', () => undefined);
  return {
    post(message) {
      const text = encodeJson(message);
      if (listeners.closed) return;
      if (socket.readyState === CONNECTING) waiting.push(text);
      else socket.send(text);
    },
    onMessage: listeners.onMessage,
    onClose: listeners.onClose,
    close() {
      if (listeners.closed) return;
      socket.close(1000);
      listeners.markClosed();
    },
  };
}
