import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../src-shared/contract/jobs.ts';
import { Job as JobSchema } from '../../src-shared/contract/jobs.ts';
import { clipBytes, closedBenches, isFinished as finished, tinyRecipe, type QueueBench } from './fixtures/queue-bench.ts';

const { open, keep } = closedBenches();

/** The clip that an undisturbed run makes of a recipe. */
async function undisturbed(recipe: ReturnType<typeof tinyRecipe>): Promise<Uint8Array> {
  const bench = await open();
  return clipBytes(bench, await bench.until((await bench.generate(recipe)).id, finished));
}

describe('generation', () => {
  it('runs every stage, keeps their outputs and ends with a take', async () => {
    const bench = await open();
    const seen: Job[] = [];
    const job = await bench.generate(tinyRecipe('a red fish'), { promptEventId: 'promptEvent:1' });
    for await (const row of bench.queue.watch()) {
      seen.push(JobSchema.parse(row));
      if (finished(row)) break;
    }
    const done = bench.queue.get(job.id);
    expect(done).toMatchObject({ state: 'completed', attempt: 1, error: null, promptEventId: 'promptEvent:1' });
    expect(done.parts.map((part) => [part.name, part.state])).toEqual([
      ['keyframes', 'done'], ['interpolation', 'done'], ['superResolution1', 'done'], ['superResolution2', 'done'], ['encode', 'done'],
    ]);
    expect(done.parts.every((part) => part.step === part.total)).toBe(true);
    expect(seen.every((row) => row.remainingMs === null || row.remainingMs >= 0)).toBe(true);
    const asset = bench.store.assets.get(done.resultAssetId!);
    expect(asset).toMatchObject({ kind: 'video', frames: 29, width: 96, height: 64, durationMs: 3625, hasThumbnail: true });
    expect(bench.store.takes.list()).toMatchObject([{ promptEventId: 'promptEvent:1', asset: { id: asset.id } }]);
    expect(bench.store.assets.list({ kinds: ['stage'] }).map((stage) => stage.stage).sort()).toEqual(['interpolation', 'keyframes', 'superResolution1']);
    expect(bench.store.checkIntegrity()).toEqual([]);
  });

  it('gives the same bytes again, and a cache hit at once for the same recipe', async () => {
    const recipe = tinyRecipe('a blue kite');
    const first = await undisturbed(recipe);
    const bench = await open();
    const made = await bench.until((await bench.generate(recipe)).id, finished);
    expect(Buffer.compare(clipBytes(bench, made), first)).toBe(0);
    const again = await bench.generate(recipe);
    expect(again).toMatchObject({ state: 'completed', resultAssetId: made.resultAssetId });
    expect(again.parts.every((part) => part.state === 'cached')).toBe(true);
    expect(bench.store.takes.list()).toHaveLength(2);
  });

  it('finishes a draft from its stored keyframes', async () => {
    const recipe = tinyRecipe('a green leaf');
    const bench = await open();
    const draft = await bench.until((await bench.generate({ ...recipe, preset: 'draft', stages: recipe.stages.slice(0, 1) })).id, finished);
    expect(bench.store.assets.get(draft.resultAssetId!)).toMatchObject({ frames: 8, frameRate: { num: 8, den: 4 }, durationMs: 4000 });
    const full = await bench.until((await bench.generate(recipe)).id, finished);
    expect(full.parts[0]).toMatchObject({ name: 'keyframes', state: 'cached', wallMs: null });
    expect(Buffer.compare(clipBytes(bench, full), await undisturbed(recipe))).toBe(0);
  });

  it('estimates only once every later stage was measured', async () => {
    const bench = await open();
    const remaining: (number | null)[] = [];
    const first = await bench.generate(tinyRecipe('first'));
    await bench.until(first.id, (job) => {
      if (job.state === 'running' && job.parts[0]?.state === 'running') remaining.push(job.remainingMs);
      return finished(job);
    });
    expect(remaining.every((ms) => ms === null)).toBe(true);
    const second = await bench.generate(tinyRecipe('second [stepMs=60]'));
    const estimated = await bench.until(second.id, (job) => job.remainingMs !== null && !finished(job));
    expect(estimated.parts[0]!.step).toBeGreaterThanOrEqual(2);
    expect(estimated.remainingMs).toBeGreaterThan(0);
    await bench.until(second.id, finished);
  });

  it('shows the newest preview under a growing version', async () => {
    const bench = await open();
    const job = await bench.generate(tinyRecipe('preview [stepMs=30]'));
    const first = await bench.until(job.id, (row) => row.previewVersion > 0);
    expect(bench.queue.preview(job.id)).toMatchObject({ count: 1, width: 2, height: 1 });
    const later = await bench.until(job.id, (row) => row.previewVersion > first.previewVersion);
    expect(later.previewVersion).toBeGreaterThan(first.previewVersion);
  });
});

