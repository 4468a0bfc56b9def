import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseWantedMotion } from '../../src-main/hosts/cli/motion-choice.ts';
import { writeRunnablePack } from '../engine/process/make-runnable-pack.ts';
import { runMotif, writeTestClip } from '../services/studio-fixture.ts';

let folder: string;
const motif = (...args: string[]) => runMotif(args, { folder, timeoutMs: 120_000 });
const resultOf = ({ stdout }: { stdout: string }): Record<string, unknown> => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'motif-cli-motions-'));
  writeRunnablePack(join(folder, 'embedded/tiny'));
  await writeTestClip(join(folder, 'waves.mp4'));
  expect((await motif('new', 'sea.motif')).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('motif learn', () => {
  it('learns a motion that motif generate then uses, by name or id, more or less of it', async () => {
    const learned = await motif('learn', '--project', 'sea.motif', 'waves.mp4', '--caption', 'a red fish', '--name', 'Waves', '--from', '0.2', '--to', '0.9', '--steps', '4', '--rank', '2', '--rate', '0.01', '--loss', 'mse', '--seed', '5', '--pack', 'tiny', '--json');
    expect([learned.code, resultOf(learned)]).toMatchObject([0, { name: 'Waves', steps: 4, settings: { steps: 4, rank: 2, loss: 'mse', seed: 5, learningRate: 0.01 }, source: { name: 'waves.mp4', fromSeconds: 0.2, toSeconds: 0.9 } }]);
    const { motionId, lossCurve, peakMemoryBytes } = resultOf(learned);
    expect([(lossCurve as unknown[]).length, Number(peakMemoryBytes) > 50 * 2 ** 20]).toEqual([4, true]);
    const made = async (...more: string[]) => resultOf(await motif('generate', '--project', 'sea.motif', '--pack', 'tiny', '--prompt', 'a blue bird', '--seed', '3', '--preset', 'draft', '--json', ...more));
    const base = await made();
    expect((await made('--motion', 'Waves:0'))['recipeHash']).toBe(base['recipeHash']);
    const used = await made('--motion', 'Waves:1.25');
    expect([used['recipeHash'] === base['recipeHash'], used['sha256'] === base['sha256']]).toEqual([false, false]);
    expect((await made('--motion', `${String(motionId)}:1.25`))['recipeHash']).toBe(used['recipeHash']);
  }, 120_000);

  it.each<[string, string[], RegExp]>([
    ['no project', ['learn', 'waves.mp4', '--caption', 'x'], /--project is missing/],
    ['no caption', ['learn', '--project', 'sea.motif', 'waves.mp4'], /--caption is missing/],
    ['a rank that is none', ['learn', '--project', 'sea.motif', 'waves.mp4', '--caption', 'x', '--rank', 'half'], /--rank is "half": give a whole number from 1 to 128/],
    ['an unknown loss', ['learn', '--project', 'sea.motif', 'waves.mp4', '--caption', 'x', '--loss', 'l1'], /--loss is "l1": choose one of motion, mse, debiased/],
    ['a crop that is none', ['learn', '--project', 'sea.motif', 'waves.mp4', '--caption', 'x', '--crop', '1,2'], /--crop is "1,2"/],
    ['a clip that is not there', ['learn', '--project', 'sea.motif', 'gone.mp4', '--caption', 'x', '--pack', 'tiny'], /gone\.mp4/],
    ['a span outside the clip', ['learn', '--project', 'sea.motif', 'waves.mp4', '--caption', 'x', '--pack', 'tiny', '--from', '9'], /is 1\.0 s long/],
    ['a motion that is not there', ['generate', '--project', 'sea.motif', '--prompt', 'x', '--pack', 'tiny', '--motion', 'Tide'], /--motion "Tide" is not in the project/],
    ['too strong a motion', ['generate', '--project', 'sea.motif', '--prompt', 'x', '--motion', 'Waves:2'], /the strength goes from 0 to 1\.5/],
  ])('says in one line what is wrong with %s', async (_what, args, message) => {
    const answer = await motif(...args);
    expect([answer.code, answer.stderr.trimEnd().split('\n').length]).toEqual([1, 1]);
    expect(answer.stderr).toMatch(message);
  });

  it.each([
    ['Waves', { what: 'Waves', strength: 1 }], ['Waves:0.5', { what: 'Waves', strength: 0.5 }],
    ['asset:1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed', { what: 'asset:1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed', strength: 1 }],
    ['asset:1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed:1.5', { what: 'asset:1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed', strength: 1.5 }],
  ])('reads --motion %s', (given, wanted) => expect(parseWantedMotion(given)).toEqual(wanted));
});
