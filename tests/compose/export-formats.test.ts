import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FFMPEG_GLOBAL } from '../../src-main/media/command-line.ts';
import { run } from '../../src-main/media/run.ts';
import { FORMATS, formatsWith, type ExportFormat } from '../../src-shared/export/formats.ts';
import { applyDiff } from '../../src-shared/timeline/diff.ts';
import { setTrack } from '../../src-shared/timeline/edits/lanes.ts';
import { DEFAULT_SEQUENCE } from '../../src-shared/timeline/records/sequence.ts';
import { availableBinaries } from '../media/binaries.ts';
import { audioRecord, captionRecord, clipRecord, documentOf } from '../timeline/sample-document.ts';
import { openExportBench, type ExportBench } from './export-bench.ts';
import { makeClip } from './make-sources.ts';

const machine = await availableBinaries();
interface Stream {
  codec_type: string;
  codec_name: string;
  profile?: string;
  pix_fmt?: string;
  duration?: string;
  color_space?: string;
  color_range?: string;
  color_primaries?: string;
  color_transfer?: string;
  sample_rate?: string;
  channels?: number;
  tags?: Record<string, string>;
}
const CODECS: Partial<Record<ExportFormat, string[]>> = {
  'mp4-h264': ['h264', 'aac'], 'mp4-hevc': ['hevc', 'aac'], 'mp4-av1': ['av1', 'aac'], 'webm-vp9': ['vp9', 'opus'], 'prores-422hq': ['prores', 'pcm_s24le'], 'prores-4444': ['prores', 'pcm_s24le'], gif: ['gif'],
  wav: ['pcm_s24le'], flac: ['flac'], mp3: ['mp3'], aac: ['aac'],
};