describe('pause, cancel, close', () => {
  it('pauses behind a step and resumes to the very same clip', async () => {
    const recipe = tinyRecipe('paused once [stepMs=25]', {}, 12);
    const bench = await open();
    const job = await bench.generate(recipe);
    await bench.until(job.id, (row) => row.parts[0]!.step >= 3);
    const paused = await bench.queue.pause(job.id);
    expect(paused).toMatchObject({ state: 'paused', error: null });
    await bench.queue.idle();
    expect(bench.queue.get(job.id).state).toBe('paused');
    expect(bench.queue.resume(job.id).state).toBe('available');
    const done = await bench.until(job.id, finished);
    expect(done).toMatchObject({ state: 'completed', attempt: 2 });
    expect(Buffer.compare(clipBytes(bench, done), await undisturbed(recipe))).toBe(0);
  });

  it('closing keeps a running job; opening goes on with it', async () => {
    const recipe = tinyRecipe('closed once [stepMs=25]', {}, 12);
    const bench = await open();
    const job = await bench.generate(recipe);
    await bench.until(job.id, (row) => row.parts[0]!.step >= 3);
    const again = await bench.reopen();
    keep(again);
    const done = await again.until(job.id, finished);
    expect(done).toMatchObject({ state: 'completed', attempt: 2 });
    expect(Buffer.compare(clipBytes(again, done), await undisturbed(recipe))).toBe(0);
  });

  it('cancels within a step, keeps finished stages, and retry goes on from them', async () => {
    const recipe = tinyRecipe('cancelled once [stepMs=200]');
    const bench = await open();
    const job = await bench.generate(recipe);
    await bench.until(job.id, (row) => row.parts[1]!.state === 'running');
    const cancelled = await bench.queue.cancel(job.id);
    expect(cancelled.state).toBe('cancelled');
    expect(cancelled.parts[1]!.step).toBeLessThan(cancelled.parts[1]!.total);
    expect(bench.store.assets.list({ kinds: ['stage'] }).map((stage) => stage.stage)).toEqual(['keyframes']);
    bench.queue.retry(job.id);
    const done = await bench.until(job.id, (row) => row.state === 'completed');
    expect(done.parts[0]!.state).toBe('done');
    expect(Buffer.compare(clipBytes(bench, done), await undisturbed(recipe))).toBe(0);
  });

  it('kills an engine that does not answer to cancel, and the next job runs in a new one', async () => {
    const bench = await open({ engine: { stopTimeoutMs: 300 } });
    const job = await bench.generate(tinyRecipe('[hang@2] stuck'));
    await bench.until(job.id, (row) => row.parts[0]!.step === 1);
    const pid = bench.engine.pid();
    expect((await bench.queue.cancel(job.id)).state).toBe('cancelled');
    const next = await bench.until((await bench.generate(tinyRecipe('after'))).id, finished);
    expect(next.state).toBe('completed');
    expect(bench.engine.pid()).not.toBe(pid);
  });

  it('runs front jobs first, moves one ahead, and cancels one that waits', async () => {
    const bench = await open();
    const running = await bench.generate(tinyRecipe('running [stepMs=30]'));
    await bench.until(running.id, (row) => row.state === 'running');
    const [a, b, c] = [await bench.generate(tinyRecipe('a')), await bench.generate(tinyRecipe('b')), await bench.generate(tinyRecipe('c'), { front: true })];
    bench.queue.moveToFront(b.id);
    expect((await bench.queue.cancel(a.id)).state).toBe('cancelled');
    const order: string[] = [];
    for await (const job of bench.queue.watch()) {
      if (finished(job) && !order.includes(job.title)) order.push(job.title);
      if (order.length === 3) break;
    }
    expect(order).toEqual(['running [stepMs=30]', 'b', 'c']);
    expect(c.state).toBe('available');
  });

  it('puts a waiting job anywhere among those that wait, a paused one too, and later ones behind them', async () => {
    const bench = await open();
    const running = await bench.generate(tinyRecipe('running [stepMs=30]'));
    await bench.until(running.id, (row) => row.state === 'running');
    const ids = new Map<string, string>([['running', running.id]]);
    for (const name of ['a', 'b', 'c']) ids.set(name, (await bench.generate(tinyRecipe(name))).id);
    const of = (name: string): string => ids.get(name)!;
    const names = () => bench.queue.list().map(({ title }) => title[0]).join('');
    expect(names()).toBe('rabc');
    bench.queue.move(of('c'), of('a'));
    expect(names()).toBe('rcab');
    await bench.queue.pause(of('a'));
    bench.queue.move(of('a'), null);
    expect(names()).toBe('rcba');
    await bench.generate(tinyRecipe('d'));
    expect(names()).toBe('rcbad');
    bench.queue.move(of('b'), of('b'));
    expect(names()).toBe('rcbad');
    expect(() => bench.queue.move(running.id, of('b'))).toThrow(/cannot be moved/);
    expect(() => bench.queue.move(of('b'), running.id)).toThrow(/cannot be a place/);
    // Stopped as a whole, the one that ran is still the first to go on.
    for (const { id } of bench.queue.list().filter(({ state }) => state === 'available')) await bench.queue.pause(id);
    await bench.queue.pause(running.id);
    expect(names()).toBe('rcbad');
  });
});

