/** Files that are not what their names say, and media that were damaged: made here, from nothing but text and ffmpeg's own test pictures. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** What a disguised file tries to reach. */
export interface Bait {
  /** A folder with `secret.txt`, `private.mp4` and `private.ts`. */
  readonly folder: string;
  /** `127.0.0.1:PORT`, where somebody listens. */
  readonly listener: string;
}

const hls = (address: string, more = ''): string => `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-TARGETDURATION:1\n${more}#EXTINF:1.0,\n${address}\n#EXT-X-ENDLIST\n`;
const dash = (address: string): string =>
  `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S" minBufferTime="PT1S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period><AdaptationSet mimeType="video/mp4" contentType="video"><Representation id="1" bandwidth="1000" width="64" height="40" codecs="avc1.640014"><BaseURL>${address}</BaseURL></Representation></AdaptationSet></Period></MPD>`;
const svg = (address: string): string => `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="40"><image xlink:href="${address}" width="64" height="40"/></svg>`;

/** Text behind bytes that make a sniffer believe in a container: a playlist for a demuxer that would guess again. */
const behind = (head: number[] | string, text: string, padTo = 0): Buffer => {
  const start = typeof head === 'string' ? Buffer.from(head, 'latin1') : Buffer.from(head);
  return Buffer.concat([start, Buffer.alloc(Math.max(0, padTo - start.length), 0x0a), Buffer.from(text)]);
};

