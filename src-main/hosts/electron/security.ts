import type { Session, WebContents } from 'electron';

/** The one scheme of the app: the window and its media. No other origin is ever shown. */
export const STUDIO_SCHEME = 'studio';
/** The window's origin; media live below `/media` of the same origin, so the policy needs no second source. */
export const STUDIO_ORIGIN = `${STUDIO_SCHEME}://app`;
export const MEDIA_BASE = `${STUDIO_ORIGIN}/media`;

/**
 * The policy of every page. Styles are inline because emotion writes them so; scripts are this build's files only, and
 * nothing is ever fetched from elsewhere.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-src 'none'",
  "frame-ancestors 'none'",
  "form-action 'none'",
].join('; ');

/** Headers of everything the scheme answers. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

/**
 * True for the window's own page and nothing else.
 *
 * `URL.origin` is "null" for schemes it does not know, so protocol, host, port and credentials are compared one by one.
 */
export function isOwnPage(address: string): boolean {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  return url.protocol === `${STUDIO_SCHEME}:` && url.host === 'app' && url.username === '' && url.password === '' && (url.pathname === '/' || url.pathname === '/index.html');
}

/** The parts of a frame that decide whether it may speak to the main process. */
export interface SenderFrame {
  readonly url: string;
  readonly parent: unknown;
}

/** Only the top frame of the window's own page may ask for anything; a destroyed frame is null. */
export const isTrustedSender = (frame: SenderFrame | null): boolean => frame !== null && frame.parent === null && isOwnPage(frame.url);

/** Refuses every permission and device, whether asked for or checked: the studio needs none. */
export function denyPermissions(session: Pick<Session, 'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler' | 'setDisplayMediaRequestHandler'>): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
}

type GuardedContents = Pick<WebContents, 'on' | 'setWindowOpenHandler'>;

/** Applied to every web contents the app ever creates: no way out of the window's own page, no second window, no webview. */
export function guardContents(contents: GuardedContents): void {
  const refuseForeign = (event: { preventDefault(): void; readonly url: string }) => {
    if (!isOwnPage(event.url)) event.preventDefault();
  };
  contents.on('will-navigate', refuseForeign);
  contents.on('will-frame-navigate', refuseForeign);
  contents.on('will-redirect', refuseForeign);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
