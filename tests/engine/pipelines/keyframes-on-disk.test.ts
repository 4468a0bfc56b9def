import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScenePart } from '../../../src-shared/build/scene-part.ts';
import type { StageSettings } from '../../../src-shared/recipe/recipe.ts';
import { encodeDiskCheckpoint, removeOlderSteps } from '../../../src-main/engine/pipelines/keyframes-on-disk.ts';
import type { FramesOnDisk } from '../../../src-main/engine/pipelines/keyframes-on-disk.ts';
import { openPack } from '../../../src-main/engine/pipelines/open-pack.ts';
import { createStageRunner } from '../../../src-main/engine/pipelines/stage-runner.ts';
import type { StageRunner } from '../../../src-main/engine/pipelines/stage-runner.ts';
import { createNoise } from '../../../src-main/engine/random/noise.ts';
import type { Tensor } from '../../../src-main/engine/tensor/tensor.ts';
import { writeRunnablePack } from '../process/make-runnable-pack.ts';

const TEXTS = [{ prompt: 'a red fish', negativePrompt: '' }, { prompt: 'a blue bird', negativePrompt: 'fish' }];
const partOf = (frames: number, more: Partial<ScenePart> = {}): ScenePart => ({ frames, texts: TEXTS, mix: [[1, 0]], knownFrames: [], noise: [{ seed: 7, from: 0, count: frames }], ...more });
const fade = (frames: number) => Array.from({ length: frames }, (_, frame) => [1 - frame / (frames - 1), frame / (frames - 1)]);
const pictures = (count: number): Tensor => ({ data: createNoise(3).fork('pictures').normal(3 * count * 8 * 16).map((x) => Math.tanh(x)), shape: [1, 3, count, 8, 16] });
const seam = (frames: number): ScenePart => partOf(frames, { mix: fade(frames), knownFrames: [0, 1, frames - 1], noise: [{ seed: 7, from: 5, count: 3 }, { seed: 8, from: 0, count: frames - 3 }] });

let folder: string;
const runners = new Map<string, StageRunner>();
const SCHEDULERS = {
  solver: null,
  ancestral: { _class_name: 'DDPMScheduler', beta_schedule: 'squaredcos_cap_v2', variance_type: 'learned_range', thresholding: true, sample_max_value: 1.5 },
} as const;
type SchedulerName = keyof typeof SCHEDULERS;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'motif-on-disk-'));
  for (const [name, config] of Object.entries(SCHEDULERS)) {
    writeRunnablePack(join(folder, name));
    if (config !== null) writeFileSync(join(folder, name, 'keyframes/scheduler/scheduler_config.json'), JSON.stringify(config));
  }
});
afterAll(async () => {
  for (const runner of runners.values()) await runner.release();
  rmSync(folder, { recursive: true, force: true });
});

async function runnerOf(scheduler: SchedulerName, perFrameText: boolean, guided = true): Promise<StageRunner> {
  const key = `${scheduler}/${perFrameText}/${guided}`;
  if (!runners.has(key)) runners.set(key, await createStageRunner(openPack(join(folder, scheduler)), 'keyframes', { guided, threads: 1, promptCache: new Map(), scene: { perFrameText } }));
  return runners.get(key)!;
}
const settings: StageSettings = { stage: 'keyframes', numInferenceSteps: 3, guidanceScale: 3 };
const requestOf = (part: ScenePart, known: Tensor | null, more: Partial<StageSettings> = {}) => ({ prompt: '', negativePrompt: '', seed: 7, settings: { ...settings, ...more }, input: null, scene: { part, known } });

async function inMemory(scheduler: SchedulerName, part: ScenePart, known: Tensor | null, more: Partial<StageSettings> = {}): Promise<Tensor> {
  const run = await (await runnerOf(scheduler, part.mix.length > 1, (more.guidanceScale ?? 3) > 1)).run({ ...requestOf(part, known, more), resume: null });
  let next = await run.next();
  while (next.done !== true) next = await run.next();
  return next.value;
}

/** Runs on the disk; `until` stops it before the yield of that number and gives what it had yielded last with a checkpoint. */
async function onDisk(scheduler: SchedulerName, place: string, part: ScenePart, known: Tensor | null, resume: Uint8Array | null = null, until = Infinity, more: Partial<StageSettings> = {}) {
  const run = await (await runnerOf(scheduler, part.mix.length > 1, (more.guidanceScale ?? 3) > 1)).runOnDisk(requestOf(part, known, more), place, resume);
  let checkpoint: Uint8Array | null = resume;
  const steps: number[] = [];
  for (let count = 0; count < until; count += 1) {
    const next = await run.next();
    if (next.done === true) return { kept: next.value, checkpoint, steps };
    steps.push(next.value.step);
    if (next.value.checkpoint !== null) checkpoint = encodeDiskCheckpoint(next.value.checkpoint);
  }
  await run.return({ path: '', shape: [] });
  return { kept: null, checkpoint, steps };
}
const valuesOf = ({ path }: FramesOnDisk): Float32Array => new Float32Array(new Uint8Array(readFileSync(path)).buffer);

