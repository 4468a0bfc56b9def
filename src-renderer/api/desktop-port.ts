import { PORT_MESSAGE, type WindowBridge } from '../../src-shared/rpc/window-bridge.ts';

/** Asks the desktop shell for a port to the studio. It comes as a message of this window: ports cannot cross the bridge itself. */
export function requestDesktopPort(bridge: WindowBridge, page: Window = window): Promise<MessagePort> {
  return new Promise((resolve) => {
    const onMessage = (event: MessageEvent) => {
      const port = event.ports[0];
      // Only the preload of this very page speaks for the shell.
      if (event.source !== page || event.data !== PORT_MESSAGE || port === undefined) return;
      page.removeEventListener('message', onMessage);
      resolve(port);
    };
    page.addEventListener('message', onMessage);
    bridge.connect();
  });
}

/**
 * The project file that was double-clicked on the desktop, once: the shell puts it into the fragment, and it is taken out
 * so that a reload does not open it again. Null in a browser, where a link could have put it there.
 */
export function takeProjectToOpen(page: Window = window): string | null {
  if (!('studio' in page)) return null;
  const path = new URLSearchParams(page.location.hash.slice(1)).get('open');
  if (path !== null) page.history.replaceState(null, '', page.location.pathname);
  return path;
}
