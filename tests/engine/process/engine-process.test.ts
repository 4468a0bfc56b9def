import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EngineCommand, EngineEvent, TensorMessage } from '../../../src-main/engine/process/protocol.ts';
import type { StageName } from '../../../src-shared/recipe/stage-name.ts';
import { writeRunnablePack } from './make-runnable-pack.ts';
import { ENGINE_VERSION } from '../../../src-main/engine/process/engine-version.ts';

type RunCommand = Extract<EngineCommand, { type: 'runStage' }>;
type Done = Extract<EngineEvent, { type: 'done' }>;

/** An engine process and everything it has said so far. */
interface Engine {
  readonly child: ChildProcess;
  readonly events: EngineEvent[];
  send(command: EngineCommand): void;
  /** The first event, heard already or to come, that fits. */
  heard(fits: (event: EngineEvent) => boolean): Promise<EngineEvent>;
  /** Runs a stage to its end. */
  run(command: RunCommand): Promise<EngineEvent>;
}

const entry = join(import.meta.dirname, '../../../src-main/engine/process/engine-process.ts');
const children: ChildProcess[] = [];
let packDir: string;
let keyframesDone: Done;

beforeAll(() => {
  packDir = mkdtempSync(join(tmpdir(), 'pack-'));
  writeRunnablePack(packDir);
});
afterEach(() => { for (const child of children.splice(0)) child.kill('SIGKILL'); });
afterAll(() => { rmSync(packDir, { recursive: true }); });

function startEngine(): Engine {
  const child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  children.push(child);
  const events: EngineEvent[] = [];
  const waiting = new Set<() => void>();
  child.on('message', (event: EngineEvent) => {
    events.push(event);
    for (const check of waiting) check();
  });
  const heard = (fits: (event: EngineEvent) => boolean): Promise<EngineEvent> => new Promise((resolve, reject) => {
    const check = (): void => {
      const found = events.find(fits);
      if (!found) return;
      waiting.delete(check);
      resolve(found);
    };
    waiting.add(check);
    child.once('exit', (code) => reject(new Error(`the engine exited with ${code}`)));
    check();
  });
  const send = (command: EngineCommand): void => { child.send(command); };
  return {
    child, events, heard, send,
    run(command) {
      send(command);
      return heard((event) => 'runId' in event && event.runId === command.runId && ['done', 'failed', 'stopped'].includes(event.type));
    },
  };
}

let runs = 0;
function commandOf(stage: StageName, numInferenceSteps: number, overrides: Partial<RunCommand> = {}): RunCommand {
  runs += 1;
  return {
    type: 'runStage', runId: `run-${runs}`, packDir, stage, prompt: 'a red fish', negativePrompt: '', seed: 7, input: null, checkpoint: null, threads: 1,
    settings: { stage, numInferenceSteps, guidanceScale: 3, ...(stage === 'superResolution2' ? { strength: 0.6 } : {}) }, ...overrides,
  };
}

function expectDone(event: EngineEvent): Done {
  if (event.type !== 'done') throw new Error(`ended with ${JSON.stringify(event)}`);
  return event;
}