describe('key frames on the disk', () => {
  it.each([
    ['one frame, shorter than a window', partOf(1), null], ['a window', partOf(3), null], ['one frame more', partOf(4), null], ['many windows', partOf(13), null],
    ['a start and an end image', partOf(11, { knownFrames: [0, 10] }), pictures(2)], ['a weak start and an exact end image', partOf(11, { knownFrames: [0, 10], knownStrengths: [0.4, 1] }), pictures(2)], ['a seam', seam(7), pictures(3)],
  ] as const)('are bit for bit those in memory: %s', async (name, part, known) => {
    for (const scheduler of ['solver', 'ancestral'] as const) {
      const { kept, steps } = await onDisk(scheduler, join(folder, 'runs', `${scheduler}-${name}`), part, known);
      expect(kept!.shape).toEqual([1, 3, part.frames, 8, 16]);
      expect(valuesOf(kept!)).toEqual((await inMemory(scheduler, part, known)).data);
      expect(steps).toEqual(Array.from({ length: steps.length }, (_, at) => at + 1));
    }
  });

  it('need no guidance', async () => {
    const { kept } = await onDisk('solver', join(folder, 'runs', 'plain'), partOf(6), null, null, Infinity, { guidanceScale: 1 });
    expect(valuesOf(kept!)).toEqual((await inMemory('solver', partOf(6), null, { guidanceScale: 1 })).data);
  });

  it('come out the same wherever a run was left, between steps and in the middle of one', async () => {
    for (const scheduler of ['solver', 'ancestral'] as const) {
      const place = join(folder, 'runs', `${scheduler}-left`);
      const whole = (await inMemory(scheduler, seam(5), pictures(3))).data;
      const yields = (await onDisk(scheduler, place, seam(5), pictures(3))).steps.length;
      for (let until = 1; until < yields; until += 1) {
        rmSync(place, { recursive: true });
        const { checkpoint } = await onDisk(scheduler, place, seam(5), pictures(3), null, until);
        if (checkpoint !== null) removeOlderSteps(place, checkpoint);
        const { kept, steps } = await onDisk(scheduler, place, seam(5), pictures(3), checkpoint);
        expect(valuesOf(kept!)).toEqual(whole);
        if (checkpoint !== null) expect(steps.length).toBeLessThan(yields);
      }
    }
  });

  it('begin anew where the file of a checkpoint is damaged or gone', async () => {
    const place = join(folder, 'runs', 'damaged');
    const whole = (await inMemory('solver', partOf(6), null)).data;
    for (const harm of ['damaged', 'cut', 'gone'] as const) {
      const { checkpoint } = await onDisk('solver', place, partOf(6), null, null, 8);
      const name = join(place, readdirSync(place).filter((file) => file.startsWith('step-')).toSorted().at(-1)!);
      const bytes = readFileSync(name);
      if (harm === 'gone') rmSync(name);
      else writeFileSync(name, harm === 'cut' ? bytes.subarray(4) : bytes.fill(7, 100, 101));
      const { kept, steps } = await onDisk('solver', place, partOf(6), null, checkpoint);
      expect([steps[0], valuesOf(kept!)]).toEqual([1, whole]);
    }
  });

  it('leave nothing but the result, and no step that no checkpoint speaks of', async () => {
    const place = join(folder, 'runs', 'tidy');
    const run = await (await runnerOf('solver', false)).runOnDisk(requestOf(partOf(6), null), place, null);
    for (let next = await run.next(); next.done !== true; next = await run.next()) expect(readdirSync(place).length).toBeLessThanOrEqual(2);
    const { kept, checkpoint } = await onDisk('solver', place, partOf(6), null);
    removeOlderSteps(place, checkpoint!);
    expect(readdirSync(place).toSorted()).toEqual(['frames.f32', 'step-3.f32']);
    expect(existsSync(kept!.path)).toBe(true);
  });
});

it('follows pictures of a look on the disk as in memory, across windows and from a checkpoint', async () => {
  const part = partOf(19, { looks: [{ from: 0, count: 11, strength: 1 }, { from: 11, count: 8, strength: 0.67 }] });
  const looks = pictures(2);
  const runner = await runnerOf('solver', false);
  const request = { ...requestOf(part, null), scene: { part, known: null, looks } };
  const whole = await runner.run({ ...request, resume: null });
  let last = await whole.next();
  while (last.done !== true) last = await whole.next();
  const place = join(folder, 'look');
  let checkpoint: Uint8Array | null = null;
  for (const isSecond of [false, true]) {
    const run = await runner.runOnDisk(request, place, checkpoint);
    let next = await run.next();
    for (; next.done !== true; next = await run.next()) {
      if (next.value.checkpoint === null) continue;
      checkpoint = encodeDiskCheckpoint(next.value.checkpoint);
      if (!isSecond) break;
    }
    if (next.done === true) expect(valuesOf(next.value)).toEqual(last.value.data);
    else await run.return({ path: '', shape: [] });
  }
  expect.assertions(1);
});
