import { describe, expect, it } from 'vitest';
import { waitingPart } from '../../src-main/jobs/job-handler.ts';
import { openAppStore } from '../../src-main/store/app-store.ts';
import { openProjectStore, type ProjectStore } from '../../src-main/store/project-store.ts';
import { newProject, noise, opened } from './project-bench.ts';

const add = (store: ProjectStore, title: string, front = false) => store.jobs.insert({ kind: 'generate', lane: 'compute', title, data: { title }, parts: [waitingPart('keyframes', 4)], front });

describe('job rows', () => {
  it('claims in order, front jobs first, each lane for itself', () => {
    const store = newProject();
    for (const title of ['a', 'b']) add(store, title);
    add(store, 'front', true);
    store.jobs.insert({ kind: 'proxy', lane: 'standIns', title: 'stand-in', data: {}, parts: [] });
    store.jobs.insert({ kind: 'import', lane: 'media', title: 'import', data: {}, parts: [] });
    expect(['compute', 'compute', 'media', 'compute', 'compute', 'media', 'standIns', 'standIns'].map((lane) => store.jobs.claim(lane as 'compute')?.title ?? null)).toEqual(['front', 'a', 'import', 'b', null, null, 'stand-in', null]);
  });

  it('fences a superseded attempt out of every commit', () => {
    const store = newProject();
    const { id } = add(store, 'fenced');
    const first = store.jobs.claim('compute')!;
    store.jobs.rescue();
    const second = store.jobs.claim('compute')!;
    expect([first.attempt, second.attempt]).toEqual([1, 2]);
    const conflict = expect.objectContaining({ code: 'JOB_STATE_CONFLICT' }) as Error;
    expect(() => store.jobs.saveProgress(id, 1, { elapsedMs: 5 })).toThrow(conflict);
    expect(() => store.jobs.transition(id, ['running'], 'completed', {}, 1)).toThrow(conflict);
    expect(() => store.transaction(() => {
      store.checkpoints.save(id, { stageKey: 'k', step: 1, bytes: noise(10) });
      store.jobs.saveProgress(id, 1, {});
    })).toThrow(conflict);
    expect(store.checkpoints.find(id, 'k')).toBeNull();
    store.jobs.saveProgress(id, 2, { elapsedMs: 7 });
    expect(store.jobs.get(id)).toMatchObject({ state: 'running', elapsedMs: 7 });
  });

  it('brings orphans back at start-up, to what was asked of them', () => {
    const store = newProject();
    const ids = ['go on', 'cancel', 'pause'].map((title) => add(store, title).id);
    for (const _ of ids) store.jobs.claim('compute');
    store.jobs.request(ids[1]!, 'cancelled');
    store.jobs.request(ids[2]!, 'paused');
    const { path } = store;
    store.close();
    const again = opened(openProjectStore(path));
    again.jobs.rescue();
    expect(ids.map((id) => again.jobs.get(id).state)).toEqual(['available', 'cancelled', 'paused']);
    expect(again.jobs.get(ids[1]!).finishedAt).not.toBeNull();
  });

  it('lets a retryable job wait for its time', () => {
    let now = 1_000;
    const store = newProject({ clock: () => now });
    const { id } = add(store, 'later');
    store.jobs.claim('compute');
    store.jobs.transition(id, ['running'], 'retryable', { scheduledAt: 5_000 }, 1);
    expect(store.jobs.promoteDue()).toBe(5_000);
    expect(store.jobs.claim('compute')).toBeNull();
    now = 5_000;
    expect(store.jobs.promoteDue()).toBeNull();
    expect(store.jobs.claim('compute')).toMatchObject({ id, attempt: 2 });
  });

  it('dismisses finished jobs only', () => {
    const store = newProject();
    const { id } = add(store, 'done');
    expect(() => store.jobs.dismiss(id)).toThrow(expect.objectContaining({ code: 'JOB_STATE_CONFLICT' }));
    store.jobs.transition(id, ['available'], 'cancelled', { finishedAt: 'now' });
    store.jobs.dismiss(id);
    expect(store.jobs.list()).toEqual([]);
  });

  it('keeps the last checkpoint of a job and none of another stage', () => {
    const store = newProject();
    const { id } = add(store, 'steps');
    for (const step of [1, 2, 3]) store.checkpoints.save(id, { stageKey: 'keyframes', step, bytes: noise(1_000_000, step) });
    expect(store.checkpoints.find(id, 'keyframes')).toEqual({ stageKey: 'keyframes', step: 3, bytes: noise(1_000_000, 3) });
    expect(store.checkpoints.find(id, 'interpolation')).toBeNull();
    store.checkpoints.clear(id);
    expect(store.checkpoints.find(id, 'keyframes')).toBeNull();
  });
});

describe('the app store', () => {
  it('remembers settings, recent projects and measured times', () => {
    const app = openAppStore(':memory:');
    expect(app.settings.get('theme')).toBeUndefined();
    app.settings.set('theme', { dark: true });
    expect(app.settings.get('theme')).toEqual({ dark: true });
    for (const name of ['a', 'b', 'a']) app.recent.add({ path: `/p/${name}.motif`, name });
    expect(app.recent.list().map((project) => project.name).sort()).toEqual(['a', 'b']);
    app.recent.remove('/p/b.motif');
    expect(app.recent.list().map((project) => project.name)).toEqual(['a']);
    expect(app.stepTimes.get('k')).toBeNull();
    for (const stepMs of [100, 100, 100, 1_000]) app.stepTimes.record('k', { stepMs, fixedMs: 10 });
    const { stepMs } = app.stepTimes.get('k')!;
    expect(stepMs).toBeGreaterThan(100);
    expect(stepMs).toBeLessThan(500);
    app.close();
  });
});
