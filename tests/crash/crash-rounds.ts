import { fork, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recipeHash, type Recipe } from '../../src-shared/recipe/recipe.ts';
import { createMedia } from '../../src-main/media/media.ts';
import type { LearnMotionData } from '../../src-main/jobs/handlers/learn-motion.ts';
import { waitingPart } from '../../src-main/jobs/job-handler.ts';
import { openProjectStore } from '../../src-main/store/project-store.ts';
import { sceneEvent, sceneRecipe } from '../build/scene-fixture.ts';
import { writeRunnablePack } from '../engine/process/make-runnable-pack.ts';
import type { CrashHostMessage } from './crash-host.ts';

const HOST = fileURLToPath(new URL('crash-host.ts', import.meta.url));
const PACK_SHA256 = 'c'.repeat(64);
/** An orphaned engine is given this long to notice that its host is gone. */
const ORPHAN_LIMIT_MS = 5_000;

/** Five engines lost in a row without a finished step end a job, by design. */
const MAX_ENGINES_IN_A_ROW = 3;

/** What happened over all rounds. */
export interface CrashReport {
  readonly kills: { readonly host: number; readonly engine: number };
  readonly rounds: number;
  readonly storedReports: number;
  readonly worstOrphanMs: number;
}

/**
 * Makes a project with generations, a learning and imports, lets it finish once undisturbed, and then again and again while the engine
 * or the host is killed at seeded random instants. Throws, naming the seed, when anything differs or is lost.
 */
export async function runCrashRounds(options: { readonly folder: string; readonly kills: number; readonly seed: number; readonly log?: (line: string) => void }): Promise<CrashReport> {
  const { folder, kills, seed, log = () => {} } = options;
  const random = seededRandom(seed);
  const packDir = join(folder, 'pack');
  mkdirSync(folder, { recursive: true });
  writeRunnablePack(packDir);
  const sources = await makeSources(folder);

  const calm = join(folder, 'undisturbed');
  await makeProject(calm, sources);
  const beganAt = performance.now();
  const calmHost = startHost(calm, packDir);
  await calmHost.idle;
  const calmMs = performance.now() - beganAt;
  await calmHost.kill();
  const expected = results(calm);
  log(`undisturbed: ${expected.size} jobs in ${Math.round(calmMs)} ms`);

  const killed = { host: 0, engine: 0 };
  let enginesInARow = 0;
  let [rounds, storedReports, worstOrphanMs] = [0, 0, 0];
  while (killed.host + killed.engine < kills) {
    rounds += 1;
    const round = join(folder, `round-${rounds}`);
    await makeProject(round, sources);
    const stored = new Map<string, string>();
    let host = startHost(round, packDir, stored);
    let done = false;
    while (!done) {
      const mayKill = killed.host + killed.engine < kills;
      await Promise.race([host.open, host.idle]);
      // Half of the kills fall into the first moments, where imports run and the engine starts.
      const delayMs = random() < 0.5 ? random() * 600 : random() * calmMs * 0.6;
      done = await (mayKill ? host.idleWithin(delayMs) : host.idle.then(() => true));
      if (done) break;
      const enginePid = host.enginePid();
      if (random() < 0.5 && enginePid !== null && enginesInARow < MAX_ENGINES_IN_A_ROW) {
        killed.engine += 1;
        enginesInARow += 1;
        killProcess(enginePid);
        log(`round ${rounds}: engine killed after ${Math.round(delayMs)} ms`);
      } else {
        killed.host += 1;
        enginesInARow = 0;
        await host.kill();
        log(`round ${rounds}: host killed after ${Math.round(delayMs)} ms`);
        if (enginePid !== null) worstOrphanMs = Math.max(worstOrphanMs, await waitUntilGone(enginePid, seed));
        checkProject(round, stored, seed);
        host = startHost(round, packDir, stored);
      }
    }
    await host.kill();
    checkProject(round, stored, seed);
    compare(expected, results(round), seed, rounds);
    storedReports += stored.size;
    rmSync(round, { recursive: true, force: true });
  }
  return { kills: killed, rounds, storedReports, worstOrphanMs };
}