describe('failures', () => {
  it('takes a crashed engine as a failed attempt and goes on from the checkpoint', async () => {
    const recipe = tinyRecipe('[crash@4] crashes once');
    const bench = await open();
    const job = await bench.until((await bench.generate(recipe)).id, finished);
    expect(job).toMatchObject({ state: 'completed', attempt: 2, error: null });
    expect(bench.store.jobs.get(job.id).failures).toMatchObject([{ attempt: 1, code: 'ENGINE_CRASHED' }]);
    expect(Buffer.compare(clipBytes(bench, job), await undisturbed(recipe))).toBe(0);
  });

  it('says in plain words that memory ran out when the system killed the engine', async () => {
    const bench = await open();
    const job = await bench.generate(tinyRecipe('killed [stepMs=40]'));
    await bench.until(job.id, (row) => row.parts[0]!.step >= 1);
    process.kill(bench.engine.pid()!, 'SIGKILL');
    const done = await bench.until(job.id, finished);
    expect(done.state).toBe('completed');
    expect(bench.store.jobs.get(job.id).failures[0]!.message).toMatch(/memory ran out/);
  });

  it('stops trying when a job fails again and again without a step between', async () => {
    const bench = await open();
    const job = await bench.until((await bench.generate(tinyRecipe('[crash@1] never starts'))).id, finished);
    expect(job).toMatchObject({ state: 'discarded', attempt: 5, error: { code: 'ENGINE_CRASHED' } });
    expect(bench.store.jobs.get(job.id).failures).toHaveLength(5);
  });

  it('ends a job that the engine refuses, and does not try again', async () => {
    const bench = await open();
    const job = await bench.until((await bench.generate(tinyRecipe('[fail]'))).id, finished);
    expect(job).toMatchObject({ state: 'discarded', attempt: 1, error: { code: 'INTERNAL' } });
  });

  it('stops a hanging step by the watchdog', async () => {
    const bench = await open({ engine: { stepTimeoutFloorMs: 200 } });
    const job = await bench.until((await bench.generate(tinyRecipe('[hang@5] hangs once'))).id, finished);
    expect(job).toMatchObject({ state: 'completed', attempt: 2 });
    expect(bench.store.jobs.get(job.id).failures).toMatchObject([{ code: 'JOB_TIMED_OUT' }]);
  });

  it('reports an engine that cannot start', async () => {
    const bench = await open({ engineEnvironment: { ARITHMETIC_REFUSES_TO_START: '1' } });
    const job = await bench.until((await bench.generate(tinyRecipe('no engine'))).id, finished);
    expect(job).toMatchObject({ state: 'discarded', error: { code: 'ENGINE_CRASHED' } });
  });

  it('pauses on a full disk, loses nothing, and resumes to the same clip', async () => {
    const recipe = tinyRecipe('full disk');
    const expected = await undisturbed(recipe);
    const bench = await open();
    for (const pages of [60, 75, 90, 110, 140, 180]) {
      bench.store.limitPages(pages);
      const known = bench.queue.list()[0];
      const job = known === undefined ? await bench.generate(recipe) : bench.queue.get(known.id);
      if (job.state === 'paused') bench.queue.resume(job.id);
      const stopped = await bench.until(job.id, (row) => finished(row) || row.state === 'paused');
      expect(bench.store.checkIntegrity()).toEqual([]);
      if (stopped.state === 'completed') break;
      expect(stopped.error?.code).toBe('DISK_FULL');
      expect(stopped.error?.message).toContain('project.motif');
    }
    const [job] = bench.queue.list();
    expect(job!.error?.code ?? 'DISK_FULL').toBe('DISK_FULL');
    bench.store.limitPages(null);
    if (job!.state === 'paused') bench.queue.resume(job!.id);
    const done = await bench.until(job!.id, finished);
    expect(Buffer.compare(clipBytes(bench, done), expected)).toBe(0);
    expect(bench.store.checkIntegrity()).toEqual([]);
  });

  it('refuses job data it cannot read', async () => {
    const bench = await open();
    expect(() => bench.queue.enqueue('generate', { recipe: 'none' })).toThrow(expect.objectContaining({ code: 'JOB_DATA_INVALID' }));
    expect(bench.queue.list()).toEqual([]);
  });
});

