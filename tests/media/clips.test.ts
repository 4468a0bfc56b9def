import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from '../../src-main/media/run.ts';
import { availableBinaries, collect, levelFrames, rampFrames } from './binaries.ts';
import { turnClip } from './turn-clip.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const machine = await availableBinaries();

describe.each(machine)('$label', ({ binaries, media }) => {
  let dir: string;
  const at = (name: string) => path.join(dir, name);
  /** Makes a clip with ffmpeg itself. */
  const make = async (name: string, ...args: string[]) => {
    await run(binaries.ffmpeg, ['-loglevel', 'error', ...args, '-y', at(name)], { purpose: `make ${name}` });
    return at(name);
  };
  const encodeRamp = (name: string, more: object = {}) => media.encodeVideo({ path: at(name), width: 64, height: 40, frameRate: { num: 8, den: 1 }, frames: rampFrames(64, 40, 29), ...more });

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'motif-media-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('encodes frames that come back within the loss of the codec, in number, size and exact rate', async () => {
    const frames = rampFrames(96, 64, 29);
    const progress: number[] = [];
    const written = await media.encodeVideo({ path: at('ramp.mp4'), width: 96, height: 64, frameRate: { num: 30000, den: 1001 }, frames, onProgress: (count) => progress.push(count) });
    expect(written).toMatchObject({ frames: 29, width: 96, height: 64, sizeBytes: (await stat(at('ramp.mp4'))).size });
    expect(progress.at(-1)).toBe(29);
    expect(await media.probe(at('ramp.mp4'))).toMatchObject({
      kind: 'video', container: 'mov', mimeType: 'video/mp4', codec: 'h264', width: 96, height: 64, rotation: 0,
      frameRate: { num: 30000, den: 1001 }, frames: 29, durationMs: 968, hasAudio: false, streams: [{ index: 0, kind: 'video', codec: 'h264' }],
    });
    const decoded = await collect(media.decodeFrames(at('ramp.mp4'), { width: 96, height: 64 }));
    expect(decoded).toHaveLength(29);
    let squared = 0;
    decoded.forEach((frame, number) => frame.forEach((value, index) => (squared += (value - frames[number * 96 * 64 * 3 + index]!) ** 2)));
    // Red and blue ramps lose their chroma resolution to 4:2:0; a wrong colour matrix or range would cost far more.
    expect(10 * Math.log10(255 ** 2 / (squared / frames.length))).toBeGreaterThan(38);
  });

  it('writes what browsers play: yuv420p, BT.709 limited, index before the data', async () => {
    await encodeRamp('browser.mp4', { scale: { width: 576, height: 360, filter: 'neighbor' } });
    const text = (await run(binaries.ffprobe, ['-loglevel', 'error', '-show_streams', at('browser.mp4')], { purpose: 'look' })).toString();
    for (const line of ['pix_fmt=yuv420p', 'color_space=bt709', 'color_transfer=bt709', 'color_primaries=bt709', 'color_range=tv', 'width=576', 'height=360', 'sample_aspect_ratio=1:1']) expect(text).toContain(`${line}\n`);
    const bytes = await readFile(at('browser.mp4'));
    expect(bytes.indexOf('moov')).toBeGreaterThan(0);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  });

  it('gives equal bytes for equal frames however they are cut up, and waits for a slow encoder', async () => {
    const frames = rampFrames(64, 40, 29);
    const pieces = async function* () {
      for (let start = 0; start < frames.length; start += 10_007) yield frames.subarray(start, start + 10_007);
    };
    await encodeRamp('whole.mp4');
    await encodeRamp('pieces.mp4', { frames: pieces() });
    expect(sha256(await readFile(at('pieces.mp4')))).toBe(sha256(await readFile(at('whole.mp4'))));
  });

  it('enlarges with hard pixels for neighbor', async () => {
    const checker = new Uint8Array(8 * 8 * 3 * 2);
    for (let pixel = 0; pixel < 128; pixel += 1) checker.fill((pixel + (pixel >> 3)) % 2 === 0 ? 235 : 20, pixel * 3, pixel * 3 + 3);
    await media.encodeVideo({ path: at('checker.mp4'), width: 8, height: 8, frameRate: { num: 8, den: 1 }, frames: checker, scale: { width: 128, height: 128, filter: 'neighbor' } });
    const [first] = await collect(media.decodeFrames(at('checker.mp4'), { width: 128, height: 128, frames: 1 }));
    // The middle of each 16x16 cell.
    for (let cell = 0; cell < 64; cell += 1) {
      const [x, y] = [(cell % 8) * 16 + 8, (cell >> 3) * 16 + 8];
      expect(Math.abs(first![(y * 128 + x) * 3]! - ((cell + (cell >> 3)) % 2 === 0 ? 235 : 20))).toBeLessThan(12);
    }
  });

  it('decodes exactly the frames asked for', async () => {
    await media.encodeVideo({ path: at('levels.mp4'), width: 32, height: 32, frameRate: { num: 24000, den: 1001 }, frames: levelFrames(32, 32, 40, 5) });
    const levels = async (request: object) => (await collect(media.decodeFrames(at('levels.mp4'), { width: 16, height: 16, ...request }))).map((frame) => Math.round((frame[384]! - 16) / 5));
    expect(await levels({ startFrame: 17, frames: 5 })).toEqual([17, 18, 19, 20, 21]);
    expect(await levels({ startFrame: 38 })).toEqual([38, 39]);
    expect(await levels({ frameRate: { num: 12000, den: 1001 }, frames: 4 })).toHaveLength(4);
    const halved = await levels({ frameRate: { num: 12000, den: 1001 } });
    expect(halved.length).toBeGreaterThanOrEqual(19);
    expect(halved.length).toBeLessThanOrEqual(21);
    await expect(levels({ startFrame: 400 })).rejects.toMatchObject({ code: 'INVALID_INPUT', message: 'levels.mp4 ends before frame 400: choose an earlier start.' });
  });

  it('fits by cover, contain and stretch', async () => {
    // Left half black, right half white, twice as wide as high.
    const frame = new Uint8Array(64 * 32 * 3).map((_, index) => (Math.floor(index / 3) % 64 < 32 ? 0 : 255));
    await media.encodeVideo({ path: at('halves.mp4'), width: 64, height: 32, frameRate: { num: 8, den: 1 }, frames: frame });
    const row = async (fit: 'cover' | 'contain' | 'stretch', y: number) => {
      const [first] = await collect(media.decodeFrames(at('halves.mp4'), { width: 32, height: 32, fit, frames: 1 }));
      return [1, 8, 24, 30].map((x) => (first![(y * 32 + x) * 3]! > 128 ? 1 : 0));
    };
    expect(await row('cover', 2)).toEqual([0, 0, 1, 1]);
    expect(await row('stretch', 2)).toEqual([0, 0, 1, 1]);
    expect(await row('contain', 2)).toEqual([0, 0, 0, 0]);
    expect(await row('contain', 16)).toEqual([0, 0, 1, 1]);
  });

  it.runIf(process.platform === 'linux')('kills the decoder when the reader stops early or aborts', async () => {
    await media.encodeVideo({ path: at('long.mp4'), width: 256, height: 160, frameRate: { num: 8, den: 1 }, frames: rampFrames(256, 160, 60) });
    const decoders = async () => {
      const commands = await Promise.all((await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')).split(' ').filter(Boolean).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
      return commands.filter((command) => command.includes('long.mp4')).length;
    };
    let running = 0;
    for await (const frame of media.decodeFrames(at('long.mp4'), { width: 1024, height: 640 })) {
      expect(frame).toHaveLength(1024 * 640 * 3);
      running = await decoders();
      break;
    }
    expect(running).toBe(1);
    await vi.waitFor(async () => expect(await decoders()).toBe(0));
    const stop = new AbortController();
    const aborted = (async () => {
      for await (const _frame of media.decodeFrames(at('long.mp4'), { width: 1024, height: 640, signal: stop.signal })) stop.abort();
    })();
    await expect(aborted).rejects.toMatchObject({ code: 'CANCELLED' });
    await vi.waitFor(async () => expect(await decoders()).toBe(0));
  });

  it('cancels an encoding at once and leaves neither a half file nor the old one harmed', async () => {
    await encodeRamp('kept.mp4');
    const before = sha256(await readFile(at('kept.mp4')));
    const stop = new AbortController();
    let given = 0;
    const endless = async function* () {
      for (;;) {
        if ((given += 1) === 20) stop.abort();
        yield new Uint8Array(64 * 40 * 3);
      }
    };
    await expect(encodeRamp('kept.mp4', { frames: endless(), signal: stop.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(given).toBeLessThan(200);
    expect(sha256(await readFile(at('kept.mp4')))).toBe(before);
    expect((await readdir(dir)).filter((name) => name.endsWith('.part'))).toEqual([]);
    await expect(media.probe(at('kept.mp4'), AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('passes on what the source of frames throws, and refuses frames that do not fit', async () => {
    const failing = async function* () {
      yield new Uint8Array(64 * 40 * 3);
      throw new Error('the engine stopped');
    };
    await expect(encodeRamp('never.mp4', { frames: failing() })).rejects.toThrow('the engine stopped');
    await expect(encodeRamp('never.mp4', { frames: new Uint8Array(1000) })).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('1000 bytes: not a whole number of 64x40 frames') });
    await expect(encodeRamp('never.mp4', { width: 63, frames: new Uint8Array(63 * 40 * 3) })).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('choose even sides') });
    await expect(encodeRamp(path.join('none', 'never.mp4'))).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('does not exist') });
    await expect(stat(at('never.mp4'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('embeds a recipe, reads it back, replaces it and strips it without touching the pictures', async () => {
    const recipe = JSON.stringify({ format: 1, prompt: `a "red" fish; it's=swimming\\ \n\t#% 'left' $(id) \u202e 鱼 🐟 <script>alert(1)</script>`, seed: 7 });
    await encodeRamp('recipe.mp4', { recipeJson: recipe });
    expect(await media.readRecipe(at('recipe.mp4'))).toBe(recipe);
    await media.copyWithRecipe(at('recipe.mp4'), at('other.mp4'), '{"seed":8}');
    await media.copyWithRecipe(at('recipe.mp4'), at('bare.mp4'), null);
    expect(await media.readRecipe(at('other.mp4'))).toBe('{"seed":8}');
    expect(await media.readRecipe(at('bare.mp4'))).toBeNull();
    expect((await readFile(at('bare.mp4'))).includes('motif_recipe')).toBe(false);
    const pixels = async (name: string) => (await collect(media.decodeFrames(at(name), { width: 64, height: 40 }))).map(sha256);
    expect(await pixels('bare.mp4')).toEqual(await pixels('recipe.mp4'));
    expect(await media.probe(at('bare.mp4'))).toMatchObject({ frames: 29, frameRate: { num: 8, den: 1 }, width: 64, height: 40 });
  });

  it('carries a recipe of nearly 64 KB and refuses a longer one with the mend', async () => {
    const large = JSON.stringify({ prompt: 'x'.repeat(60_000) });
    await encodeRamp('large.mp4', { recipeJson: large });
    expect(await media.readRecipe(at('large.mp4'))).toBe(large);
    await expect(encodeRamp('larger.mp4', { recipeJson: JSON.stringify({ prompt: 'x'.repeat(70_000) }) })).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('shorten the prompts') });
    await expect(encodeRamp('larger.mp4', { recipeJson: 'not json' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('does not take another program\'s text for a recipe', async () => {
    await make('foreign.mp4', '-f', 'lavfi', '-i', 'color=s=32x32:d=0.5:r=8', '-movflags', 'use_metadata_tags', '-metadata', 'motif_recipe=just words');
    expect(await media.readRecipe(at('foreign.mp4'))).toBeNull();
  });

  it('makes JPEG thumbnails that keep the shape and never enlarge', async () => {
    await encodeRamp('poster.mp4', { scale: { width: 576, height: 360, filter: 'lanczos' } });
    for (const [maxWidth, width, height] of [[320, 320, 200], [1000, 576, 360]] as const) {
      await writeFile(at('poster.jpg'), await media.thumbnail(at('poster.mp4'), { maxWidth }));
      expect(await media.probe(at('poster.jpg'))).toMatchObject({ kind: 'image', mimeType: 'image/jpeg', width, height, frames: 1, frameRate: null, durationMs: null });
    }
    // Blue rises with time: the middle frame has more of it than the first.
    const blue = async (when: 'first' | 'middle') => {
      await writeFile(at('blue.jpg'), await media.thumbnail(at('poster.mp4'), { at: when }));
      const [pixels] = await collect(media.decodeFrames(at('blue.jpg'), { width: 8, height: 8 }));
      return pixels![2]!;
    };
    expect(await blue('first')).toBeLessThan(24);
    expect(Math.abs((await blue('middle')) - 127)).toBeLessThan(16);
  });

  it('reads sound, WebM, GIF, PNG and stretched clips for what they are shown as', async () => {
    await make('sound.mp4', '-f', 'lavfi', '-i', 'testsrc=s=48x32:r=25:d=1', '-f', 'lavfi', '-i', 'sine=d=1', '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-c:a', 'aac', '-shortest');
    expect(await media.probe(at('sound.mp4'))).toMatchObject({ kind: 'video', hasAudio: true, frames: 25, frameRate: { num: 25, den: 1 } });
    await make('tone.wav', '-f', 'lavfi', '-i', 'sine=d=1');
    expect(await media.probe(at('tone.wav'))).toMatchObject({ kind: 'audio', mimeType: 'audio/wav', hasAudio: true, width: null, frames: null, durationMs: 1000 });
    await expect(media.thumbnail(at('tone.wav'))).rejects.toMatchObject({ code: 'MEDIA_UNREADABLE', message: expect.stringContaining('tone.wav holds sound only') });
    await make('clip.webm', '-f', 'lavfi', '-i', 'testsrc=s=48x32:r=10:d=1', '-c:v', 'libvpx', '-b:v', '200k');
    expect(await media.probe(at('clip.webm'))).toMatchObject({ kind: 'video', container: 'matroska', mimeType: 'video/webm', codec: 'vp8', frames: 10, frameRate: { num: 10, den: 1 } });
    await make('moving.gif', '-f', 'lavfi', '-i', 'testsrc=s=48x32:r=10:d=1');
    expect(await media.probe(at('moving.gif'))).toMatchObject({ kind: 'video', container: 'gif', frames: 10, width: 48 });
    await make('still.png', '-f', 'lavfi', '-i', 'testsrc=s=48x32', '-frames:v', '1');
    expect(await media.probe(at('still.png'))).toMatchObject({ kind: 'image', mimeType: 'image/png', width: 48, height: 32, frames: 1 });
    expect(await collect(media.decodeFrames(at('still.png'), { width: 24, height: 16 }))).toHaveLength(1);
    await make('wide.mp4', '-f', 'lavfi', '-i', 'testsrc=s=48x32:r=8:d=0.5', '-vf', 'setsar=2', '-pix_fmt', 'yuv420p', '-c:v', 'libx264');
    expect(await media.probe(at('wide.mp4'))).toMatchObject({ width: 96, height: 32 });
  });

  it('gives every frame of an animation that stands still at times, its end included', async () => {
    // Frames 0 to 2 are black, 3 to 7 are white.
    await make('still.mov', '-f', 'lavfi', '-i', "color=black:s=32x16:r=8:d=1,format=rgba,geq=r='if(lt(N,3),0,255)':g='if(lt(N,3),0,255)':b='if(lt(N,3),0,255)':a=255", '-c:v', 'qtrle');
    const levels = async (request: object) => (await collect(media.decodeFrames(at('still.mov'), { width: 32, height: 16, ...request }))).map((frame) => Math.round(frame[0]! / 255));
    expect(await levels({})).toEqual([0, 0, 0, 1, 1, 1, 1, 1]);
    expect(await levels({ startFrame: 2, frames: 3 })).toEqual([0, 1, 1]);
    expect(await levels({ startFrame: 5, frames: 2 })).toEqual([1, 1]);
    expect(await levels({ startFrame: 5 })).toEqual([1, 1, 1]);
    expect(await levels({ frameRate: { num: 4, den: 1 } })).toHaveLength(4);
  });

  it('shows clips of turned cameras upright', async () => {
    await encodeRamp('upright.mp4');
    await writeFile(at('turned.mp4'), turnClip(await readFile(at('upright.mp4')), 40));
    expect(await media.probe(at('turned.mp4'))).toMatchObject({ rotation: 90, width: 40, height: 64, frames: 29 });
    const [frame] = await collect(media.decodeFrames(at('turned.mp4'), { width: 40, height: 64, frames: 1 }));
    const red = (x: number, y: number) => frame![(y * 40 + x) * 3]!;
    expect(red(20, 4)).toBeLessThan(40);
    expect(red(20, 60)).toBeGreaterThan(215);
  });

  it('shows what is transparent as black, whatever colour the file keeps there', async () => {
    // Half of the picture is fully transparent white.
    const clip = await make('clear.mov', '-f', 'lavfi', '-i', 'color=c=white:s=32x16:r=8:d=0.5,format=rgba,geq=r=255:g=255:b=255:a=if(lt(X\\,16)\\,255\\,0)', '-c:v', 'qtrle', '-pix_fmt', 'argb');
    expect(await media.probe(clip)).toMatchObject({ hasAlpha: true, frames: 4 });
    const [frame] = await collect(media.decodeFrames(clip, { width: 32, height: 16, fit: 'stretch' }));
    expect(frame![(8 * 32 + 4) * 3]).toBe(255);
    // ffmpeg of 2018 ends at the black of limited range.
    expect(frame![(8 * 32 + 28) * 3]).toBeLessThanOrEqual(16);
  });

  it('is not stopped by names that mean something to ffmpeg', async () => {
    for (const name of ['-i.mp4', 'concat:a|b.mp4', 'subfile,,start,0,end,9,,:x.mp4', 'frame%03d.mp4', "it's [odd]; really.mp4"]) {
      if (process.platform === 'win32' && /[:|]/.test(name)) continue;
      await encodeRamp(name, { recipeJson: '{}' });
      expect(await media.probe(at(name))).toMatchObject({ frames: 29 });
      expect((await media.thumbnail(at(name))).length).toBeGreaterThan(100);
    }
  });

  it('says what is wrong with files that are not media, by name and with the mend', async () => {
    await encodeRamp('good.mp4');
    const size = (await stat(at('good.mp4'))).size;
    await writeFile(at('empty.mp4'), '');
    await writeFile(at('words.mp4'), 'This is not a video.\n'.repeat(50));
    await make('cut.mp4', '-f', 'lavfi', '-i', 'testsrc=s=48x32:r=8:d=1', '-pix_fmt', 'yuv420p', '-c:v', 'libx264');
    await truncate(at('cut.mp4'), Math.floor((await stat(at('cut.mp4'))).size / 2));
    await writeFile(at('noise.mp4'), Buffer.concat([(await readFile(at('good.mp4'))).subarray(0, 32), Buffer.alloc(size, 0x5a)]));
    const cases: [string, RegExp][] = [
      ['empty.mp4', /^empty\.mp4 is empty \(0 bytes\)\. .*fetch it again/],
      ['words.mp4', /^words\.mp4 is not a video, image or sound file.*Convert it/],
      ['missing.mp4', /^missing\.mp4 does not exist\. Check the path/],
      ['cut.mp4', /^cut\.mp4 is cut off.*fetch it again/],
      ['noise.mp4', /^noise\.mp4 is (cut off|damaged)/],
    ];
    for (const [name, message] of cases) {
      await expect(media.probe(at(name))).rejects.toMatchObject({ code: 'MEDIA_UNREADABLE', message: expect.stringMatching(message) });
      await expect(media.readRecipe(at(name))).rejects.toMatchObject({ code: 'MEDIA_UNREADABLE' });
    }
    await expect(media.probe(dir)).rejects.toMatchObject({ code: 'MEDIA_UNREADABLE', message: expect.stringContaining('is a folder') });
  });
});
