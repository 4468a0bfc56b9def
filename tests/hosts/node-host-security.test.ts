import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Studio } from '../../src-main/app/studio.ts';
import { createLaunchSecrets, type LaunchSecrets } from '../../src-main/hosts/node/launch-secrets.ts';
import { startNodeHost, type NodeHost } from '../../src-main/hosts/node/node-host.ts';
import { rawRequest, upgradeHeaders } from './raw-request.ts';

/** The host alone: a studio that has no methods and answers every media address with the segments it was given. */
const echoStudio: Studio = {
  handlers: {} as Studio['handlers'],
  media: async (request) => {
    let received = 0;
    if (request.body !== null) for await (const chunk of request.body) received += chunk.byteLength;
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify({ segments: request.segments, received })) };
  },
  peakMemoryBytes: () => 0,
  unfinishedJobs: () => [],
  close: async () => undefined,
};

let folder: string;
let secrets: LaunchSecrets;
let host: NodeHost;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'motif-host-'));
  mkdirSync(join(folder, 'renderer', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'renderer', 'index.html'), '<!doctype html><title>Motif</title>');
  writeFileSync(join(folder, 'renderer', 'assets', 'app.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'TOP SECRET');
  secrets = createLaunchSecrets();
  host = await startNodeHost({ studio: echoStudio, secrets, rendererDir: join(folder, 'renderer'), port: 0, dataDir: join(folder, 'data'), log: () => undefined });
});