/** An ISO box. */
const box = (type: string, ...content: (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(content.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
};

/** A clip whose samples are said to lie in another file, as QuickTime allows. */
export function withDataReference(clip: Buffer, path: string): Buffer {
  const at = clip.indexOf(Buffer.from('dref'));
  if (at < 0) throw new Error('no data reference to change');
  // The one entry of the table, of the same length: 'alis' instead of 'url ', not "in this file".
  const changed = Buffer.from(clip);
  const entry = at + 12;
  changed.write('alis', entry + 4, 'latin1');
  changed.writeUInt32BE(0, entry + 8);
  return Buffer.concat([changed, box('free', path)]);
}

/** Disguised playlists, manifests and containers by file name. */
export function disguisedFiles({ folder, listener }: Bait): Record<string, Buffer | string> {
  const secret = join(folder, 'secret.txt');
  const clip = join(folder, 'private.mp4');
  const segment = join(folder, 'private.ts');
  const http = `http://${listener}`;
  const playlist = hls(`file://${segment}`);
  return {
    'hls-relative.mp4': hls('private.ts'),
    'hls-absolute.mov': playlist,
    'hls-text.mp4': hls(secret),
    'hls-http.mp4': hls(`${http}/segment.ts`),
    'hls-concat.avi': hls(`concat:${secret}|${http}/x`),
    'hls-subfile.mp4': hls(`subfile,,start,0,end,20,,:${secret}`),
    'hls-crypto.gif': hls(`crypto:file://${secret}`, '#EXT-X-KEY:METHOD=AES-128,URI="data:,0123456789abcdef"\n'),
    'hls-key.webm': hls('private.ts', `#EXT-X-KEY:METHOD=AES-128,URI="${http}/key"\n`),
    'hls-map.mp4': hls('private.ts', `#EXT-X-MAP:URI="${clip}"\n`),
    'hls-master.mp3': `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${http}/child.m3u8\n`,
    'hls-rtsp.mp4': hls(`rtsp://${listener}/x`),
    'hls-tcp.mp4': hls(`tcp://${listener}`),
    'hls-bom.mp4': `\ufeff${playlist}`,
    'dash-local.mp4': dash('private.mp4'),
    'dash-http.webm': dash(`${http}/a.mp4`),
    'imf.mp4': `<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><Id>urn:uuid:0</Id></CompositionPlaylist>`,
    'concat-relative.mp4': 'ffconcat version 1.0\nfile private.mp4\n',
    'concat-absolute.mkv': `ffconcat version 1.0\nfile '${clip}'\n`,
    'concat-http.mp3': `ffconcat version 1.0\nfile '${http}/a.mp4'\n`,
    'sdp.mp4': `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
    'rtsp.mov': `[Reference]\nRef1=http://${listener}/x?MSWMExt=.asf\n`,
    'asx.mp3': `<asx version="3.0"><entry><ref href="${http}/a.mp3"/></entry></asx>`,
    'subtitles.mp4': `[Script Info]\nScriptType: v4.00+\n[Fonts]\nfontname: ${secret}\n[Events]\nDialogue: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,{\\img(${secret})}x\n`,
    'microdvd.avi': `{1}{1}25\n{0}{25}{y:i}${secret}\n`,
    'image.png': svg(`file://${secret}`),
    'image-http.gif': svg(`${http}/x.png`),
    'avisynth.avi': `AviSource("${clip}")\n`,
    'vapoursynth.mp4': `import vapoursynth\nopen(${JSON.stringify(secret)})\n`,
    'lavfi.mp4': `movie=${clip}[out0]`,
    'metadata.mp4': `;FFMETADATA1\ntitle=${secret}\n`,
    // Past the sniffer: the right first bytes, a playlist behind them.
    'ftyp.mp4': Buffer.concat([box('ftyp', 'isom\0\0\0\0isom'), Buffer.from(playlist)]),
    'quicktime-redirect.mov': Buffer.concat([box('ftyp', 'qt  \0\0\0\0qt  '), box('moov', box('rmra', box('rmda', box('rdrf', '\0\0\0\0url ', Buffer.from([0, 0, 0, http.length + 3]), `${http}/x\0`))))]),
    'matroska.mkv': behind([0x1a, 0x45, 0xdf, 0xa3], playlist),
    'riff.avi': behind('RIFF\x10\0\0\0AVI ', playlist),
    'riff.wav': behind('RIFF\x10\0\0\0WAVE', playlist),
    'riff.webp': behind('RIFF\x10\0\0\0WEBP', playlist),
    'gif.gif': behind('GIF89a', playlist),
    'png.png': behind([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], svg(`file://${secret}`)),
    'jpeg.jpg': behind([0xff, 0xd8, 0xff, 0xe0], playlist),
    'id3.mp3': behind('ID3\x03\0\0\0\0\0\x0a', playlist),
    'flac.flac': behind('fLaC', playlist),
    'ogg.ogg': behind('OggS', playlist),
    'packets.ts': Buffer.concat([behind([0x47], '', 188), behind([0x47], playlist)]),
  };
}

/** Names that mean something to ffmpeg or to a shell, for files that are fine. */
export const AWKWARD_NAMES = ['-i.mp4', 'concat:a|b.mp4', 'frame-%03d.mp4', "it's; rm -rf $(x) `y`.mp4", 'new\nline.mp4', 'pipe:0.mp4', 'a[0:v]movie=x.mp4', 'http:127.0.0.1.mp4'] as const;

const PICTURE = 'testsrc2=s=96x64:r=12:d=1';
const TONE = 'sine=f=440:d=1';

/** One good file of each kind that is imported, made with `ffmpeg`. */
export function goodFiles(ffmpeg: string, folder: string): string[] {
  const make = (name: string, ...args: string[]): string => {
    const path = join(folder, name);
    execFileSync(ffmpeg, ['-v', 'error', ...args, '-y', path], { stdio: ['ignore', 'ignore', 'inherit'] });
    return path;
  };
  const both = ['-f', 'lavfi', '-i', PICTURE, '-f', 'lavfi', '-i', TONE, '-shortest'];
  const picture = ['-f', 'lavfi', '-i', PICTURE];
  const sound = ['-f', 'lavfi', '-i', TONE];
  return [
    make('a.mp4', ...both, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac'),
    make('b.webm', ...both, '-c:v', 'libvpx-vp9', '-cpu-used', '8', '-deadline', 'realtime', '-c:a', 'libopus'),
    make('c.mov', ...picture, '-c:v', 'prores_ks'),
    make('d.mkv', ...both, '-c:v', 'libx264', '-c:a', 'flac'),
    make('e.avi', ...both, '-c:v', 'mpeg4', '-c:a', 'libmp3lame'),
    make('f.ts', ...both, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-f', 'mpegts'),
    make('g.gif', ...picture),
    make('h.png', ...picture, '-frames:v', '1'),
    make('i.jpg', ...picture, '-frames:v', '1'),
    make('j.mp3', ...sound, '-c:a', 'libmp3lame'),
    make('k.wav', ...sound),
    make('l.flac', ...sound),
    make('m.ogg', ...sound, '-c:a', 'libvorbis'),
  ];
}

/** Numbers that are the same for the same seed: below 2^32, then scaled. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A file as disks, networks and attackers leave it; the same for the same seed. */
export function damage(bytes: Buffer, random: (below: number) => number): Buffer {
  const changed = Buffer.from(bytes);
  const length = bytes.length;
  switch (random(6)) {
    case 0:
      // Cut off.
      return changed.subarray(0, 16 + random(length - 16));
    case 1: {
      // A block of zeros, as a lost sector leaves it.
      const at = random(length);
      return changed.fill(0, at, Math.min(length, at + 1 + random(4096)));
    }
    case 2: {
      // A hole: what follows has moved.
      const at = 16 + random(length - 16);
      return Buffer.concat([changed.subarray(0, at), changed.subarray(Math.min(length, at + 1 + random(2048)))]);
    }
    case 3: {
      // Sizes and counts in the headers, made as large as they go.
      for (let count = 1 + random(4); count > 0; count -= 1) changed.writeUInt32BE([0xffff_ffff, 0x7fff_ffff, 0x0000_ffff, 0][random(4)] ?? 0, Math.min(length - 4, 12 + random(Math.min(length - 12, 2048))));
      return changed;
    }
    case 4: {
      // Single bits anywhere.
      for (let count = 1 + random(64); count > 0; count -= 1) {
        const at = random(length);
        changed.writeUInt8(changed.readUInt8(at) ^ (1 << random(8)), at);
      }
      return changed;
    }
    default: {
      // Noise in the middle.
      const at = random(length);
      for (let index = at; index < Math.min(length, at + 1 + random(512)); index += 1) changed.writeUInt8(random(256), index);
      return changed;
    }
  }
}
