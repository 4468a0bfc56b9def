import { StudioError } from '../../src-shared/errors/studio-error.ts';

/**
 * How long a failure is worth waiting for: `long` for lines and servers that come back, `short` for answers that make no
 * sense, where a second look is fair and a tenth is not.
 */
export type Patience = 'long' | 'short';

/** A failure that another attempt may mend. `error` is what is told when patience ends. */
export class Setback extends Error {
  readonly patience: Patience;
  readonly error: StudioError;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | null;

  constructor(patience: Patience, error: StudioError, retryAfterMs: number | null = null) {
    super(error.message, { cause: error });
    this.name = 'Setback';
    this.patience = patience;
    this.error = error;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The error behind a setback; other errors as they are. */
export const withoutSetback = (error: unknown): unknown => (error instanceof Setback ? error.error : error);

/** Longest wait that a server can ask for and get, in milliseconds. */
const MAX_RETRY_AFTER_MS = 15 * 60_000;

/** Reads a Retry-After header: seconds or a date. */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const wait = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(wait) ? Math.min(MAX_RETRY_AFTER_MS, Math.max(0, wait)) : null;
}

const unreachable = (message: string, host: string): StudioError => new StudioError('HUB_UNREACHABLE', message, { details: { host }, retryable: true });

/** What a broken line or an unreachable host amounts to. */
export function lineSetback(host: string, cause: unknown): Setback {
  const code = codeOf(cause);
  const why =
    code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'its name cannot be looked up'
    : code === 'ECONNREFUSED' ? 'nothing answers there'
    : code !== null && /CERT|SSL|TLS|SELF_SIGNED|ALTNAME|ISSUER/.test(code) ? `its certificate is not trusted (${code})`
    : code === 'MOTIF_QUIET' ? 'it fell silent'
    : 'the line broke';
  return new Setback('long', unreachable(`${host} could not be reached: ${why}. Check the network and the hub address, then resume; what has arrived is kept.`, host));
}

function codeOf(error: unknown): string | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if ('code' in at && typeof at.code === 'string') return at.code;
  return null;
}

/** What an answer that is neither content nor redirect amounts to. `ownHost`: the hub itself answered, not a store it redirected to. */
export function answerFault(status: number, headers: Headers, about: { readonly host: string; readonly what: string; readonly ownHost: boolean; readonly hasToken: boolean }, nowMs: number): Setback | StudioError {
  const { host, what, ownHost, hasToken } = about;
  const details = { host, status };
  const odd = (message: string) => new Setback('short', new StudioError('HUB_ANSWER_INVALID', message, { details }));
  if (status === 429 || status === 503) {
    return new Setback('long', unreachable(status === 429 ? `${host} says that too much was asked of it (429). Resume later, or give a token: it may allow more.` : `${host} is busy (503). Resume later; what has arrived is kept.`, host), parseRetryAfter(headers.get('retry-after'), nowMs));
  }
  if (status >= 500 || status === 408 || status === 425) return new Setback('long', unreachable(`${host} failed (${status}). Resume later; what has arrived is kept.`, host));
  // A signed address of a store runs out; asking the hub again gives a fresh one.
  if (!ownHost && (status === 401 || status === 403 || status === 404 || status === 410)) return odd(`${host}, where the hub sent for ${what}, does not give it out (${status}). Resume later, or use another hub address.`);
  if (status === 401 || status === 403) {
    const mend = hasToken ? 'The token does not open it: accept the terms on the repository\'s page with the account of the token, or give another token.' : 'Accept the terms on the repository\'s page on the hub, then give a token of that account.';
    return new StudioError('HUB_FORBIDDEN', `${host} does not give out ${what} to everyone (${status}). ${mend}`, { details });
  }
  if (status === 404 || status === 410) return new StudioError('NOT_FOUND', `${host} does not have ${what}. Check the name and the revision, or use another hub address.`, { details });
  if (status === 416) return odd(`${host} says that ${what} is shorter than it told before (416). Cancel the download and begin again.`);
  return odd(`${host} answered for ${what} with ${status}, which a hub does not do. Check the hub address.`);
}