describe.each(machine)('$label', ({ binaries, media, label }) => {
  let bench: ExportBench;
  let formats: ExportFormat[];
  const FRAMES = 36;
  const sequence = { ...DEFAULT_SEQUENCE, frameRate: { num: 24, den: 1 }, width: 96, height: 54 };
  const probe = async (path: string): Promise<{ streams: Stream[]; format: { duration?: string; tags?: Record<string, string> } }> =>
    JSON.parse((await run(binaries.ffprobe, ['-loglevel', 'error', '-print_format', 'json', '-show_streams', '-show_format', path], { purpose: 'look' })).toString('utf8')) as never;
  const document = () => documentOf(sequence, clipRecord(1, 0, 20, { assetId: 'asset:a' }), clipRecord(2, 20, 16, { assetId: 'asset:a', scale: 0.5, volume: 0 }), audioRecord(3, 10, 20, { assetId: 'asset:a', fadeInFrames: 4, fadeOutFrames: 4 }), captionRecord(4, 2, 10));

  beforeAll(async () => {
    bench = await openExportBench(media, binaries);
    await bench.add('asset:a', await makeClip(binaries, join(bench.folder, 'a.mp4'), { width: 96, height: 54, rate: '24', seconds: 2, tone: 1000 }));
    formats = formatsWith((await media.capabilities()).encoders).filter((format) => FORMATS[format].kind !== 'interchange');
  }, 120_000);
  afterAll(() => bench.close());

  it('offers what this ffmpeg can write', () => {
    expect(formats).toEqual(expect.arrayContaining(['mp4-h264', 'mp4-hevc', 'webm-vp9', 'prores-422hq', 'prores-4444', 'gif', 'png-sequence', 'wav', 'flac', 'mp3', 'aac']));
  });

  it('writes every format with the right streams, length and colour tags', async () => {
    for (const format of formats) {
      // The encoder of the built-in ffmpeg of 2018 needs minutes for what others do in a second.
      if (format === 'mp4-av1' && label.startsWith('package')) continue;
      const { extension, kind, hasAudio } = FORMATS[format];
      if (format === 'png-sequence') {
        const folder = await bench.render(document(), 'pictures', { format });
        expect(readdirSync(folder).sort()).toEqual(Array.from({ length: FRAMES }, (_, index) => `frame-${String(index + 1).padStart(6, '0')}.png`));
        continue;
      }
      const { streams, format: container } = await probe(await bench.render(document(), `${format}.${extension}`, { format }));
      expect([format, ...streams.map(({ codec_name }) => codec_name)]).toEqual([format, ...(CODECS[format] ?? [])]);
      // GIF counts hundredths of a second; sound is padded to whole packets.
      expect(Math.abs(Number(container.duration) - FRAMES / 24), `${format} lasts ${container.duration}`).toBeLessThan(1 / 24 + 0.03);
      const [video] = streams.filter(({ codec_type }) => codec_type === 'video');
      if (kind === 'video' && format !== 'gif') expect([format, video?.color_space, video?.color_primaries, video?.color_transfer, format.startsWith('prores') ? 'tv' : video?.color_range]).toEqual([format, 'bt709', 'bt709', 'bt709', 'tv']);
      if (hasAudio) expect(streams.at(-1)).toMatchObject({ codec_type: 'audio', sample_rate: '48000', channels: 2 });
    }
  }, 400_000);

  it('keeps transparency in WebM and ProRes 4444', async () => {
    const records = documentOf(sequence, clipRecord(1, 0, 4, { assetId: 'asset:a', scale: 0.5, opacity: 0.5, volume: 0 }));
    for (const [format, extension, decoder] of [['webm-vp9', 'webm', 'libvpx-vp9'], ['prores-4444', 'mov', undefined]] as const) {
      const path = await bench.render(records, `alpha.${extension}`, { format, alpha: true });
      const { streams } = await probe(path);
      expect([format, format === 'webm-vp9' ? streams[0]?.tags?.['alpha_mode'] ?? streams[0]?.tags?.['ALPHA_MODE'] : streams[0]?.pix_fmt?.startsWith('yuva444p1')]).toEqual([format, format === 'webm-vp9' ? '1' : true]);
      const { frames: [first] } = await bench.pixels(path, 'rgba', decoder);
      const alphaAt = (x: number, y: number) => first?.[(y * 96 + x) * 4 + 3] ?? -1;
      expect(alphaAt(4, 4)).toBeLessThanOrEqual(2);
      expect(Math.abs(alphaAt(48, 27) - 128)).toBeLessThanOrEqual(4);
      // And it comes back in.
      expect((await media.probe(path)).hasAlpha).toBe(true);
    }
  }, 120_000);

  it('loops a GIF, or lets it play once', async () => {
    const records = documentOf(sequence, clipRecord(1, 0, 6, { assetId: 'asset:a' }));
    const loops = readFileSync(await bench.render(records, 'loop.gif', { format: 'gif' }));
    const once = readFileSync(await bench.render(records, 'once.gif', { format: 'gif', loop: false }));
    const extension = loops.indexOf('NETSCAPE2.0');
    expect(extension).toBeGreaterThan(0);
    expect([...loops.subarray(extension + 11, extension + 16)]).toEqual([3, 1, 0, 0, 0]);
    expect(once.indexOf('NETSCAPE2.0')).toBe(-1);
  }, 120_000);

  it('mixes sounds at their time, volume and speed, with fades, to the sample', async () => {
    const records = documentOf(sequence,
      clipRecord(1, 0, 48, { assetId: 'asset:a', volume: 0, sourceDuration: null }),
      audioRecord(2, 12, 24, { assetId: 'asset:a', volume: 0.5, fadeInFrames: 12, sourceDuration: null }),
      audioRecord(3, 36, 12, { assetId: 'asset:a', speed: { num: 2, den: 1 }, sourceDuration: null }),
    );
    const path = await bench.render(records, 'mix.wav', { format: 'wav' });
    const raw = await run(binaries.ffmpeg, [...FFMPEG_GLOBAL, '-i', path, '-ac', '1', '-f', 'f32le', 'pipe:1'], { purpose: 'decode' });
    const samples = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
    expect(samples.length).toBe(96_000);
    const loud = (from: number, to: number) => Math.sqrt(samples.subarray(from, to).reduce((sum, value) => sum + value * value, 0) / (to - from));
    const full = loud(80_000, 90_000);
    expect(loud(0, 23_900)).toBeLessThan(0.001);
    expect(loud(50_000, 70_000) / full).toBeCloseTo(0.5, 1);
    // Half way through the fade, half as loud.
    expect(loud(35_400, 36_600) / loud(50_000, 70_000)).toBeCloseTo(0.5, 1);
    const crossings = (from: number, to: number) => samples.subarray(from, to).reduce((count, value, index, part) => count + (index > 0 && value >= 0 && (part[index - 1] ?? 0) < 0 ? 1 : 0), 0) / ((to - from) / 48_000);
    expect(crossings(50_000, 70_000) / 1000).toBeCloseTo(1, 1);
    // Twice the speed, the same pitch.
    expect(crossings(76_000, 94_000) / 1000).toBeCloseTo(1, 1);
  }, 120_000);

  it('exports what is heard: the sound of solo tracks alone', async () => {
    const records = documentOf(sequence, clipRecord(1, 0, 24, { assetId: 'asset:a', sourceDuration: null }), audioRecord(2, 24, 24, { assetId: 'asset:a', sourceDuration: null }));
    const loudness = async (name: string, solo: readonly string[]) => {
      const path = await bench.render(solo.reduce((now, id) => applyDiff(now, setTrack(now, id, { solo: true })), records), name, { format: 'wav' });
      const raw = await run(binaries.ffmpeg, [...FFMPEG_GLOBAL, '-i', path, '-ac', '1', '-f', 'f32le', 'pipe:1'], { purpose: 'decode' });
      const samples = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
      return [samples.subarray(2_000, 46_000), samples.subarray(50_000, 94_000)].map((part) => part.some((value) => Math.abs(value) > 0.01));
    };
    expect(await loudness('all.wav', [])).toEqual([true, true]);
    expect(await loudness('audio-alone.wav', ['track:audio'])).toEqual([false, true]);
    expect(await loudness('video-alone.wav', ['track:video'])).toEqual([true, false]);
  }, 120_000);

  it('carries the recipe in every format that can, and reads it back', async () => {
    const recipe = JSON.stringify({ prompt: 'a "fish"; [v]=\\ 100% über motif_recipe=x', long: 'word '.repeat(500), seed: 7 });
    for (const format of formats.filter((each) => FORMATS[each].carriesRecipe && !['mp4-av1', 'mp4-hevc'].includes(each))) {
      const written = await bench.render(document(), `recipe-${format}.${FORMATS[format].extension}`, { format }, { from: 12, to: 16, recipeJson: recipe });
      const path = format === 'png-sequence' ? join(written, 'frame-000001.png') : written;
      expect([format, JSON.parse((await media.readRecipe(path)) ?? 'null')]).toEqual([format, JSON.parse(recipe)]);
    }
  }, 240_000);

  it('refuses to export silence as sound', async () => {
    await expect(bench.render(documentOf(sequence, clipRecord(1, 0, 6, { assetId: 'asset:a', volume: 0 })), 'none.wav', { format: 'wav' })).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('no sound') });
  });
});