interface Host {
  readonly open: Promise<void>;
  readonly idle: Promise<void>;
  idleWithin(ms: number): Promise<boolean>;
  enginePid(): number | null;
  kill(): Promise<void>;
}

function startHost(folder: string, packDir: string, stored = new Map<string, string>()): Host {
  const child: ChildProcess = fork(HOST, [folder, packDir], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  let enginePid: number | null = null;
  let killing = false;
  let markOpen = () => {};
  let markIdle = () => {};
  let fail = (_error: Error) => {};
  const open = new Promise<void>((resolve) => (markOpen = resolve));
  const idle = new Promise<void>((resolve, reject) => {
    markIdle = resolve;
    fail = reject;
  });
  idle.catch(() => {});
  child.on('message', (message: CrashHostMessage) => {
    if (message.type === 'open') markOpen();
    else if (message.type === 'engine') enginePid = message.pid;
    else if (message.type === 'stored') stored.set(message.assetId, message.sha256);
    else markIdle();
  });
  const gone = once(child, 'exit');
  child.once('exit', (code, signal) => {
    if (!killing) fail(new Error(`the host ended by itself: ${code ?? signal}`));
    markOpen();
  });
  return {
    open, idle,
    enginePid: () => enginePid,
    idleWithin: async (ms) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
      try {
        return await Promise.race([idle.then(() => true), late]);
      } finally {
        clearTimeout(timer);
      }
    },
    kill: async () => {
      killing = true;
      child.kill('SIGKILL');
      await gone;
    },
  };
}

const RECIPES: readonly Recipe[] = ['a red fish', 'a blue bird'].map((prompt, index) => ({
  format: 1, engine: { name: 'motif-engine', version: '1', executionProvider: 'cpu' }, pack: { id: `tiny/${PACK_SHA256}`, version: '1', sha256: PACK_SHA256 },
  prompt, negativePrompt: '', seed: 11 + index, preset: 'standard', frameRate: { num: 8, den: 1 },
  stages: [
    { stage: 'keyframes', numInferenceSteps: 12, guidanceScale: 3 }, { stage: 'interpolation', numInferenceSteps: 5, guidanceScale: 3 },
    { stage: 'superResolution1', numInferenceSteps: 5, guidanceScale: 3 }, { stage: 'superResolution2', numInferenceSteps: 8, guidanceScale: 3, strength: 0.6 },
  // The second one is a draft: loading four more models would double the time and add nothing.
  ].slice(0, index === 0 ? 4 : 1) as Recipe['stages'],
}));

/** Clips of noise: large enough that an import takes a while. */
async function makeSources(folder: string): Promise<string[]> {
  const media = createMedia();
  const [width, height, count] = [640, 360, 24];
  const sources: string[] = [];
  for (const name of ['noise-1', 'noise-2']) {
    const random = seededRandom(name.length + sources.length);
    const frames = Uint8Array.from({ length: width * height * 3 * count }, () => random() * 256);
    const path = join(folder, `${name}.mp4`);
    await media.encodeVideo({ path, width, height, frameRate: { num: 24, den: 1 }, frames, crf: 12 });
    sources.push(path);
  }
  return sources;
}

