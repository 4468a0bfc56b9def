import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { fileArgument, FFMPEG_GLOBAL, inputGuards } from '../../src-main/media/command-line.ts';
import { run } from '../../src-main/media/run.ts';
import { CONTAINERS, type Container } from '../../src-main/media/sniff-container.ts';
import { availableBinaries, collect, rampFrames } from './binaries.ts';

const CANARY = 'canary-5b1f0e-do-not-leak';
const machine = await availableBinaries();

describe.each(machine)('$label', ({ binaries, media }) => {
  let dir: string;
  let server: Server;
  let requests = 0;
  let playlists: string[];
  const at = (name: string) => path.join(dir, name);

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'motif-hostile-'));
    server = createServer((_request, response) => {
      requests += 1;
      response.end(CANARY);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    // What a playlist would steal: another clip of the same person, with a mark in it.
    await media.encodeVideo({ path: at('private.mp4'), width: 64, height: 40, frameRate: { num: 8, den: 1 }, frames: rampFrames(64, 40, 8), recipeJson: JSON.stringify({ prompt: CANARY }) });
    await run(binaries.ffmpeg, [...FFMPEG_GLOBAL, '-i', at('private.mp4'), '-c', 'copy', '-f', 'mpegts', '-y', at('private.ts')], { purpose: 'make a segment' });
    await writeFile(at('secret.txt'), CANARY);
    const hls = (address: string) => `#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\n${address}\n#EXT-X-ENDLIST\n`;
    const dash = (address: string) => `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S" minBufferTime="PT1S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period><AdaptationSet mimeType="video/mp4" contentType="video"><Representation id="1" bandwidth="1000" width="64" height="40" codecs="avc1.640014"><BaseURL>${address}</BaseURL></Representation></AdaptationSet></Period></MPD>`;
    const disguised: Record<string, string> = {
      'hls-local.mp4': hls('private.ts'),
      'hls-absolute.mov': hls(`file://${at('private.ts')}`),
      'hls-text.mp4': hls(at('secret.txt')),
      'hls-http.mp4': hls(`${origin}/segment.ts`),
      'hls-concat.avi': hls(`concat:${at('secret.txt')}|${origin}/x`),
      'hls-subfile.mp4': hls(`subfile,,start,0,end,20,,:${at('secret.txt')}`),
      'hls-key.mp4': `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=AES-128,URI="${origin}/key"\n#EXTINF:1.0,\nprivate.ts\n#EXT-X-ENDLIST\n`,
      'dash-local.mp4': dash('private.mp4'),
      'dash-http.webm': dash(`${origin}/a.mp4`),
      'concat-relative.mp4': 'ffconcat version 1.0\nfile private.mp4\n',
      'concat-absolute.mkv': `ffconcat version 1.0\nfile '${at('private.mp4')}'\n`,
      'imf.mp4': `<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><Id>urn:uuid:0</Id></CompositionPlaylist>`,
      'sdp.mp4': `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
      'svg.png': `<svg xmlns="http://www.w3.org/2000/svg"><image href="${at('secret.txt')}"/></svg>`,
      'avisynth.avi': `AviSource("${at('private.mp4')}")\n`,
      'bom.mp4': `\ufeff${hls('private.ts')}`,
    };
    for (const [name, content] of Object.entries(disguised)) await writeFile(at(name), content);
    playlists = Object.keys(disguised);
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(dir, { recursive: true, force: true });
  });

  it('would be fooled without its guards: the files are real attacks', async () => {
    const opened = await run(binaries.ffprobe, ['-loglevel', 'error', '-show_format', at('hls-local.mp4')], { purpose: 'look without guards' }).then(String, () => '');
    const concat = await run(binaries.ffprobe, ['-loglevel', 'error', '-show_format', at('concat-relative.mp4')], { purpose: 'look without guards' }).then(String, () => '');
    expect(`${opened}${concat}`).toMatch(/format_name=(hls|concat)/);
  });

  it('refuses every disguised playlist, says so, and leaks nothing', async () => {
    const before = new Set(await readdir(dir));
    for (const name of playlists) {
      const operations = [
        () => media.probe(at(name)),
        () => media.readRecipe(at(name)),
        () => media.thumbnail(at(name)),
        () => collect(media.decodeFrames(at(name), { width: 16, height: 16 })),
        () => media.copyWithRecipe(at(name), at('stolen.mp4'), null),
      ];
      for (const operation of operations) {
        const error: unknown = await operation().then(() => null, (thrown: unknown) => thrown);
        expect(error, name).toMatchObject({ code: 'MEDIA_UNREADABLE', message: expect.stringContaining(`${name} is not a video, image or sound file`) });
        expect(JSON.stringify((error as StudioError).toWire())).not.toContain(CANARY);
      }
    }
    expect((await readdir(dir)).filter((name) => !before.has(name))).toEqual([]);
    expect(requests).toBe(0);
  });

  it('refuses them inside ffmpeg too, should their first bytes ever pass for media', async () => {
    for (const name of playlists) {
      for (const container of ['mov', 'mpegts'] satisfies Container[]) {
        const args = [...FFMPEG_GLOBAL, ...inputGuards(container), '-i', fileArgument(at(name)), '-map', '0:v:0', '-frames:v', '1', '-f', 'rawvideo', 'pipe:1'];
        const output = await run(binaries.ffmpeg, args, { purpose: 'open a playlist', timeoutMs: 10_000 }).catch((error: unknown) => JSON.stringify(StudioError.from(error).toWire()));
        expect(output.length === 0 || typeof output === 'string', `${name} as ${container}`).toBe(true);
        expect(output.toString()).not.toContain(CANARY);
      }
    }
    expect(requests).toBe(0);
  });

  it('lists no demuxer that opens other files', () => {
    for (const demuxer of ['hls', 'applehttp', 'dash', 'concat', 'imf', 'sdp', 'rtsp', 'image2', 'svg_pipe', 'lavfi', 'avisynth', 'webm_dash_manifest']) expect(Object.keys(CONTAINERS)).not.toContain(demuxer);
  });

  it('refuses pictures larger than the limit before it decodes them', async () => {
    await media.encodeVideo({ path: at('small.mp4'), width: 64, height: 40, frameRate: { num: 8, den: 1 }, frames: rampFrames(64, 40, 2) });
    await writeFile(at('small.jpg'), await media.thumbnail(at('small.mp4')));
    const jpeg = await readFile(at('small.jpg'));
    const startOfFrame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    jpeg.writeUInt16BE(60_000, startOfFrame + 5);
    jpeg.writeUInt16BE(60_000, startOfFrame + 7);
    await writeFile(at('bomb.jpg'), jpeg);
    await expect(media.probe(at('bomb.jpg'))).rejects.toMatchObject({ code: 'MEDIA_UNREADABLE', message: expect.stringMatching(/^bomb\.jpg (is too large|is damaged|does not say how large)/) });
    await expect(collect(media.decodeFrames(at('bomb.jpg'), { width: 16, height: 16 }))).rejects.toMatchObject({ code: 'MEDIA_UNREADABLE' });
  });

  it('survives damaged clips with one clear error or with frames of the right size', async () => {
    const clip = await readFile(at('private.mp4'));
    let seed = 12345;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    for (let round = 0; round < 12; round += 1) {
      const damaged = Buffer.from(clip);
      for (let flip = 0; flip < 20; flip += 1) damaged.writeUInt8(random(256), 8 + random(damaged.length - 8));
      const name = at(`damaged-${round}.mp4`);
      await writeFile(name, damaged.subarray(0, round % 3 === 0 ? random(damaged.length) + 16 : damaged.length));
      const outcome: unknown = await collect(media.decodeFrames(name, { width: 16, height: 10 })).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'StudioError', code: expect.stringMatching(/^(MEDIA_UNREADABLE|FFMPEG_FAILED)$/) });
      else expect((outcome as Uint8Array[]).every((frame) => frame.length === 16 * 10 * 3)).toBe(true);
    }
  });

  it('gives up on a command that takes too long and kills it', async () => {
    const started = performance.now();
    await expect(run(binaries.ffmpeg, [...FFMPEG_GLOBAL, '-re', '-f', 'lavfi', '-i', 'color=s=16x16:d=600', '-f', 'null', '-'], { purpose: 'wait', timeoutMs: 400 })).rejects.toMatchObject({ code: 'FFMPEG_FAILED', message: expect.stringContaining('was stopped') });
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
