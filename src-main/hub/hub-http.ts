import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { ByteRange } from './byte-ranges.ts';
import { followRedirect, mayCarryToken } from './hub-address.ts';
import type { NetworkGate } from './network-gate.ts';
import { answerFault, lineSetback, Setback } from './setback.ts';

const MAX_REDIRECTS = 8;

/** What a request may use: the hub, its token, and how long silence is borne. */
export interface HubAccess {
  readonly base: URL;
  readonly token: string | null;
  /** Milliseconds without a byte after which a line counts as broken. */
  readonly quietMs: number;
  /** Asked before each request, and told of it. */
  readonly gate: NetworkGate;
}

/** An answer with content, after redirects. */
export interface HubAnswer {
  readonly status: 200 | 206;
  readonly headers: Headers;
  /** Host that sent the content. */
  readonly host: string;
  /** SHA-256 that the hub itself stated for the content, in hex. */
  readonly statedSha256: string | null;
  /** Ends with an error when the line breaks or falls silent. Leaving the loop ends the transfer. */
  body(): AsyncGenerator<Uint8Array, void, void>;
  /** Ends the transfer unread. */
  discard(): void;
}

const hex64 = (value: string | null): string | null => /^(?:W\/)?"?([0-9a-f]{64})"?$/i.exec(value ?? '')?.[1]?.toLowerCase() ?? null;

/**
 * GET with the rules of a download: redirects are followed by hand, so that the token stays with the host it was given for
 * and no redirect leads from the web into this machine; bytes come as they are, unpacked by nobody.
 */
export async function hubGet(access: HubAccess, address: URL, what: string, signal: AbortSignal, range: ByteRange | null = null): Promise<HubAnswer> {
  const quiet = quietWatch(access.quietMs, signal);
  let url = address;
  let statedSha256: string | null = null;
  try {
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const response = await send(access, url, what, quiet, range);
      const ownHost = url.origin === access.base.origin;
      if (ownHost) statedSha256 ??= hex64(response.headers.get('x-linked-etag'));
      if (response.status >= 300 && response.status < 400 && response.status !== 304) {
        await response.body?.cancel();
        url = followRedirect(url, response.headers.get('location'), access.base);
        continue;
      }
      if (response.status !== 200 && response.status !== 206) {
        await response.body?.cancel();
        throw answerFault(response.status, response.headers, { host: url.host, what, ownHost, hasToken: access.token !== null }, Date.now());
      }
      const coding = response.headers.get('content-encoding');
      if (coding !== null && coding !== 'identity') throw new Setback('short', invalid(`${url.host} sent ${what} packed as ${coding}, though plain bytes were asked for.`, url.host));
      return { status: response.status, headers: response.headers, host: url.host, statedSha256, body: () => bodyOf(response, url.host, quiet, signal), discard: () => quiet.end() };
    }
    throw invalid(`${address.host} redirects in circles for ${what}. Check the hub address.`, address.host);
  } catch (error) {
    quiet.end();
    throw error;
  }
}

const invalid = (message: string, host: string): StudioError => new StudioError('HUB_ANSWER_INVALID', message, { details: { host } });

async function send(access: HubAccess, url: URL, what: string, quiet: QuietWatch, range: ByteRange | null): Promise<Response> {
  access.gate.requireOpen(url.host, what);
  const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'motif-studio' };
  if (range !== null) headers['range'] = `bytes=${range.start}-${range.end - 1}`;
  if (access.token !== null && mayCarryToken(url, access.base.origin)) headers['authorization'] = `Bearer ${access.token}`;
  quiet.stir();
  try {
    const response = await fetch(url, { headers, redirect: 'manual', credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', signal: quiet.signal });
    access.gate.sent(url.host, what, response.status);
    return response;
  } catch (error) {
    access.gate.sent(url.host, what, null);
    throw quiet.reasonFor(error, url.host);
  }
}

async function* bodyOf(response: Response, host: string, quiet: QuietWatch, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
  try {
    if (response.body === null) return;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      quiet.rest();
      yield chunk;
      signal.throwIfAborted();
      quiet.stir();
    }
  } catch (error) {
    throw quiet.reasonFor(error, host);
  } finally {
    quiet.end();
  }
}

/** Aborts a transfer on which nothing has arrived for a while, or which nobody wants any more. */
interface QuietWatch {
  readonly signal: AbortSignal;
  stir(): void;
  /** While the receiver is at work, silence is its own. */
  rest(): void;
  end(): void;
  /** The setback or the caller's own abort behind what fetch threw. */
  reasonFor(error: unknown, host: string): unknown;
}

function quietWatch(quietMs: number, outer: AbortSignal): QuietWatch {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let silent = false;
  const onOuter = () => stop.abort(outer.reason);
  if (outer.aborted) onOuter();
  else outer.addEventListener('abort', onOuter, { once: true });
  return {
    signal: stop.signal,
    stir() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        silent = true;
        stop.abort();
      }, quietMs);
    },
    rest: () => clearTimeout(timer),
    end() {
      clearTimeout(timer);
      outer.removeEventListener('abort', onOuter);
      stop.abort();
    },
    reasonFor(error, host) {
      if (outer.aborted) return outer.reason;
      if (error instanceof StudioError || error instanceof Setback) return error;
      return lineSetback(host, silent ? Object.assign(new Error('silent'), { code: 'MOTIF_QUIET' }) : error);
    },
  };
}

/** The whole answer as text. HUB_ANSWER_INVALID when it is larger than `limit` bytes. A broken line is tried once more. */
export async function hubText(access: HubAccess, address: URL, what: string, limit: number, signal: AbortSignal): Promise<{ text: string; headers: Headers }> {
  try {
    return await readWhole(access, address, what, limit, signal);
  } catch (error) {
    // A connection that was kept from an earlier request may have died unnoticed.
    if (!(error instanceof Setback) || error.patience !== 'long' || error.retryAfterMs !== null) throw error;
    return readWhole(access, address, what, limit, signal);
  }
}

async function readWhole(access: HubAccess, address: URL, what: string, limit: number, signal: AbortSignal): Promise<{ text: string; headers: Headers }> {
  const answer = await hubGet(access, address, what, signal);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body()) {
    bytes += chunk.byteLength;
    if (bytes > limit) throw invalid(`${answer.host} sent more for ${what} than can be right (over ${limit} bytes). Check the hub address.`, answer.host);
    chunks.push(chunk);
  }
  return { text: new TextDecoder().decode(Buffer.concat(chunks)), headers: answer.headers };
}