/** A project whose jobs all wait. */
async function makeProject(folder: string, sources: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const store = openProjectStore(join(folder, 'project.motif'), { create: { name: 'Crash test' } });
  for (const [index, recipe] of RECIPES.entries()) {
    const path = join(folder, `source-${index}.mp4`);
    copyFileSync(sources[index % sources.length]!, path);
    store.jobs.insert({ kind: 'import', lane: 'media', title: `import ${index}`, data: { path }, parts: [waitingPart('import')] });
    const parts = [...recipe.stages.map((settings) => waitingPart(settings.stage, settings.numInferenceSteps)), waitingPart('encode')];
    store.jobs.insert({ kind: 'generate', lane: 'compute', title: recipe.prompt, data: { recipe, recipeHash: await recipeHash(recipe), promptEventId: null }, parts });
  }
  const learning: LearnMotionData = {
    clip: { path: join(folder, 'source-0.mp4') }, fromSeconds: null, toSeconds: null, crop: null, reversed: false, packId: `tiny/${PACK_SHA256}`, modelSha256: 'd'.repeat(64),
    caption: 'a red fish', name: 'noise, learned', settings: { loss: 'motion', rank: 'full', steps: 30, learningRate: 0.003, seed: 3 },
  };
  // Key frames of several windows, which lie in a folder while they are made.
  const scene = sceneRecipe([sceneEvent(0)], { pack: RECIPES[0]!.pack, stages: [{ stage: 'keyframes', numInferenceSteps: 4, guidanceScale: 3 }] });
  store.jobs.insert({ kind: 'scene', lane: 'compute', title: 'scene', data: { recipe: scene, clipHash: await recipeHash(scene), focusEventId: null, promptEventId: null, adherence: false }, parts: [waitingPart('keyframes', 1), waitingPart('encode')] });
  store.jobs.insert({ kind: 'learn', lane: 'compute', title: learning.name, data: learning, parts: [waitingPart('prepare', 1), waitingPart('learn', 30), waitingPart('invert', 25)] });
  store.close();
}

/** SHA-256 of what each job made, by its title. */
function results(folder: string): Map<string, string> {
  const store = openProjectStore(join(folder, 'project.motif'), { readOnly: true });
  try {
    const entries = store.jobs.list().map((job): [string, string] => {
      if (job.state !== 'completed') return [job.title, `${job.state}: ${job.error?.message ?? ''} ${JSON.stringify(job.failures)}`];
      return [job.title, createHash('sha256').update(store.assets.readAll(job.resultAssetId ?? '')).digest('hex')];
    });
    entries.push(['takes', String(store.takes.list().length)], ['library', String(store.assets.list({ kinds: ['video'] }).length)]);
    entries.push(['folders of runs', String(readdirSync(join(folder, 'scratch')).filter((name) => name.startsWith('motif-run-')).length)]);
    entries.push(['stages', store.assets.list({ kinds: ['stage'] }).map((asset) => asset.sha256).sort().join(' ')]);
    return new Map(entries);
  } finally {
    store.close();
  }
}

function compare(expected: ReadonlyMap<string, string>, got: ReadonlyMap<string, string>, seed: number, round: number): void {
  for (const [title, value] of expected) {
    if (got.get(title) !== value) throw new Error(`seed ${seed}, round ${round}: "${title}" is ${got.get(title)} and not ${value} as in the undisturbed run`);
  }
}

/** Everything that was reported stored is there, byte for byte, and the file is sound. */
function checkProject(folder: string, stored: ReadonlyMap<string, string>, seed: number): void {
  const store = openProjectStore(join(folder, 'project.motif'), { readOnly: true });
  try {
    const problems = store.checkIntegrity();
    if (problems.length > 0) throw new Error(`seed ${seed}: ${problems.join('; ')}`);
    for (const [assetId, sha256] of stored) {
      const asset = store.assets.find(assetId);
      if (asset === null) throw new Error(`seed ${seed}: asset ${assetId} was reported stored and is gone`);
      if (asset.sha256 !== sha256) throw new Error(`seed ${seed}: asset ${assetId} has changed`);
    }
  } finally {
    store.close();
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}

/** Milliseconds until an engine without a host is gone. */
async function waitUntilGone(pid: number, seed: number): Promise<number> {
  const beganAt = performance.now();
  while (isRunning(pid)) {
    if (performance.now() - beganAt > ORPHAN_LIMIT_MS) throw new Error(`seed ${seed}: engine ${pid} outlived its host`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - beganAt;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie without a parent that waits for it still has a number, but does nothing any more.
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
