import { describe, expect, it } from 'vitest';
import { decodeArguments, sizeFilter } from '../../src-main/media/decode-frames.ts';
import { encodeVideoArguments } from '../../src-main/media/encode-video.ts';
import { checkLimits } from '../../src-main/media/limits.ts';
import { filmstripArguments, proxyArguments } from '../../src-main/media/previews.ts';
import { parseRate, probeArguments } from '../../src-main/media/probe.ts';
import { copyArguments, recipeArguments } from '../../src-main/media/recipe-metadata.ts';
import { usefulLines } from '../../src-main/media/run.ts';
import { sniffContainer } from '../../src-main/media/sniff-container.ts';
import { thumbnailArguments } from '../../src-main/media/thumbnail.ts';

const GLOBAL = ['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'error', '-max_alloc', '2147483647'];
const guards = (demuxer: string) => ['-protocol_whitelist', 'file,pipe', '-format_whitelist', demuxer, '-f', demuxer];
const EXACT = ['-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact'];

describe('argument lists', () => {
  it('encode', () => {
    expect(encodeVideoArguments({ width: 64, height: 40, frameRate: { num: 30000, den: 1001 }, scale: { width: 576, height: 360, filter: 'neighbor' }, recipeJson: '{ "a": "x=y;z" }' }, '/out/-a b.mp4')).toEqual([
      ...GLOBAL, ...guards('rawvideo'), '-pix_fmt', 'rgb24', '-video_size', '64x40', '-framerate', '30000/1001', '-i', 'pipe:0', '-map', '0:v:0', '-an',
      '-vf', 'scale=576:360:flags=neighbor+accurate_rnd+full_chroma_int+bitexact:out_color_matrix=bt709:out_range=tv,format=yuv420p,setsar=1',
      '-c:v', 'libx264', '-preset', 'fast', '-crf', '16', '-g', '30', '-threads', '2', '-pix_fmt', 'yuv420p',
      '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv', '-x264-params', 'colorprim=bt709:transfer=bt709:colormatrix=bt709',
      ...EXACT, '-map_metadata', '-1', '-movflags', 'use_metadata_tags+faststart', '-metadata', 'motif_recipe={"a":"x=y;z"}', '-f', 'mp4', '-y', 'file:/out/-a b.mp4',
    ]);
  });
  it('decode', () => {
    const info = { path: '/in/a.mov', container: 'mov', kind: 'video', frameRate: { num: 25, den: 1 } } as const;
    expect(decodeArguments(info, { width: 32, height: 20, frameRate: { num: 8, den: 1 }, startFrame: 3, frames: 8, fit: 'stretch' })).toEqual([
      ...GLOBAL, ...guards('mov'), '-ss', '0.312500', '-i', 'file:/in/a.mov', '-map', '0:v:0', '-an', '-sn', '-dn',
      '-vf', 'fps=fps=8/1,scale=32:20:flags=bicubic+accurate_rnd+full_chroma_int,setsar=1,format=rgb24', '-frames:v', '8', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1',
    ]);
    expect(decodeArguments({ ...info, kind: 'image', container: 'png_pipe', frameRate: null }, { width: 8, height: 8 })).not.toContain('-ss');
    expect(sizeFilter(8, 6, 'contain')).toContain('pad=8:6');
  });
  it('probe, thumbnail and copy', () => {
    expect(probeArguments('/in/a.webm', 'matroska', true)).toEqual(['-hide_banner', '-loglevel', 'error', '-max_alloc', '2147483647', ...guards('matroska'), '-count_packets', '-print_format', 'json', '-show_format', '-show_streams', 'file:/in/a.webm']);
    expect(thumbnailArguments({ path: '/in/a.mp4', container: 'mov', kind: 'video', frameRate: { num: 8, den: 1 }, frames: 29 }, { at: 'middle', maxWidth: 160 })).toEqual([
      ...GLOBAL, ...guards('mov'), '-ss', '1.687500', '-i', 'file:/in/a.mp4', '-map', '0:v:0', '-an', '-sn', '-dn', '-frames:v', '1',
      '-vf', 'scale=min(160\\,iw*sar):-2:flags=area:out_range=pc,setsar=1,format=yuvj420p', '-c:v', 'mjpeg', '-q:v', '3', '-threads', '1', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-f', 'mjpeg', 'pipe:1',
    ]);
    expect(copyArguments('/in/a.mp4', 'mov', '/out/b.mp4', null)).toEqual([
      ...GLOBAL, ...guards('mov'), '-i', 'file:/in/a.mp4', '-map', '0:v?', '-map', '0:a?', '-c', 'copy', ...EXACT, '-map_metadata', '-1', '-movflags', 'use_metadata_tags+faststart', '-f', 'mp4', '-y', 'file:/out/b.mp4',
    ]);
  });
  it('lay what is transparent over black in small pictures, and keep it transparent in stand-ins', () => {
    const info = { path: '/in/a.webm', container: 'matroska', kind: 'video', frameRate: { num: 8, den: 1 }, frames: 29, width: 640, height: 360, durationMs: 3625, hasAudio: true, codec: 'vp9' } as const;
    for (const made of [thumbnailArguments({ ...info, hasAlpha: true }, {}), filmstripArguments({ ...info, hasAlpha: true }, { tiles: 4, width: 128, height: 72 })]) {
      expect(made.slice(made.indexOf('-c:v'), made.indexOf('-i'))).toContain('libvpx-vp9');
      expect(made[made.indexOf('-vf') + 1]).toContain('format=gbrap,premultiply=inplace=1,scale=');
    }
    const [clear, opaque] = [true, false].map((hasAlpha) => proxyArguments({ ...info, hasAlpha }, '/out/proxy').join(' '));
    expect(clear).toMatch(/-c:v libvpx-vp9 .* -i .*format=yuva420p .*libopus .*alpha_mode=1 -f webm/u);
    expect(opaque).toMatch(/format=yuv420p -c:v libx264 .*aac .*faststart -f mp4/u);
    expect(opaque).not.toContain('libvpx');
  });
  it('put the recipe, whatever it says, into one argument without control characters', () => {
    const prompt = 'x\n-y\r\n\u0000;[0:v]movie=/etc/passwd\u001b[31m';
    const [option, value, ...rest] = recipeArguments(JSON.stringify({ prompt }, null, 2));
    expect(rest).toEqual([]);
    expect(option).toBe('-metadata');
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(value).not.toMatch(/[\u0000-\u001f]/);
    expect(JSON.parse(value!.slice('motif_recipe='.length))).toEqual({ prompt });
    expect(recipeArguments(null)).toEqual([]);
  });
});

describe('parseRate', () => {
  it('reduces fractions and refuses what is no rate', () => {
    expect(parseRate('50/2')).toEqual({ num: 25, den: 1 });
    expect(parseRate('30000/1001')).toEqual({ num: 30000, den: 1001 });
    for (const text of ['0/0', '25/0', '0/1', '90000/1', '-25/1', 'x', undefined]) expect(parseRate(text)).toBeNull();
  });
});

describe('checkLimits', () => {
  it('lets through what a desktop can decode and names the rest', () => {
    checkLimits('/in/ok.mp4', 3840, 2160, 10_000);
    expect(() => checkLimits('/in/huge.png', 20_000, 100, 1)).toThrow(/^huge\.png is too large: 20000x100 pixels\. Scale it down/);
    expect(() => checkLimits('/in/wide.png', 16_000, 16_000, 1)).toThrow(/too large/);
    expect(() => checkLimits('/in/long.mp4', 64, 40, 500_000)).toThrow(/^long\.mp4 is too long: 500000 frames.*Cut out/);
    expect(() => checkLimits('/in/both.mp4', 7680, 4320, 200_000)).toThrow(/too long/);
  });
});

describe('sniffContainer', () => {
  it('goes by content', () => {
    const head = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
    expect(sniffContainer(head('\0\0\0\x20ftypisom'))).toBe('mov');
    expect(sniffContainer(head('RIFF\0\0\0\0AVI LIST'))).toBe('avi');
    expect(sniffContainer(head('RIFF\0\0\0\0WEBPVP8 '))).toBe('webp_pipe');
    expect(sniffContainer(head('RIFF\0\0\0\0ACON'))).toBeNull();
    expect(sniffContainer(head('\xff\xfb\x90\x00'))).toBe('mp3');
    expect(sniffContainer(head('\xff\xd8\xff\xe0'))).toBe('jpeg_pipe');
    for (const text of ['', '#EXTM3U\n', 'ffconcat version 1.0\n', '<?xml version="1.0"?><MPD', '<svg ', 'PK\x03\x04', '%PDF', 'G', '\x7fELF']) expect(sniffContainer(head(text))).toBeNull();
    const packets = new Uint8Array(256);
    [packets[0], packets[188]] = [0x47, 0x47];
    expect(sniffContainer(packets)).toBe('mpegts');
  });
});

describe('usefulLines', () => {
  it('keeps the last lines that say something', () => {
    expect(usefulLines('[mov @ 0x55d0aa] moov atom not found\r\n\r\n[mov @ 0x55d0ff] moov atom not found\n    Last message repeated 2 times\nfile:a: Invalid data\nConversion failed!\n')).toEqual(['[mov] moov atom not found', 'file:a: Invalid data']);
    expect(usefulLines(Array.from({ length: 20 }, (_, line) => `line ${line}`).join('\n'))).toHaveLength(6);
  });
});
