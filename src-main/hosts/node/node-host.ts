import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import { studioContract } from '../../../src-shared/contract/studio-contract.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { serve } from '../../../src-shared/rpc/serve.ts';
import { createWebSocketTransport, RPC_SUBPROTOCOL } from '../../../src-shared/rpc/web-socket-transport.ts';
import { parseMediaPath, type MediaRequest, type Studio } from '../../app/studio.ts';
import { secretsEqual, writeTokenFile, type LaunchSecrets } from './launch-secrets.ts';
import { guardRequest, securityHeaders } from './request-guard.ts';
import { listStaticFiles, type StaticFile } from './static-files.ts';

export interface NodeHostOptions {
  readonly studio: Studio;
  readonly secrets: LaunchSecrets;
  /** The built window (`out/renderer`); null serves the studio without one. */
  readonly rendererDir: string | null;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where the token file goes. */
  readonly dataDir: string;
  readonly log?: (line: string) => void;
}

export interface NodeHost {
  readonly port: number;
  /** Open this in a browser; the token is in the fragment, which browsers keep to themselves. */
  readonly address: string;
  close(): Promise<void>;
}

/** Media addresses of this launch, relative to the page's own origin. */
export const mediaBaseOf = (secrets: LaunchSecrets): string => `/media/${secrets.mediaSecret}`;

const MAX_SOCKETS = 8;
/** Timeline edits are the largest messages; media never rides in them. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const MAX_UPLOAD_BYTES = 16 * 1024 ** 3;

/** Serves a studio and its window on 127.0.0.1: HTTP for files and media, one WebSocket per page for everything else. */
export async function startNodeHost(options: NodeHostOptions): Promise<NodeHost> {
  const { studio, secrets } = options;
  const log = options.log ?? ((line) => console.error(line));
  const files: ReadonlyMap<string, StaticFile> = options.rendererDir === null ? new Map() : listStaticFiles(options.rendererDir);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, handleProtocols: () => RPC_SUBPROTOCOL });
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30 * 60_000, connectionsCheckingInterval: 5_000, maxHeaderSize: 16 * 1024 });
  server.timeout = 120_000;
  server.keepAliveTimeout = 10_000;
  let port = 0;

  server.on('request', (request, response) => {
    for (const [name, value] of Object.entries(securityHeaders(port))) response.setHeader(name, value);
    respond(request, response).catch((error: unknown) => {
      log(`[host] ${request.method} failed: ${error instanceof Error ? error.stack : String(error)}`);
      if (response.headersSent) response.destroy();
      else sendText(response, 500, 'Something went wrong inside the studio. Its log says more.');
    });
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = guardRequest(request.headers, port);
    if (refusal !== null) return sendText(response, refusal.status, refusal.reason);
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    if (path.startsWith('/media/')) return respondWithMedia(request, response, path);
    if (request.method !== 'GET' && request.method !== 'HEAD') return sendText(response, 405, 'Only GET is answered here.', { allow: 'GET, HEAD' });
    const file = files.get(path);
    if (file === undefined) return sendText(response, 404, path === '/' ? 'The window is not built. Run: npm run build' : 'Not found.');
    const bytes = file.read();
    response.writeHead(200, { 'content-type': file.contentType, 'cache-control': file.cacheControl, 'content-length': bytes.byteLength });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  }

  async function respondWithMedia(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { method } = request;
    const [, , secret = ''] = path.split('/', 3);
    if (!secretsEqual(secret, secrets.mediaSecret)) return sendText(response, 403, 'This address is from another launch. Open the address that the studio printed.');
    if (method !== 'GET' && method !== 'HEAD' && method !== 'PUT') return sendText(response, 405, 'Only GET and PUT are answered here.', { allow: 'GET, HEAD, PUT' });
    const segments = parseMediaPath(path.slice(mediaBaseOf(secrets).length));
    if (segments === null) return sendText(response, 404, 'Not found.');
    const announced = request.headers['content-length'];
    const contentLength = announced === undefined ? null : Number(announced);
    if (contentLength !== null && contentLength > MAX_UPLOAD_BYTES) return sendText(response, 413, 'The file is larger than 16 GiB.');
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const media: MediaRequest = {
      method, segments, contentLength, range: request.headers.range ?? null, signal: gone.signal,
      body: method === 'PUT' ? capped(request, MAX_UPLOAD_BYTES) : null,
    };
    const answer = await studio.media(media);
    response.writeHead(answer.status, { ...answer.headers, ...(method === 'PUT' ? { connection: 'close' } : {}) });
    if (method === 'HEAD') response.end();
    else if (answer.body instanceof Uint8Array) response.end(answer.body);
    // A page that seeks drops the old response half-way; that is no failure.
    else await pipeline(answer.body, response).catch((error: unknown) => { if (!gone.signal.aborted) throw error; });
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refuse = (status: number, reason: string) => socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-type: text/plain\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(reason)}\r\n\r\n${request.method === 'HEAD' ? '' : reason}`);
    const refusal = guardRequest(request.headers, port);
    if (refusal !== null) return refuse(refusal.status, refusal.reason);
    if (request.url !== '/rpc') return refuse(404, 'Not found.');
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const token = offered.find((name) => name.startsWith('token.'))?.slice('token.'.length) ?? '';
    if (!offered.includes(RPC_SUBPROTOCOL) || !secretsEqual(token, secrets.token)) return refuse(401, 'The token is missing or from another launch.');
    if (sockets.clients.size >= MAX_SOCKETS) return refuse(503, `No more than ${MAX_SOCKETS} windows can be open.`);
    sockets.handleUpgrade(request, socket, head, (accepted: WebSocket) => {
      accepted.on('error', () => accepted.terminate());
      serve(studioContract, studio.handlers, createWebSocketTransport(accepted), {
        onUnexpected: ({ path, traceId, error }) => log(`[rpc] ${path} failed, trace ${traceId}: ${error instanceof Error ? error.stack : String(error)}`),
      });
    });
  });
  server.on('clientError', (_error, socket) => {
    // A browser opens connections ahead of need. An answer to nothing would be taken for that of the next request on it.
    if ('bytesRead' in socket && socket.bytesRead === 0) socket.destroy();
    else if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
  });

  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening').catch((error: unknown) => {
    throw new StudioError('CONFLICT', `Port ${options.port} of 127.0.0.1 cannot be used: another program may have it. Choose another port, or none to take any free one.`, { details: { port: options.port }, cause: error });
  });
  port = (server.address() as AddressInfo).port;
  const removeTokenFile = writeTokenFile(options.dataDir, port, secrets.token);
  return {
    port,
    address: `http://127.0.0.1:${port}/#token=${secrets.token}`,
    async close() {
      removeTokenFile();
      for (const socket of sockets.clients) socket.terminate();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function sendText(response: ServerResponse, status: number, text: string, headers: Readonly<Record<string, string>> = {}): void {
  // The request's body, if any, is not read: the connection cannot be used again.
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', connection: 'close', ...headers });
  response.end(text);
}

async function* capped(body: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of body) {
    total += chunk.byteLength;
    if (total > limit) throw new Error('the upload is larger than its cap');
    yield chunk;
  }
}
