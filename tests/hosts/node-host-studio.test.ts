import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLaunchSecrets } from '../../src-main/hosts/node/launch-secrets.ts';
import { mediaBaseOf, startNodeHost, type NodeHost } from '../../src-main/hosts/node/node-host.ts';
import { studioContract, type StudioClient } from '../../src-shared/contract/studio-contract.ts';
import type { StudioError } from '../../src-shared/errors/studio-error.ts';
import { connect } from '../../src-shared/rpc/connect.ts';
import { createWebSocketTransport, rpcSubprotocols } from '../../src-shared/rpc/web-socket-transport.ts';
import { jobEnd, openTestStudio, writeTestClip, type StudioUnderTest } from '../services/studio-fixture.ts';
import { rawRequest, type RawAnswer } from './raw-request.ts';

let under: StudioUnderTest;
let host: NodeHost;
let client: StudioClient;
let base: string;
let projectId: string;
let assetId: string;
let bytes: Buffer;
const secrets = createLaunchSecrets();

const request = (path: string, options: { method?: string; headers?: Record<string, string>; body?: Uint8Array } = {}): Promise<RawAnswer> =>
  rawRequest(host.port, { path, ...options, headers: { host: `127.0.0.1:${host.port}`, ...options.headers } });

const openClient = (): StudioClient => connect(studioContract, createWebSocketTransport(new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, rpcSubprotocols(secrets.token))));

beforeAll(async () => {
  under = await openTestStudio();
  const rendererDir = join(under.folder, 'renderer');
  mkdirSync(rendererDir);
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html>');
  host = await startNodeHost({ studio: under.studio, secrets, rendererDir, port: 0, dataDir: join(under.folder, 'data'), log: (line) => under.log.push(line) });
  client = openClient();
  base = mediaBaseOf(secrets);
  ({ id: projectId } = await client.projects.create({ name: 'Sea', path: null }));
  const clip = await writeTestClip(join(under.folder, 'clip.mp4'), { frames: 40, width: 320, height: 240 });
  bytes = readFileSync(clip);
  const { jobId } = await client.assets.importFile({ projectId, path: clip });
  assetId = (await jobEnd(client, projectId, jobId)).resultAssetId ?? '';
});

afterAll(async () => {
  await host.close();
  expect(under.log).toEqual([]);
  await under.close();
});

