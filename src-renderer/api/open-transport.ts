import { createMessagePortTransport } from '../../src-shared/rpc/message-port-transport.ts';
import { createWebSocketTransport, rpcSubprotocols } from '../../src-shared/rpc/web-socket-transport.ts';
import type { Transport } from '../../src-shared/rpc/transport.ts';
import type { WindowBridge } from '../../src-shared/rpc/window-bridge.ts';
import { requestDesktopPort } from './desktop-port.ts';

declare global {
  interface Window {
    /** The desktop shell's only gift to the page. */
    readonly studio?: WindowBridge;
  }
}

const TOKEN_KEY = 'studio-token';

/** The launch's token: from the address the host printed, remembered for reloads of this tab only. */
function launchToken(): string {
  const fromAddress = new URLSearchParams(location.hash.slice(1)).get('token');
  if (fromAddress !== null) {
    sessionStorage.setItem(TOKEN_KEY, fromAddress);
    // A token in the address bar ends up in screenshots and shared links.
    history.replaceState(null, '', location.pathname + location.search);
    return fromAddress;
  }
  return sessionStorage.getItem(TOKEN_KEY) ?? '';
}

/** The pipe to the studio: the desktop shell's port where there is one, else a socket to the host that served this page. */
export async function openTransport(): Promise<Transport> {
  if (window.studio) return createMessagePortTransport(await requestDesktopPort(window.studio));
  const address = new URL('rpc', location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  return createWebSocketTransport(new WebSocket(address, rpcSubprotocols(launchToken())));
}
