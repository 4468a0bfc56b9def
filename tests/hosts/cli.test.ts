import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { studioContract } from '../../src-shared/contract/studio-contract.ts';
import { connect } from '../../src-shared/rpc/connect.ts';
import { createWebSocketTransport, rpcSubprotocols } from '../../src-shared/rpc/web-socket-transport.ts';
import { writeRunnablePack } from '../engine/process/make-runnable-pack.ts';
import { runMotif, writeTestClip } from '../services/studio-fixture.ts';

let folder: string;
const motif = (...args: string[]) => runMotif(args, { folder });
const path = (name: string) => join(folder, name);

/** The last line of stdout, which is the one JSON object of `--json`. */
const resultOf = ({ stdout }: { stdout: string }): Record<string, unknown> => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'motif-cli-'));
  writeRunnablePack(path('embedded/tiny'));
  await writeTestClip(path('waves.mp4'));
  expect((await motif('new', 'sea.motif')).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('motif', () => {
  it('shows what it can do', async () => {
    const help = await motif('--help');
    expect(help.code).toBe(0);
    for (const command of ['new', 'import', 'generate', 'jobs', 'export', 'inspect', 'verify', 'check', 'serve']) {
      expect(help.stdout).toContain(`motif ${command}`);
      const own = await motif(command, '--help');
      expect([own.code, own.stdout.includes('--json'), own.stderr]).toEqual([0, true, '']);
    }
    expect((await motif()).code).toBe(1);
  });

  it('makes a project, imports into it, exports from it and checks it', async () => {
    const imported = await motif('import', 'sea.motif', 'waves.mp4', '--json');
    expect(imported.code).toBe(0);
    const { assets } = resultOf(imported) as { assets: { assetId: string }[] };
    expect(assets).toMatchObject([{ name: 'waves.mp4', kind: 'video', width: 64, height: 48, frames: 8 }]);
    for (const line of imported.stderr.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('parts');
    const exported = await motif('export', 'sea.motif', '--asset', assets[0]?.assetId ?? '', '--out', 'out.mp4', '--json');
    expect([exported.code, resultOf(exported)]).toMatchObject([0, { out: path('out.mp4') }]);
    expect(statSync(path('out.mp4')).size).toBeGreaterThan(1000);
    const listed = await motif('jobs', 'sea.motif', '--json');
    expect(resultOf(listed)).toMatchObject({ jobs: [{ kind: 'export', state: 'completed' }, { kind: 'import', state: 'completed' }] });
    const checked = await motif('check', 'sea.motif', '--json');
    expect([checked.code, resultOf(checked)]).toMatchObject([0, { ok: true, problems: [], assets: 1, jobs: 2 }]);
    expect((await motif('check', 'sea.motif')).stdout).toContain('sea.motif is sound');
  });

  it('generates a clip, tells how, and gives the same clip again', async () => {
    const args = ['generate', '--pack', 'tiny', '--prompt', 'a red fish', '--negative', 'blue', '--seed', '7', '--preset', 'standard', '--json'];
    const first = await motif(...args, '--out', 'fish.mp4');
    expect([first.code, first.stdout.trimEnd().split('\n').length]).toEqual([0, 1]);
    const result = resultOf(first) as { stages: { stage: string; wallMs: number; steps: number; cached: boolean }[]; peakMemoryBytes: number; encodeMs: number };
    expect(result).toMatchObject({ out: path('fish.mp4'), frames: 9, width: 640, height: 320, frameRate: { num: 8, den: 1 }, seed: 7 });
    expect(result.stages.map(({ stage, cached }) => [stage, cached])).toEqual([['keyframes', false], ['interpolation', false], ['superResolution1', false], ['superResolution2', false]]);
    for (const { wallMs, steps } of result.stages) expect([wallMs > 0, steps > 0]).toEqual([true, true]);
    expect(result.encodeMs).toBeGreaterThan(0);
    expect(result.peakMemoryBytes).toBeGreaterThan(50 * 2 ** 20);

    const again = resultOf(await motif(...args, '--out', 'again.mp4'));
    expect(again).toMatchObject({ recipeHash: resultOf(first)['recipeHash'], sha256: resultOf(first)['sha256'] });
    expect(readFileSync(path('again.mp4')).equals(readFileSync(path('fish.mp4')))).toBe(true);

    const inspected = await motif('inspect', 'fish.mp4', '--json');
    expect(resultOf(inspected)).toMatchObject({ recipeHash: resultOf(first)['recipeHash'], recipe: { prompt: 'a red fish', negativePrompt: 'blue', seed: 7 }, codec: 'h264', frames: 9 });
    expect(JSON.parse((await motif('inspect', 'fish.mp4')).stdout)).toMatchObject({ seed: 7 });
    expect(resultOf(await motif('verify', 'fish.mp4', '--json'))).toMatchObject({ outcome: 'identical', frames: 9, framesAgain: 9, reasons: [] });
    expect((await motif('verify', 'waves.mp4')).stderr).toMatch(/carries no recipe/);
    // A clip without a project leaves nothing behind.
    expect(readdirSync(path('data/posters'))).toEqual([]);
  }, 120_000);

  it('keeps stages in a project and finishes a draft from them', async () => {
    const args = ['generate', '--project', 'sea.motif', '--pack', 'tiny', '--prompt', 'a blue bird', '--seed', '3'];
    const draft = await motif(...args, '--preset', 'draft', '--json');
    expect(resultOf(draft)).toMatchObject({ out: null, frames: 3, stages: [{ stage: 'keyframes', cached: false }] });
    const finished = await motif(...args, '--preset', 'final', '--out', 'bird.mp4');
    expect([finished.code, finished.stdout]).toEqual([0, expect.stringContaining('9 frames, 640x320, seed 3')]);
    expect(finished.stderr).toContain('Keyframes: from the project');
    expect((await motif('check', 'sea.motif')).code).toBe(0);
  }, 120_000);

  it('leaves prompts out of an export when told to', async () => {
    const made = resultOf(await motif('generate', '--project', 'sea.motif', '--pack', 'tiny', '--prompt', 'a blue fish', '--seed', '4', '--preset', 'draft', '--json'));
    for (const [recipe, holdsPrompt] of [['all', true], ['without-prompts', false], ['none', false]] as const) {
      await motif('export', 'sea.motif', '--asset', String(made['assetId']), '--out', `${recipe}.mp4`, '--recipe', recipe);
      expect([recipe, readFileSync(path(`${recipe}.mp4`)).includes('a blue fish')]).toEqual([recipe, holdsPrompt]);
    }
    expect(resultOf(await motif('inspect', 'without-prompts.mp4', '--json'))).toMatchObject({ recipe: { seed: 4, prompt: '(not included)' }, recipeHash: null });
    expect((await motif('inspect', 'none.mp4')).code).toBe(1);
  });

  it('serves the studio until it is told to stop', async () => {
    const entry = join(import.meta.dirname, '../../src-main/hosts/cli/motif.ts');
    const child = spawn(process.execPath, [entry, 'serve', '--json'], { cwd: folder, env: { ...process.env, MOTIF_DATA_DIR: path('data'), MOTIF_PROJECTS_DIR: path('projects') }, stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    let text = '';
    for await (const chunk of child.stdout) {
      text += String(chunk);
      if (text.includes('\n')) break;
    }
    const { address, port } = JSON.parse(text.split('\n')[0] ?? '') as { address: string; port: number };
    const token = new URLSearchParams(new URL(address).hash.slice(1)).get('token') ?? '';
    const client = connect(studioContract, createWebSocketTransport(new WebSocket(`ws://127.0.0.1:${port}/rpc`, rpcSubprotocols(token))));
    expect((await client.system.info({})).projectsFolder).toBe(path('projects'));
    expect(existsSync(path(`data/host-token-${port}`))).toBe(true);
    const second = await motif('serve', '--port', String(port));
    expect([second.code, second.stderr]).toEqual([1, expect.stringContaining(`Port ${port} of 127.0.0.1 cannot be used`)]);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(existsSync(path(`data/host-token-${port}`))).toBe(false);
  });
});

describe('motif, given what it cannot use, says one clear line and exits with 1:', () => {
  beforeAll(async () => {
    writeFileSync(path('empty.mp4'), '');
    writeFileSync(path('text.mp4'), 'just words\n');
    writeFileSync(path('notes.motif'), 'just words\n');
    writeFileSync(path('cut.mp4'), readFileSync(path('waves.mp4')).subarray(0, 700));
    await motif('new', 'frozen.motif');
    await motif('new', 'newer.motif');
    await motif('new', 'broken.motif');
    await motif('import', 'broken.motif', 'waves.mp4');
    // user_version is the big-endian number at byte 60 of an SQLite file.
    const newer = readFileSync(path('newer.motif'));
    newer.writeUInt32BE(9999, 60);
    writeFileSync(path('newer.motif'), newer);
    // Rot in the stored media: the clip's own bytes, found in the file and changed.
    const broken = readFileSync(path('broken.motif'));
    const at = broken.indexOf(readFileSync(path('waves.mp4')).subarray(200, 264));
    expect(at).toBeGreaterThan(0);
    broken.writeUInt8(broken.readUInt8(at) ^ 0xff, at);
    writeFileSync(path('broken.motif'), broken);
    copyFileSync(path('waves.mp4'), path('waves.mov'));
    chmodSync(path('frozen.motif'), 0o444);
  });

  const cases: [string, string[], RegExp][] = [
    ['an unknown command', ['exprot'], /Unknown command "exprot"\. Did you mean "export"\?/],
    ['an unknown flag', ['generate', '--promt', 'x'], /Unknown option --promt\. Did you mean --prompt\?/],
    ['a flag without its value', ['generate', '--prompt'], /--prompt needs a value/],
    ['an empty prompt', ['generate', '--prompt', ' ', '--out', 'x.mp4'], /--prompt is missing/],
    ['nowhere to put the clip', ['generate', '--prompt', 'x'], /--out or --project is missing/],
    ['a seed that is none', ['generate', '--prompt', 'x', '--out', 'x.mp4', '--seed', 'seven'], /--seed is "seven": give a whole number from 0 to 4294967295/],
    ['a seed that is too large', ['generate', '--prompt', 'x', '--out', 'x.mp4', '--seed', '4294967296'], /--seed is "4294967296"/],
    ['an unknown preset', ['generate', '--prompt', 'x', '--out', 'x.mp4', '--preset', 'best'], /--preset is "best": choose one of draft, standard, final/],
    ['an unknown pack', ['generate', '--prompt', 'x', '--out', 'x.mp4', '--pack', 'huge'], /model pack "huge" is not installed/],
    ['another file type to write', ['generate', '--prompt', 'x', '--out', 'x.avi'], /--out is "x\.avi": clips are written as MP4/],
    ['a folder that does not exist', ['generate', '--prompt', 'x', '--out', 'no/x.mp4'], /the folder .*no does not exist/],
    ['a port out of range', ['serve', '--port', '70000'], /--port is "70000": give a whole number from 0 to 65535/],
    ['a missing argument', ['import', 'sea.motif'], /MEDIA is missing\. Usage: motif import FILE MEDIA\.\.\./],
    ['an argument too many', ['new', 'a.motif', 'b.motif'], /"b\.motif" is one argument too many/],
    ['a name that is taken', ['new', 'sea.motif'], /sea\.motif exists already/],
    ['a project that is not there', ['check', 'gone.motif'], /gone\.motif cannot be opened/],
    ['a file that is no project', ['jobs', 'notes.motif'], /notes\.motif is not a Motif project/],
    ['a newer project', ['import', 'newer.motif', 'waves.mp4'], /newer\.motif .*newer/],
    ['a read-only project', ['import', 'frozen.motif', 'waves.mp4'], /frozen\.motif is read-only/],
    ['a damaged project', ['check', 'broken.motif'], /broken\.motif has .*problem.*Restore it from a backup/],
    ['an empty file to import', ['import', 'sea.motif', 'empty.mp4'], /empty\.mp4 is empty/],
    ['text to import as video', ['import', 'sea.motif', 'text.mp4'], /text\.mp4 is not a video/],
    ['half a video to import', ['import', 'sea.motif', 'cut.mp4'], /cut\.mp4/],
    ['media that is not there', ['import', 'sea.motif', 'gone.mp4'], /gone\.mp4 cannot be read/],
    ['an asset id that is none', ['export', 'sea.motif', '--asset', '7', '--out', 'x.mp4'], /--asset is "7", which is no asset id/],
    ['an asset that is not there', ['export', 'sea.motif', '--asset', 'asset:00000000-0000-0000-0000-000000000000', '--out', 'x.mp4'], /asset:00000000/],
    ['a clip without a recipe', ['inspect', 'waves.mov'], /waves\.mov holds no recipe/],
    ['text to inspect', ['inspect', 'text.mp4'], /text\.mp4 is not a video/],
  ];

  it('a data folder that cannot be used', async () => {
    const answer = await runMotif(['new', 'other.motif'], { folder, env: { MOTIF_DATA_DIR: path('waves.mp4') } });
    expect([answer.code, answer.stderr]).toEqual([1, expect.stringMatching(/^motif: The studio cannot keep its data in .*waves\.mp4\. .*MOTIF_DATA_DIR.*\n$/)]);
  });

  it.each(cases)('%s', async (_what, args, message) => {
    const before = existsSync(path(args[1] ?? '')) && (args[1] ?? '').endsWith('.motif') && args[0] !== 'import' ? readFileSync(path(args[1] ?? '')) : null;
    const answer = await motif(...args, '--json');
    expect([answer.code, answer.stderr.trimEnd().split('\n').filter((line) => !line.startsWith('{')).length]).toEqual([1, 1]);
    expect(answer.stderr).toMatch(message);
    expect(answer.stderr).not.toMatch(/\n\s+at /);
    expect(resultOf(answer)).toMatchObject({ error: { message: expect.stringMatching(message) as string } });
    if (before !== null) expect(readFileSync(path(args[1] ?? '')).equals(before)).toBe(true);
  });

  it('and loses nothing: what can be imported is, and the project stays sound', async () => {
    const answer = await motif('import', 'sea.motif', 'text.mp4', 'waves.mp4', 'empty.mp4');
    expect([answer.code, answer.stdout]).toEqual([1, expect.stringContaining('Imported waves.mp4')]);
    expect(answer.stderr).toContain('2 of 3 files could not be imported');
    expect((await motif('check', 'sea.motif')).code).toBe(0);
    const damaged = await motif('check', 'broken.motif', '--json');
    expect(resultOf(damaged)).toMatchObject({ error: { code: 'DB_CORRUPT' } });
  });
});
