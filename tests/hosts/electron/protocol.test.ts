import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MediaRequest, MediaResponse } from '../../../src-main/app/studio.ts';
import { createStudioProtocol, STUDIO_SCHEME_PRIVILEGES } from '../../../src-main/hosts/electron/protocol.ts';
import { CONTENT_SECURITY_POLICY } from '../../../src-main/hosts/electron/security.ts';
import { listStaticFiles } from '../../../src-main/hosts/node/static-files.ts';

const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

/** A responder over one known asset, in chunks, that counts what was read. */
function createResponder() {
  const asked: MediaRequest[] = [];
  const progress = { chunks: 0, left: false };
  async function* chunks(start: number, end: number) {
    try {
      for (let at = start; at < end; at += 100) {
        progress.chunks += 1;
        yield bytes.subarray(at, Math.min(at + 100, end));
      }
    } finally {
      progress.left = true;
    }
  }
  const media = async (request: MediaRequest): Promise<MediaResponse> => {
    asked.push(request);
    if (request.segments.join('/') !== 'asset/project:1/asset:2') return { status: 404, headers: { 'content-type': 'text/plain' }, body: new TextEncoder().encode('no such asset') };
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.range ?? '');
    if (range === null) return { status: 200, headers: { 'content-type': 'video/mp4', 'content-length': '1000' }, body: chunks(0, 1000) };
    const [start, end] = [Number(range[1]), Number(range[2]) + 1];
    return { status: 206, headers: { 'content-type': 'video/mp4', 'content-range': `bytes ${start}-${end - 1}/1000` }, body: chunks(start, end) };
  };
  return { media, asked, progress };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'motif-protocol-'));
  mkdirSync(path.join(folder, 'window', 'assets'), { recursive: true });
  writeFileSync(path.join(folder, 'window', 'index.html'), '<!doctype html><title>window</title>');
  writeFileSync(path.join(folder, 'window', 'assets', 'main-1a2b.js'), 'export {};');
  writeFileSync(path.join(folder, 'secret.json'), 'SECRET');
  symlinkSync(path.join(folder, 'secret.json'), path.join(folder, 'window', 'linked.json'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (responder = createResponder()) => createStudioProtocol(responder, listStaticFiles(path.join(folder, 'window')));
/** `new Request` refuses nothing and resolves `..`; Electron hands the address over as it was sent. */
const ask = (url: string, init: RequestInit = {}) => Object.defineProperty(new Request('http://placeholder/', init), 'url', { value: url });

test('the scheme is standard, secure and streaming, and bypasses nothing', () => {
  expect(STUDIO_SCHEME_PRIVILEGES).toEqual({ scheme: 'studio', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } });
});

describe('the window\'s files', () => {
  test('are served by exact name with the policy', async () => {
    const answer = open();
    for (const [url, type] of [['studio://app/', 'text/html'], ['studio://app/index.html#open=a', 'text/html'], ['studio://app/assets/main-1a2b.js?v=1', 'text/javascript']] as const) {
      const response = await answer(ask(url));
      expect(response.status, url).toBe(200);
      expect(response.headers.get('content-type')).toContain(type);
      expect(response.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  test('nothing else is, however it is spelled', async () => {
    const answer = open();
    const ups = ['..', '%2e%2e', '%2E.', '..%2f', '..%5c', '.%00./', '%c0%ae%c0%ae', '..\\', '....//', '%252e%252e', '．．'];
    const targets = ['secret.json', 'secret.json%00.js', 'secret.json::$DATA', '/etc/passwd', 'C:\\Windows\\win.ini'];
    const paths = ups.flatMap((up) => targets.flatMap((target) => [`/${up}/${target}`, `/assets/${up}/${up}/${target}`, `/media/${up}/${target}`, `/media/asset/${up}/${up}/${up}/${target}`]));
    expect(paths.length).toBeGreaterThanOrEqual(200);
    for (const traversal of [...paths, '/linked.json', '//etc/passwd', '/index.html/', '/assets', '/assets/', '/INDEX.HTML']) {
      const response = await answer(ask(`studio://app${traversal}`));
      expect(response.status, traversal).toBe(404);
      expect(await response.text(), traversal).not.toContain('SECRET');
    }
    for (const foreign of ['studio://other/', 'studio://app.other/index.html', 'studio://app@other/', 'file:///etc/passwd']) expect((await answer(ask(foreign))).status, foreign).toBe(404);
  });

  test('are read only', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await open()(ask('studio://app/index.html', { method }))).status, method).toBe(405);
  });
});

describe('media', () => {
  test('pass the range on and stream the answer', async () => {
    const responder = createResponder();
    const response = await open(responder)(ask('studio://app/media/asset/project%3A1/asset:2', { headers: { range: 'bytes=150-449' } }));
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe('bytes 150-449/1000');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes.slice(150, 450));
    expect(responder.asked[0]).toMatchObject({ method: 'GET', segments: ['asset', 'project:1', 'asset:2'], range: 'bytes=150-449', body: null });
  });

  test('are read no further than the page wants', async () => {
    const responder = createResponder();
    const response = await open(responder)(ask('studio://app/media/asset/project:1/asset:2'));
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    expect(responder.progress).toEqual({ chunks: 1, left: true });
  });

  test('an upload reaches the responder as a stream', async () => {
    const responder = createResponder();
    await open(responder)(ask('studio://app/media/upload/project:1/clip.mp4', { method: 'PUT', body: bytes }));
    const sent: number[] = [];
    for await (const chunk of responder.asked[0]!.body!) sent.push(...chunk);
    expect(sent).toEqual([...bytes]);
  });

  test('other methods are refused', async () => {
    const responder = createResponder();
    expect((await open(responder)(ask('studio://app/media/asset/project:1/asset:2', { method: 'DELETE' }))).status).toBe(405);
    expect(responder.asked).toEqual([]);
  });
});