describe('media over HTTP', () => {
  const asset = () => `${base}/asset/${projectId}/${encodeURIComponent(assetId)}`;

  it('serves an asset whole, with its type, never to be sniffed', async () => {
    const answer = await request(asset());
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'content-type': 'video/mp4', 'accept-ranges': 'bytes', 'content-length': String(bytes.length), 'x-content-type-options': 'nosniff' });
    expect(answer.body.equals(bytes)).toBe(true);
  });

  it('serves any range of it', async () => {
    for (const [header, start, end] of [['bytes=0-0', 0, 1], ['bytes=100-199', 100, 200], [`bytes=${bytes.length - 1}-`, bytes.length - 1, bytes.length], ['bytes=-10', bytes.length - 10, bytes.length]] as const) {
      const answer = await request(asset(), { headers: { range: header } });
      expect([header, answer.status, answer.headers['content-range'], answer.headers['content-length']]).toEqual([header, 206, `bytes ${start}-${end - 1}/${bytes.length}`, String(end - start)]);
      expect(answer.body.equals(bytes.subarray(start, end))).toBe(true);
    }
    const beyond = await request(asset(), { headers: { range: `bytes=${bytes.length}-` } });
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, `bytes */${bytes.length}`]);
  });

  it('answers HEAD without bytes', async () => {
    const answer = await request(asset(), { method: 'HEAD' });
    expect([answer.status, answer.headers['content-length'], answer.body.length]).toEqual([200, String(bytes.length), 0]);
  });

  it('serves the thumbnail and the download with a safe name', async () => {
    const thumbnail = await request(`${base}/thumbnail/${projectId}/${assetId}`);
    expect([thumbnail.status, thumbnail.headers['content-type'], thumbnail.body.subarray(0, 2).toString('hex')]).toEqual([200, 'image/jpeg', 'ffd8']);
    await client.assets.rename({ projectId, assetId, name: 'Wäve "1"/..\r\n' });
    const { url, fileName } = await client.export.downloadUrl({ projectId, assetId });
    expect([url, fileName]).toEqual([`/media/secret/download/${encodeURIComponent(projectId)}/${encodeURIComponent(assetId)}`, 'Wäve 1.mp4']);
    const download = await request(url.replace('/media/secret', base));
    expect(download.headers['content-disposition']).toBe(`attachment; filename="W_ve 1.mp4"; filename*=UTF-8''W%C3%A4ve%201.mp4`);
    expect(download.body.equals(bytes)).toBe(true);
  });

  it('has nothing at other addresses, ids of other kinds or in projects that are not open', async () => {
    const paths = ['', '/', '/asset', `/asset/${projectId}`, `/asset/${projectId}/asset:no`, `/asset/${projectId}/${assetId}/more`, `/preview/${projectId}/${assetId}`,
      `/preview/${projectId}/job:00000000-0000-0000-0000-000000000000`, `/asset/project:00000000-0000-0000-0000-000000000000/${assetId}`, '/poster/..', `/poster/${'0'.repeat(64)}`, `/upload/${projectId}/x`, '/../asset'];
    for (const path of paths) expect([path, (await request(`${base}${path}`)).status]).toEqual([path, 404]);
  });

  it('takes an upload into the library and removes its temporary file', async () => {
    const clip = readFileSync(await writeTestClip(join(under.folder, 'other.mp4'), { seed: 5 }));
    const answer = await request(`${base}/upload/${projectId}/${encodeURIComponent('my ../clip.mp4'.replace('/', '_'))}`, { method: 'PUT', body: clip });
    expect(answer.status).toBe(202);
    const { jobId } = JSON.parse(answer.body.toString()) as { jobId: string };
    const job = await jobEnd(client, projectId, jobId);
    expect(job.state).toBe('completed');
    const stored = await client.assets.get({ projectId, assetId: job.resultAssetId ?? '' });
    expect([stored.name, stored.sizeBytes]).toEqual(['my .._clip.mp4', clip.length]);
    expect(readdirSync(join(under.folder, 'data', 'uploads'))).toEqual([]);
  });

  it('refuses an empty upload and one into a project that is not open', async () => {
    const empty = await request(`${base}/upload/${projectId}/a.mp4`, { method: 'PUT', headers: { 'content-length': '0' } });
    expect([empty.status, (JSON.parse(empty.body.toString()) as { code: string }).code]).toEqual([415, 'MEDIA_UNREADABLE']);
    const elsewhere = await request(`${base}/upload/project:00000000-0000-0000-0000-000000000000/a.mp4`, { method: 'PUT', body: bytes });
    expect(elsewhere.status).toBe(404);
    expect(readdirSync(join(under.folder, 'data', 'uploads'))).toEqual([]);
  });

  it('keeps nothing of an upload that breaks off', async () => {
    const jobsBefore = (await client.jobs.list({ projectId })).jobs.length;
    const uploads = () => readdirSync(join(under.folder, 'data', 'uploads'));
    const until = async (condition: () => boolean) => {
      while (!condition()) await new Promise((resolve) => setImmediate(resolve));
    };
    const socket = connectSocket(host.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`PUT ${base}/upload/${projectId}/a.mp4 HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nContent-Length: 1000000\r\n\r\n`);
    socket.write(bytes.subarray(0, 100));
    await until(() => uploads().length === 1);
    socket.destroy();
    await until(() => uploads().length === 0);
    expect((await client.jobs.list({ projectId })).jobs.length).toBe(jobsBefore);
  });
});

describe('rpc over the host', () => {
  it('tells a page that the connection is gone', async () => {
    const page = openClient();
    await page.system.info({});
    const waiting = (async () => {
      for await (const change of page.projects.changes({ projectId })) void change;
    })().then(() => null, (error: StudioError) => error.code);
    const other = await startNodeHost({ studio: under.studio, secrets, rendererDir: null, port: 0, dataDir: join(under.folder, 'data') });
    const otherPage = connect(studioContract, createWebSocketTransport(new WebSocket(`ws://127.0.0.1:${other.port}/rpc`, rpcSubprotocols(secrets.token))));
    await otherPage.system.info({});
    await other.close();
    expect(await otherPage.system.info({}).then(() => null, (error: StudioError) => error.code)).toBe('RPC_DISCONNECTED');
    // The first host is not touched by the second one's end.
    expect((await page.projects.get({ projectId })).id).toBe(projectId);
    void waiting;
  });

  it('fails every call of a page with a wrong token', async () => {
    const page = connect(studioContract, createWebSocketTransport(new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, rpcSubprotocols('0'.repeat(64)))));
    expect(await page.system.info({}).then(() => null, (error: StudioError) => error.code)).toBe('RPC_DISCONNECTED');
  });

  it('lets no more than eight windows in', async () => {
    const pages = Array.from({ length: 12 }, openClient);
    const outcomes = await Promise.all(pages.map((page) => page.system.info({}).then(() => 'in', (error: StudioError) => error.code)));
    expect(outcomes.filter((outcome) => outcome === 'RPC_DISCONNECTED').length).toBeGreaterThanOrEqual(4);
    expect((await client.system.info({})).host).toBe('node');
  });
});
