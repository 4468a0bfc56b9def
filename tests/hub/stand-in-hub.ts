import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative, sep } from 'node:path';

/** What can go wrong with one request for a file's bytes. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** The line breaks after so many bytes of the answer. */
  | { readonly kind: 'drop'; readonly afterBytes: number }
  /** Nothing more comes after so many bytes, and the line stays open. */
  | { readonly kind: 'silence'; readonly afterBytes: number }
  /** One byte of the answer is another. */
  | { readonly kind: 'wrongByte' }
  | { readonly kind: 'ignoreRange' }
  | { readonly kind: 'otherEtag' }
  | { readonly kind: 'otherPart' }
  /** Bytes come in small sips. */
  | { readonly kind: 'drip'; readonly chunkBytes: number; readonly delayMs: number }
  | { readonly kind: 'redirect'; readonly to: string };

/** A request for a file's bytes, as the faults and the ledger see it. */
export interface ContentRequest {
  readonly repository: string;
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly hasRange: boolean;
  /** Counted over the whole life of the hub. */
  readonly index: number;
}

export interface StandInRepository {
  readonly name: string;
  readonly files: ReadonlyMap<string, Buffer>;
  readonly gated?: boolean;
  /** Opens the repository when it is gated. */
  readonly token?: string;
  readonly licence?: string;
  /** Where the hub states no checksum at all. */
  readonly statesNothing?: boolean;
  /** Extra entries of the listing, for what a hostile hub may say. */
  readonly extraEntries?: readonly object[];
}

export interface StandInHub {
  readonly address: string;
  /** Another origin, which hands out the bytes of large files. */
  readonly storeAddress: string;
  /** Bytes that were handed to the network, by `repository/path`. */
  readonly sentBytes: Map<string, number>;
  readonly requests: ContentRequest[];
  /** Every address asked for, with the token it came with. */
  readonly seen: { readonly host: string; readonly url: string; readonly authorization: string | null }[];
  /** Decides about each request for bytes. */
  fault: (request: ContentRequest) => Fault | null;
  /** Told of each request before it is answered. */
  onRequest: (request: ContentRequest) => void;
  close(): Promise<void>;
}

const COMMIT = 'c0ffee'.repeat(6) + 'c0ff';

/** Files above this size are "large": listed with a SHA-256 and handed out by the other origin. */
const LARGE_BYTES = 4_096;

/** A repository's files from a folder. */
export function filesIn(folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const place = join(entry.parentPath, entry.name);
    files.set(relative(folder, place).split(sep).join('/'), readFileSync(place));
  }
  return files;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const gitSha1 = (bytes: Buffer): string => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
