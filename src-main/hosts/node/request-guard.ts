import type { IncomingHttpHeaders } from 'node:http';

/** Why a request is turned away. `reason` is shown to the client and so holds nothing of what it sent. */
export interface Refusal {
  readonly status: 400 | 403 | 421;
  readonly reason: string;
}

/** The only names under which this host answers; anything else is a rebound DNS name or a proxy nobody set up. */
const ownHosts = (port: number): readonly string[] => [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];

/**
 * Turns away what a page of another site, or a DNS name rebound to this machine, could make a browser send. It applies to
 * every request and to the socket's upgrade (which CORS does not cover). Null: let it in.
 */
export function guardRequest(headers: IncomingHttpHeaders, port: number): Refusal | null {
  const host = headers.host;
  if (host === undefined || !ownHosts(port).includes(host)) return { status: 421, reason: `This studio answers only as ${ownHosts(port).join(', ')}.` };
  if (headers.origin !== undefined && headers.origin !== `http://${host}`) return { status: 403, reason: 'Requests from other origins are refused.' };
  // `same-site` is refused too: every port of localhost counts as the same site.
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return { status: 403, reason: 'Requests from other sites are refused.' };
  return null;
}

/** Headers of every response. Styles are inline because emotion writes them so; scripts are this build's files only. */
export function securityHeaders(port: number): Readonly<Record<string, string>> {
  // A policy's source list cannot name an IPv6 address; the host listens on 127.0.0.1 anyway.
  const sockets = [`ws://127.0.0.1:${port}`, `ws://localhost:${port}`].join(' ');
  return {
    'content-security-policy': [
      "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "font-src 'self' data:",
      "img-src 'self' blob: data:", "media-src 'self' blob: data:", `connect-src 'self' ${sockets}`, "worker-src 'self' blob:", "manifest-src 'self'",
      "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'none'",
    ].join('; '),
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  };
}
