/** The page asks for a port (page to shell). */
export const CONNECT_CHANNEL = 'studio:connect';
/** The shell hands the port over (shell to preload). */
export const PORT_CHANNEL = 'studio:port';
/** `data` of the window message that carries the port in `ports[0]` (preload to page, same origin). */
export const PORT_MESSAGE = 'studio:port';

/**
 * What the desktop shell gives the page as `window.studio`; absent in a browser.
 *
 * Listen for PORT_MESSAGE first, then call `connect`: the port for `createMessagePortTransport` arrives once per call, and
 * a later call closes the earlier port.
 */
export interface WindowBridge {
  connect(): void;
}