describe('import and export', () => {
  const clip = async (bench: QueueBench, name: string, fill: number) => {
    const path = join(bench.folder, name);
    await bench.media.encodeVideo({ path, width: 64, height: 48, frameRate: { num: 8, den: 1 }, frames: new Uint8Array(64 * 48 * 3 * 40).fill(fill) });
    return path;
  };

  it('imports beside a running generation, and stores equal files once', async () => {
    const bench = await open();
    const generation = await bench.generate(tinyRecipe('busy [stepMs=40]'));
    await bench.until(generation.id, (row) => row.state === 'running');
    const path = await clip(bench, 'sea.mp4', 3);
    const imported = await bench.until(bench.queue.enqueue('import', { path }).id, finished);
    expect(imported).toMatchObject({ state: 'completed', title: 'sea.mp4' });
    expect(bench.queue.get(generation.id).state).toBe('running');
    expect(Buffer.compare(bench.store.assets.readAll(imported.resultAssetId!), readFileSync(path))).toBe(0);
    const twin = await bench.until(bench.queue.enqueue('import', { path, name: 'Again' }).id, finished);
    expect(twin.resultAssetId).toBe(imported.resultAssetId);
    expect(bench.store.assets.list()).toHaveLength(1);
  });

  it('refuses a file that is not media and one that is not there, by name', async () => {
    const bench = await open();
    const text = join(bench.folder, 'notes.mp4');
    writeFileSync(text, 'not a film');
    const refused = await bench.until(bench.queue.enqueue('import', { path: text }).id, finished);
    expect(refused).toMatchObject({ state: 'discarded', error: { code: 'MEDIA_UNREADABLE' } });
    expect(refused.error!.message).toContain('notes.mp4');
    const missing = await bench.until(bench.queue.enqueue('import', { path: join(bench.folder, 'gone.mp4') }).id, finished);
    expect(missing).toMatchObject({ state: 'discarded', error: { code: 'NOT_FOUND' } });
    expect(bench.store.assets.list()).toEqual([]);
  });

  it('removes an upload once it is stored', async () => {
    const bench = await open();
    const path = await clip(bench, 'upload.mp4', 9);
    await bench.until(bench.queue.enqueue('import', { path, removeSource: true }).id, finished);
    // The file goes once the job is known to be done.
    await expect.poll(() => existsSync(path), { timeout: 10_000 }).toBe(false);
  });

  it('exports a clip under its final name only', async () => {
    const bench = await open();
    const made = await bench.until((await bench.generate(tinyRecipe('exported'))).id, finished);
    const path = join(bench.folder, 'out', 'fish.mp4');
    const exported = await bench.until(bench.queue.enqueue('export', { assetId: made.resultAssetId, path }).id, finished);
    expect(exported).toMatchObject({ state: 'completed', resultPath: path });
    expect(Buffer.compare(readFileSync(path), clipBytes(bench, made))).toBe(0);
    const missing = await bench.until(bench.queue.enqueue('export', { assetId: 'asset:none', path }).id, finished);
    expect(missing).toMatchObject({ state: 'discarded', error: { code: 'NOT_FOUND' } });
  });
});