describe('the engine process', () => {
  it('runs all four stages of a pack, one feeding the next', async () => {
    const engine = startEngine();
    const ready = await engine.heard((event) => event.type === 'ready');
    expect(ready).toMatchObject({ engineVersion: ENGINE_VERSION });
    const stages: readonly [StageName, number, number, number[]][] = [
      ['keyframes', 4, 4, [1, 3, 3, 8, 16]], ['interpolation', 2, 4, [1, 3, 9, 8, 16]],
      ['superResolution1', 2, 4, [1, 3, 9, 16, 32]], ['superResolution2', 5, 12, [1, 3, 9, 32, 64]],
    ];
    let input: TensorMessage | null = null;
    for (const [stage, steps, units, shape] of stages) {
      const command = commandOf(stage, steps, { input });
      const done = expectDone(await engine.run(command));
      if (stage === 'keyframes') keyframesDone = done;
      expect(done.tensor.shape).toEqual(shape);
      expect(done.tensor.data.every(Number.isFinite)).toBe(true);
      expect([done.frames.count, done.frames.height, done.frames.width, done.frames.data.length]).toEqual([...shape.slice(2), shape[2]! * shape[3]! * shape[4]! * 3]);
      expect(done.loadMs).toBeLessThanOrEqual(done.wallMs);
      const own = engine.events.filter((event) => 'runId' in event && event.runId === command.runId);
      const progress = own.filter((event) => event.type === 'progress');
      expect(progress[0]).toMatchObject({ phase: 'loading', step: 0, stepMs: null });
      expect(progress.slice(1).map(({ step }) => step)).toEqual(Array.from({ length: units }, (_, i) => i + 1));
      expect(progress.at(-1)).toMatchObject({ step: units, total: units });
      expect(own.at(-1)!.type).toBe('done');
      input = done.tensor;
    }
    // Frames are the tensor in 8 bits: the last one is not one flat colour.
    expect(new Set(keyframesDone.frames.data).size).toBeGreaterThan(10);
  });

  it('gives the same frames again in another process, and others for another prompt or seed', async () => {
    const engine = startEngine();
    const again = expectDone(await engine.run(commandOf('keyframes', 4)));
    expect(again.tensor.data).toEqual(keyframesDone.tensor.data);
    expect(expectDone(await engine.run(commandOf('keyframes', 4, { seed: 8 }))).tensor.data).not.toEqual(again.tensor.data);
    const other = expectDone(await engine.run(commandOf('keyframes', 4, { prompt: 'a blue bird' }))).tensor.data;
    expect(other).not.toEqual(again.tensor.data);
    // Words without any strength leave the other words alone, bit for bit; half of both is neither.
    const weak = async (strength: number) => expectDone(await engine.run(commandOf('keyframes', 4, { emphasis: { strength, against: 'a blue bird' } }))).tensor.data;
    expect(await weak(0)).toEqual(other);
    expect(await weak(1)).toEqual(again.tensor.data);
    const half = await weak(0.5);
    expect(half).not.toEqual(other);
    expect(half).not.toEqual(again.tensor.data);
  });

  it('continues behind a checkpoint after SIGKILL, bit for bit', async () => {
    const first = startEngine();
    const command = commandOf('keyframes', 4);
    first.send(command);
    const saved = await first.heard((event) => event.type === 'checkpoint' && event.step === 2);
    first.child.kill('SIGKILL');
    const second = startEngine();
    const resumed = commandOf('keyframes', 4, { checkpoint: saved.type === 'checkpoint' ? saved.bytes : null });
    expect(expectDone(await second.run(resumed)).tensor.data).toEqual(keyframesDone.tensor.data);
    const steps = second.events.filter((event) => event.type === 'progress').map(({ step }) => step);
    expect(steps).toEqual([0, 3, 4]);
  });

  it('stops between steps, says why, and is free for the next run', async () => {
    const engine = startEngine();
    for (const reason of ['paused', 'cancelled'] as const) {
      const command = commandOf('keyframes', 200);
      const ended = engine.run(command);
      await engine.heard((event) => event.type === 'checkpoint' && event.runId === command.runId);
      engine.send({ type: 'stop', runId: command.runId, reason });
      expect(await ended).toEqual({ type: 'stopped', runId: command.runId, reason });
      expect(engine.events.filter((event) => event.type === 'checkpoint' && event.runId === command.runId).length).toBeLessThan(200);
    }
    engine.send({ type: 'stop', runId: 'nobody', reason: 'cancelled' });
    engine.send({ type: 'unload' });
    expect(expectDone(await engine.run(commandOf('keyframes', 4))).tensor.data).toEqual(keyframesDone.tensor.data);
  });

  it('refuses a second run while one runs', async () => {
    const engine = startEngine();
    const long = commandOf('keyframes', 200);
    const ended = engine.run(long);
    await engine.heard((event) => event.type === 'checkpoint');
    expect(await engine.run(commandOf('keyframes', 4))).toMatchObject({ type: 'failed', error: { code: 'CONFLICT' } });
    engine.send({ type: 'stop', runId: long.runId, reason: 'cancelled' });
    expect((await ended).type).toBe('stopped');
  });

  it('names what is wrong with a request or a pack, and lives on', async () => {
    const engine = startEngine();
    const broken = mkdtempSync(join(tmpdir(), 'pack-broken-'));
    writeRunnablePack(broken);
    const config = join(broken, 'keyframes/unet/config.json');
    const intact = readFileSync(config, 'utf8');
    const tryWith = async (changes: object): Promise<EngineEvent> => {
      writeFileSync(config, JSON.stringify({ ...JSON.parse(intact), ...changes }));
      return engine.run(commandOf('keyframes', 2, { packDir: broken }));
    };
    expect(await engine.run(commandOf('keyframes', 4, { packDir: join(broken, 'nowhere') }))).toMatchObject({ error: { code: 'MODEL_MISSING' } });
    expect(await engine.run(commandOf('interpolation', 4))).toMatchObject({ error: { code: 'INVALID_INPUT', message: expect.stringMatching(/needs the output of keyframes/) } });
    expect(await engine.run(commandOf('keyframes', 4, { checkpoint: Uint8Array.of(1, 2, 3) }))).toMatchObject({ error: { code: 'WEIGHTS_INVALID' } });
    expect(await tryWith({ in_channels: 4 })).toMatchObject({ error: { code: 'MODEL_INCOMPATIBLE', message: expect.stringMatching(/in_channels is 4, but keyframes needs 3/) } });
    expect(await tryWith({ encoder_hid_dim: 24 })).toMatchObject({ error: { code: 'MODEL_INCOMPATIBLE', message: expect.stringMatching(/text width is 24.*needs 16/) } });
    expect(await tryWith({ block_out_channels: [32, 64] })).toMatchObject({ error: { message: expect.stringMatching(/config\.json needs/) } });
    expect(await tryWith({ layers_per_block: 2 })).toMatchObject({ error: { code: 'MODEL_INCOMPATIBLE', message: expect.stringMatching(/have no tensor/) } });
    const weights = join(broken, 'keyframes/unet/diffusion_pytorch_model.safetensors');
    writeFileSync(weights, readFileSync(weights).subarray(0, 5000));
    expect(await tryWith({})).toMatchObject({ error: { code: 'WEIGHTS_INVALID', message: expect.stringContaining(weights) } });
    rmSync(broken, { recursive: true });
    expect((await engine.run(commandOf('keyframes', 2))).type).toBe('done');
  });

  it('ends when its parent lets go', async () => {
    const { child, heard } = startEngine();
    await heard((event) => event.type === 'ready');
    const exited = once(child, 'exit');
    child.disconnect();
    expect(await exited).toEqual([0, null]);
  });
});