afterAll(async () => {
  await host.close();
  expect(readdirSync(join(folder, 'data'))).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

describe('the node host', () => {
  it('keeps its token in a fragment and in a file only this user can read', () => {
    expect(host.address).toBe(`http://127.0.0.1:${host.port}/#token=${secrets.token}`);
    expect(secrets.token).toMatch(/^[0-9a-f]{64}$/);
    const path = join(folder, 'data', `host-token-${host.port}`);
    expect(readFileSync(path, 'utf8').trim()).toBe(secrets.token);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('accepts exactly the legitimate combination of Host, Origin, Sec-Fetch-Site and secret on every route', async () => {
    const own = `127.0.0.1:${host.port}`;
    const hosts = [own, `localhost:${host.port}`, `[::1]:${host.port}`, '127.0.0.1', `127.0.0.1:${host.port + 1}`, 'attacker.test', `attacker.test:${host.port}`,
      `127.0.0.1.attacker.test:${host.port}`, `${own}.`, `LOCALHOST.:${host.port}`, '0.0.0.0', `user@${own}`];
    const origins = [null, 'own', 'http://attacker.test', 'null', `https://${own}`, `http://127.0.0.1:${host.port + 1}`, 'file://', `http://${own}.attacker.test`];
    const sites = [null, 'same-origin', 'none', 'cross-site', 'same-site'];
    const secretStates = ['right', 'wrong', 'missing'] as const;
    const routes = ['page', 'script', 'media', 'upload', 'rpc'] as const;

    const ask = async (route: (typeof routes)[number], state: (typeof secretStates)[number], headers: Record<string, string>) => {
      const secretOf = (right: string) => (state === 'right' ? right : state === 'wrong' ? `${right.slice(0, -1)}${right.endsWith('0') ? '1' : '0'}` : '');
      if (route === 'page') return rawRequest(host.port, { path: '/', headers });
      if (route === 'script') return rawRequest(host.port, { path: '/assets/app.js', headers });
      if (route === 'media') return rawRequest(host.port, { path: `/media/${secretOf(secrets.mediaSecret)}/asset/p/a`, headers });
      if (route === 'upload') return rawRequest(host.port, { path: `/media/${secretOf(secrets.mediaSecret)}/upload/p/a.mp4`, method: 'PUT', body: Buffer.from('x'), headers });
      const protocols = state === 'missing' ? 'motif-rpc' : `motif-rpc, token.${secretOf(secrets.token)}`;
      return rawRequest(host.port, { path: '/rpc', headers: { ...headers, ...upgradeHeaders(protocols) } });
    };

    const wrong: string[] = [];
    let accepted = 0;
    for (const route of routes) for (const [hostIndex, name] of hosts.entries()) {
      await Promise.all(origins.flatMap((origin) => sites.flatMap((site) => secretStates.map(async (state) => {
        const headers = { host: name, ...(origin === null ? {} : { origin: origin === 'own' ? `http://${name}` : origin }), ...(site === null ? {} : { 'sec-fetch-site': site }) };
        const { status } = await ask(route, state, headers);
        const open = route === 'page' || route === 'script';
        const good = hostIndex < 3 && (origin === null || origin === 'own') && (site === null || site === 'same-origin' || site === 'none') && (open || state === 'right');
        const let_in = status === 200 || status === 101;
        if (let_in) accepted++;
        if (let_in !== good || (!good && (status < 400 || status >= 500))) wrong.push(`${route} ${JSON.stringify(headers)} ${state}: ${status}`);
      }))));
    }
    expect(wrong).toEqual([]);
    expect(accepted).toBe(3 * 2 * 3 * (2 * 3 + 3));
  }, 120_000);

  it('reaches no file outside the window, however the path is written', async () => {
    const up = ['..', '%2e%2e', '.%2e', '%2E.', '..%00', '%252e%252e', '..;', '....', '%c0%ae%c0%ae', '%uff0e%uff0e', '\\..', '..\\'];
    const separators = ['/', '%2f', '%5c', '//', '/./', '\\'];
    const targets = ['secret.txt', 'data', 'etc/passwd', 'secret.txt%00.js', 'secret.txt::$DATA'];
    const paths = up.flatMap((dots) => separators.flatMap((separator) => targets.flatMap((target) => [1, 3].flatMap((depth) => {
      const climb = `${dots}${separator}`.repeat(depth) + target;
      return [`/${climb}`, `/assets/${climb}`, `/media/${secrets.mediaSecret}/${climb}`, `/media/${secrets.mediaSecret}/asset/p/${climb}`];
    }))));
    expect(paths.length).toBeGreaterThan(200);
    const leaks: string[] = [];
    for (const path of paths) {
      const answer = await rawRequest(host.port, { path, headers: { host: `127.0.0.1:${host.port}` } });
      const text = answer.body.toString();
      if (text.includes('TOP SECRET') || text.includes('root:') || answer.status >= 500) leaks.push(`${path}: ${answer.status}`);
      // What reaches a responder holds no way to climb.
      if (answer.status === 200 && /"(\.\.?|[^"]*[/\\][^"]*)"/.test(text.replaceAll('\\\\', '\\'))) leaks.push(`${path}: ${text}`);
    }
    expect(leaks).toEqual([]);
  }, 60_000);

  it('does not let a proxy-style or scheme-relative request line change its own idea of the host', async () => {
    const headers = { host: `127.0.0.1:${host.port}` };
    for (const path of [`http://attacker.test/`, '//attacker.test/', `http://127.0.0.1:${host.port}/../secret.txt`, '*']) {
      expect((await rawRequest(host.port, { path, headers })).status).toBe(404);
    }
  });

  it('sends its security headers with everything, refusals included', async () => {
    for (const headers of [{ host: `127.0.0.1:${host.port}` }, { host: 'attacker.test' }]) {
      const answer = await rawRequest(host.port, { path: '/', headers });
      const policy = String(answer.headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe-eval');
      expect(answer.headers).toMatchObject({ 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin', 'referrer-policy': 'no-referrer' });
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it('answers only GET on the window and only GET and PUT on media', async () => {
    const headers = { host: `127.0.0.1:${host.port}` };
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) expect((await rawRequest(host.port, { path: '/', method, headers })).status).toBe(405);
    for (const method of ['POST', 'DELETE', 'OPTIONS', 'PATCH']) {
      expect((await rawRequest(host.port, { path: `/media/${secrets.mediaSecret}/asset/p/a`, method, headers })).status).toBe(405);
    }
  });

  it('refuses an upload that announces more than the cap', async () => {
    const answer = await rawRequest(host.port, {
      path: `/media/${secrets.mediaSecret}/upload/p/a.mp4`, method: 'PUT', headers: { host: `127.0.0.1:${host.port}`, 'content-length': String(2 ** 40) },
    }).catch((error: NodeJS.ErrnoException) => ({ status: error.code }));
    expect(answer.status).toBe(413);
  });

  it('answers two thousand mutated requests without failing inside', async () => {
    let state = 7;
    const next = (below: number) => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    const pick = <T>(choices: readonly T[]): T => choices[next(choices.length)]!;
    const statuses = new Set<number>();
    for (let round = 0; round < 200; round++) {
      await Promise.all(Array.from({ length: 10 }, async () => {
        const letters = Array.from({ length: next(60) }, () => pick([...'/.%?#&=:;@!~+\\0aZ9_-'])).join('');
        const path = pick(['/', '/rpc', '/assets/app.js', `/media/${secrets.mediaSecret}/`, '/media/']) + letters;
        const headers = {
          host: pick([`127.0.0.1:${host.port}`, `127.0.0.1:${host.port}`, 'x']), range: pick(['', 'bytes=0-', 'bytes=-', `bytes=${letters.replace(/[^\x20-\x7e]/g, '')}`]),
          ...(next(4) === 0 ? upgradeHeaders(pick(['', 'motif-rpc', 'motif-rpc, token.', ', ,'])) : {}),
        };
        const answer = await rawRequest(host.port, { path, method: pick(['GET', 'HEAD', 'PUT', 'POST', 'OPTIONS']), headers });
        statuses.add(answer.status);
      }));
    }
    expect([...statuses].filter((status) => status >= 500)).toEqual([]);
    expect((await rawRequest(host.port, { path: '/', headers: { host: `127.0.0.1:${host.port}` } })).status).toBe(200);
  }, 60_000);

  it('keeps answering while many clients send nothing', async () => {
    const idle = await Promise.all(Array.from({ length: 200 }, () => new Promise<ReturnType<typeof connectSocket>>((resolve) => {
      const socket = connectSocket(host.port, '127.0.0.1', () => {
        socket.write('GET / HTTP/1.1\r\nHost:');
        resolve(socket);
      });
      socket.on('error', () => undefined);
    })));
    const alone: number[] = [];
    for (let call = 0; call < 20; call++) {
      const startedAt = performance.now();
      expect((await rawRequest(host.port, { path: '/', headers: { host: `127.0.0.1:${host.port}` } })).status).toBe(200);
      alone.push(performance.now() - startedAt);
    }
    for (const socket of idle) socket.destroy();
    expect(alone.sort((a, b) => a - b)[18]).toBeLessThan(1000);
  });

  it('survives bytes that are not HTTP', async () => {
    for (const bytes of ['\u0000\u0001\u0002\r\n\r\n', 'GET\r\n\r\n', `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`, `${'A'.repeat(40_000)}\r\n\r\n`]) {
      await new Promise<void>((resolve) => {
        const socket = connectSocket(host.port, '127.0.0.1', () => socket.end(bytes));
        socket.on('data', () => undefined);
        socket.on('error', () => resolve());
        socket.on('close', () => resolve());
      });
    }
    expect((await rawRequest(host.port, { path: '/', headers: { host: `localhost:${host.port}` } })).status).toBe(200);
  });
});