const isLarge = (bytes: Buffer): boolean => bytes.length > LARGE_BYTES;

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A hub on loopback that speaks the part of the protocol that downloads use, and fails as it is told. */
export async function startStandInHub(repositories: readonly StandInRepository[]): Promise<StandInHub> {
  const [hub, store] = [createServer(), createServer()];
  const [address, storeAddress] = await Promise.all([listen(hub), listen(store)]);
  const state: StandInHub = { address, storeAddress, sentBytes: new Map(), requests: [], seen: [], fault: () => null, onRequest: () => undefined, close };

  const allowed = (repository: StandInRepository, request: IncomingMessage): boolean => repository.gated !== true || request.headers.authorization === `Bearer ${repository.token}`;
  const json = (response: ServerResponse, value: unknown, headers: Record<string, string> = {}) => response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
  const plain = (response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}) => response.writeHead(status, headers).end();

  hub.on('request', (request, response) => {
    const url = new URL(request.url ?? '', address);
    state.seen.push({ host: 'hub', url: url.pathname, authorization: request.headers.authorization ?? null });
    const [, api, owner, name, action] = /^\/(api\/models\/)?([^/]+)\/([^/]+)\/(revision|tree|resolve)\//.exec(url.pathname) ?? [];
    const repository = repositories.find((candidate) => candidate.name === `${owner}/${name}`);
    if (repository === undefined || action === undefined) return void plain(response, 404);
    if (api !== undefined && action === 'revision') return void json(response, { id: repository.name, sha: COMMIT, gated: repository.gated === true ? 'auto' : false, cardData: { license: repository.licence ?? 'cc-by-nc-4.0' } });
    if (api !== undefined) return void answerTree(repository, url, response);
    if (!allowed(repository, request)) return void plain(response, 401);
    const path = url.pathname.split('/').slice(5).map(decodeURIComponent).join('/');
    const bytes = repository.files.get(path);
    if (bytes === undefined) return void plain(response, 404);
    if (!isLarge(bytes) || repository.statesNothing === true) return void answerBytes(repository, path, bytes, request, response);
    response.writeHead(302, { location: `${storeAddress}/signed/${repository.name}/${url.pathname.split('/').slice(5).join('/')}`, 'x-linked-etag': `"${sha256(bytes)}"`, 'x-linked-size': String(bytes.length), 'x-repo-commit': COMMIT }).end();
  });
  store.on('request', (request, response) => {
    const url = new URL(request.url ?? '', storeAddress);
    state.seen.push({ host: 'store', url: url.pathname, authorization: request.headers.authorization ?? null });
    const [, , owner, name, ...rest] = url.pathname.split('/');
    const repository = repositories.find((candidate) => candidate.name === `${owner}/${name}`);
    const path = rest.map(decodeURIComponent).join('/');
    const bytes = repository?.files.get(path);
    if (repository === undefined || bytes === undefined) return void plain(response, 404);
    answerBytes(repository, path, bytes, request, response);
  });

  /** In pages of five, so that following them is part of every download. */
  function answerTree(repository: StandInRepository, url: URL, response: ServerResponse): void {
    const entries = [
      { type: 'directory', path: 'unet', oid: '0'.repeat(40), size: 0 },
      ...[...repository.files].map(([path, bytes]) => ({
        type: 'file', path, size: bytes.length,
        ...(repository.statesNothing === true ? {} : { oid: isLarge(bytes) ? '1'.repeat(40) : gitSha1(bytes) }),
        ...(isLarge(bytes) && repository.statesNothing !== true ? { lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 134 } } : {}),
      })),
      ...(repository.extraEntries ?? []),
    ];
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const more = from + 5 < entries.length;
    json(response, entries.slice(from, from + 5), more ? { link: `<${address}${url.pathname}?recursive=true&cursor=${from + 5}>; rel="next"` } : {});
  }

  function answerBytes(repository: StandInRepository, path: string, bytes: Buffer, request: IncomingMessage, response: ServerResponse): void {
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const hasRange = first !== undefined;
    const asked: ContentRequest = { repository: repository.name, path, start: hasRange ? Number(first) : 0, end: hasRange && last !== '' ? Math.min(bytes.length, Number(last) + 1) : bytes.length, hasRange, index: state.requests.length };
    state.requests.push(asked);
    state.onRequest(asked);
    const fault = state.fault(asked);
    if (fault?.kind === 'status') return void plain(response, fault.status, fault.headers ?? {});
    if (fault?.kind === 'redirect') return void plain(response, 307, { location: fault.to });
    if (hasRange && asked.start >= bytes.length) return void plain(response, 416, { 'content-range': `bytes */${bytes.length}` });
    const partial = hasRange && fault?.kind !== 'ignoreRange';
    const shift = fault?.kind === 'otherPart' && asked.end < bytes.length ? 1 : 0;
    const body = Buffer.from(partial ? bytes.subarray(asked.start + shift, asked.end + shift) : bytes);
    if (fault?.kind === 'wrongByte' && body.length > 0) body[Math.floor(body.length / 2)]! ^= 0x55;
    const etag = fault?.kind === 'otherEtag' ? '"another"' : `"${sha256(bytes).slice(0, 32)}"`;
    response.writeHead(partial ? 206 : 200, { 'content-length': String(body.length), etag, 'accept-ranges': 'bytes', ...(partial ? { 'content-range': `bytes ${asked.start + shift}-${asked.end + shift - 1}/${bytes.length}` } : {}) });
    const key = `${repository.name}/${path}`;
    const send = (part: Buffer) => {
      state.sentBytes.set(key, (state.sentBytes.get(key) ?? 0) + part.length);
      response.write(part);
    };
    if (fault?.kind === 'drop' || fault?.kind === 'silence') {
      send(body.subarray(0, fault.afterBytes));
      // Given to the network before the line breaks, so that what was sent can arrive.
      if (fault.kind === 'drop') response.write('', () => setImmediate(() => response.socket?.destroySoon()));
      return;
    }
    if (fault?.kind !== 'drip') {
      send(body);
      response.end();
      return;
    }
    const sip = (from: number): void => {
      if (response.destroyed) return;
      if (from >= body.length) return void response.end();
      send(body.subarray(from, from + fault.chunkBytes));
      setTimeout(() => sip(from + fault.chunkBytes), fault.delayMs);
    };
    sip(0);
  }

  async function close(): Promise<void> {
    for (const server of [hub, store]) {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }
  }
  return state;
}
