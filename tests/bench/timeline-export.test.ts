/**
 * Export of a 60 s, 1080p, three-track timeline (dissolve, speed, opacity, scale, title, captions, sound) against one ffmpeg
 * command written by hand for the same work, and the frames of both. `MOTIF_SECONDS` for another length, `MOTIF_ROUNDS` for more
 * than one interleaved round of each.
 */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FFMPEG_GLOBAL } from '../../src-main/media/command-line.ts';
import { findFfmpeg } from '../../src-main/media/find-ffmpeg.ts';
import { createMedia } from '../../src-main/media/media.ts';
import { run } from '../../src-main/media/run.ts';
import { drawTexts } from '../../src-main/media/export/text-pictures.ts';
import type { TimelineRecord } from '../../src-shared/timeline/document.ts';
import { DEFAULT_SEQUENCE } from '../../src-shared/timeline/records/sequence.ts';
import { openExportBench } from '../compose/export-bench.ts';
import { makeClip } from '../compose/make-sources.ts';
import { packed, psnr, referenceFrame, toRgb } from '../compose/reference-composition.ts';
import { audioRecord, captionRecord, clipRecord, documentOf } from '../timeline/sample-document.ts';
import { describeMachine, median } from './machine.ts';

test('a three-track timeline against a command written by hand', async () => {
  const seconds = Number(process.env['MOTIF_SECONDS'] ?? 60);
  const rounds = Number(process.env['MOTIF_ROUNDS'] ?? 1);
  const media = createMedia();
  const binaries = await findFfmpeg();
  const bench = await openExportBench(media, binaries);
  try {
    const rate = 24;
    const half = (seconds * rate) / 2;
    const frames = half * 2;
    const clip = async (name: string, more: { hue: number; tone?: number; width?: number; height?: number; seconds: number }) => {
      const path = await makeClip(binaries, join(bench.folder, `${name}.mp4`), { width: 1920, height: 1080, rate: '24', crf: 20, ...more });
      await bench.add(`asset:${name}`, path);
      return path;
    };
    const a = await clip('a', { hue: 0, tone: 440, seconds: seconds / 2 + 1 });
    const b = await clip('b', { hue: 2, seconds: seconds / 2 + 1 });
    const c = await clip('c', { hue: 4, width: 960, height: 540, seconds: seconds + 1 });
    const track = (id: string, order: number): TimelineRecord => ({ id, type: 'track', kind: 'video', name: '', order, locked: false, muted: false, hidden: false });
    const captions = Array.from({ length: Math.floor(seconds / 4) }, (_, index) => captionRecord(20 + index, index * 4 * rate + 12, 60, `Caption number ${index + 1}: what is said`));
    const records = documentOf(
      { ...DEFAULT_SEQUENCE, frameRate: { num: rate, den: 1 }, width: 1920, height: 1080 }, track('track:two', 35), track('track:three', 30),
      clipRecord(1, 0, half, { assetId: 'asset:a', crossfadeOutFrames: 12, volume: 0, sourceDuration: null }),
      clipRecord(2, half, half, { assetId: 'asset:b', crossfadeInFrames: 12, sourceDuration: null, sourceIn: { num: 1, den: 1 }, volume: 0 }),
      clipRecord(3, 0, frames, { trackId: 'track:two', assetId: 'asset:c', scale: 0.4, position: { x: -0.25, y: -0.2 }, opacity: 0.8, sourceDuration: null }),
      clipRecord(4, 24, half, { trackId: 'track:three', assetId: 'asset:c', scale: 0.3, position: { x: 0.3, y: 0.1 }, speed: { num: 2, den: 1 }, sourceDuration: null }),
      { ...captionRecord(5, 24, 72, 'A title'), kind: 'title', size: 0.12, color: '#ffcc33', position: { x: 0, y: -0.1 } }, ...captions,
      audioRecord(6, 0, frames, { assetId: 'asset:a', sourceDuration: null, fadeInFrames: 24, fadeOutFrames: 24 }),
    );
    const plan = bench.plan(records);
    const text = await drawTexts(plan, 0, frames, bench.fonts, bench.folder);

    // By hand: the same pictures, sizes, times and encoder settings, in one command.
    const words = plan.texts.map((shot) => ({ shot, drawn: text(shot.id)! }));
    const fade = 24 / rate;
    const smallPlaces = [plan.lanes[1]!.shots[0]!.place.target, plan.lanes[2]!.shots[0]!.place.target] as const;
    const begins = half / rate - 0.5;
    // ffmpeg before 4.3 has no dissolve: only what dissolves is laid over.
    const dissolve = (await media.capabilities()).filters.has('xfade')
      ? `[0:v][1:v]xfade=transition=fade:duration=${fade}:offset=${begins}[base]`
      : `[0:v]split[a0][a1];[a0]trim=end=${begins}[p0];[a1]trim=start=${begins},setpts=PTS-STARTPTS[p1];[1:v]split[b0][b1];[b0]trim=end=${fade},format=yuva420p,fade=t=in:st=0:d=${fade}:alpha=1[q0];[b1]trim=start=${fade},setpts=PTS-STARTPTS[q1];[p1][q0]overlay,format=yuv420p[x];[p0][x][q1]concat=n=3:v=1:a=0[base]`;
    let graph = `${dissolve};[2:v]scale=${smallPlaces[0].width}:${smallPlaces[0].height},format=yuva420p,lut=c3=val*0.8[s1];`
      + `[3:v]setpts=PTS/2,fps=${rate},scale=${smallPlaces[1].width}:${smallPlaces[1].height},setpts=PTS+1/TB[s2];[base][s1]overlay=${smallPlaces[0].x}:${smallPlaces[0].y}[o1];[o1][s2]overlay=${smallPlaces[1].x}:${smallPlaces[1].y}:eof_action=pass[o2]`;
    let last = 'o2';
    for (const [index, { shot, drawn }] of words.entries()) {
      graph += `;[${last}][${4 + index}:v]overlay=${drawn.x}:${drawn.y}:enable='between(t,${shot.from / rate},${(shot.to - 0.5) / rate})'[t${index}]`;
      last = `t${index}`;
    }
    const byHand = async (path: string) => {
      await run(binaries.ffmpeg, [
        ...FFMPEG_GLOBAL, '-t', String(half / rate + 0.5), '-i', a, '-ss', '0.5', '-t', String(half / rate + 0.5), '-i', b, '-t', String(seconds), '-i', c, '-t', String(half / rate * 2), '-i', c, ...words.flatMap(({ drawn }) => ['-i', drawn.source.path]),
        '-filter_complex', `${graph};[0:a]afade=t=in:d=1,afade=t=out:st=${seconds / 2 - 1}:d=1[sound]`, '-map', `[${last}]`, '-map', '[sound]', '-t', String(seconds),
        '-c:v', 'libx264', '-preset', 'fast', '-crf', '16', '-g', '24', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '256k', '-movflags', 'faststart', '-y', path,
      ], { purpose: 'export by hand', timeoutMs: 3_600_000 });
    };
    const ours: number[] = [];
    const hand: number[] = [];
    let exported = '';
    for (let round = 0; round < rounds; round += 1) {
      let began = performance.now();
      await byHand(join(bench.folder, 'hand.mp4'));
      hand.push(performance.now() - began);
      began = performance.now();
      exported = await bench.render(records, `ours-${round}.mp4`, { format: 'mp4-h264' });
      ours.push(performance.now() - began);
    }
    const ratio = median(ours.map((time, round) => time / hand[round]!));
    expect((await media.probe(exported)).frames).toBe(frames);

    // Ten frames, spread without a pattern; only what they show is decoded.
    const chosen = Array.from({ length: 10 }, (_, index) => Math.floor(((index * 0.618034 + 0.37) % 1) * frames));
    const decode = async (path: string, frame: number, format: 'rgb24' | 'yuv444p'): Promise<Uint8Array> => run(
      binaries.ffmpeg,
      [...FFMPEG_GLOBAL, ...(frame === 0 ? [] : ['-ss', ((frame - 0.5) / rate).toFixed(6)]), '-i', path, '-frames:v', '1', '-vf', `scale=in_color_matrix=bt709:out_color_matrix=bt709:flags=bicubic+accurate_rnd+full_chroma_int,format=${format}`, '-f', 'rawvideo', 'pipe:1'],
      { purpose: 'decode a frame', maxBytes: 2 ** 28 },
    );
    // Sources are compared as they are stored: made RGB first they would lose the colours that no screen has before they are blended.
    const decodeSource = async (path: string, frame: number): Promise<Uint8Array> => packed(await decode(path, frame, 'yuv444p'));
    const sizes = { 'asset:a': [1920, 1080], 'asset:b': [1920, 1080], 'asset:c': [960, 540] } as const;
    const paths = { 'asset:a': a, 'asset:b': b, 'asset:c': c } as const;
    const dB: { frame: number; dB: number }[] = [];
    for (const frame of chosen) {
      const needed = new Map<string, { width: number; height: number; rate: number; frames: Uint8Array[] }>();
      for (const id of ['asset:a', 'asset:b', 'asset:c'] as const) {
        const [width, height] = sizes[id];
        const wanted = id === 'asset:a' ? [frame] : id === 'asset:b' ? [frame - half + 24] : [frame, (frame - 24) * 2];
        const all: Uint8Array[] = [];
        for (const index of wanted) if (index >= 0 && index < (id === 'asset:c' ? seconds + 1 : seconds / 2 + 1) * rate) all[index] = await decodeSource(paths[id], index);
        all.length = (id === 'asset:c' ? seconds + 1 : seconds / 2 + 1) * rate;
        needed.set(id, { width, height, rate, frames: all });
      }
      dB.push({ frame, dB: Number(psnr(await decode(exported, frame, 'rgb24'), toRgb(referenceFrame(records, needed, bench.fonts, frame, 1, 'ycbcr'))).toFixed(1)) });
    }
    process.stdout.write(`${describeMachine()}\nexport of ${seconds} s at 1080p: ${(median(ours) / 1000).toFixed(1)} s, by hand ${(median(hand) / 1000).toFixed(1)} s, ratio ${ratio.toFixed(3)}\nframes against a plain composition: ${JSON.stringify(dB)}\n`);
    expect(Math.min(...dB.map((each) => each.dB))).toBeGreaterThan(40);
    expect(ratio).toBeLessThan(1.25);
  } finally {
    bench.close();
  }
});
