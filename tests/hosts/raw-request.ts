import { request, type IncomingHttpHeaders } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request exactly as written: no default Origin, no normalised path, the Host header of the caller's choice. */
export function rawRequest(port: number, options: { path: string; method?: string; headers?: Readonly<Record<string, string>>; body?: Uint8Array }): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path: options.path, method: options.method ?? 'GET', headers: { ...options.headers }, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }));
      incoming.on('error', reject);
    });
    outgoing.on('upgrade', (incoming, socket) => {
      socket.destroy();
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.alloc(0) });
    });
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

/** Headers that ask to turn the connection into a WebSocket. */
export const upgradeHeaders = (protocols: string): Readonly<Record<string, string>> => ({
  connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  ...(protocols === '' ? {} : { 'sec-websocket-protocol': protocols }),
});
