import type { Job } from '../../src-shared/contract/jobs.ts';
import { assert, StudioError } from '../../src-shared/errors/studio-error.ts';
import type { FramesMessage } from '../engine/process/protocol.ts';
import type { JobChange, JobLane, JobRow } from '../store/job-repository.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { EngineClient } from './engine-client.ts';
import type { JobHandler } from './job-handler.ts';
import { JobRun } from './job-run.ts';
import { toJobView } from './job-view.ts';
import { createJobWatch } from './job-watch.ts';

/** The durable queue of one project. docs/jobs.md draws its state machine. */
export interface JobQueue {
  /** Stores a job and starts it when its lane is free. What the project already holds is completed at once. */
  enqueue(kind: JobRow['kind'], data: unknown, options?: { readonly front?: boolean }): Job;
  list(): Job[];
  get(jobId: string): Job;
  /** Resolves when the job has stopped: within one step, or by SIGKILL after two seconds. */
  cancel(jobId: string): Promise<Job>;
  /** Finishes the running step, keeps the checkpoint, frees the engine's memory. */
  pause(jobId: string): Promise<Job>;
  resume(jobId: string): Job;
  /** Runs a failed or cancelled job again from what it had finished. */
  retry(jobId: string): Job;
  moveToFront(jobId: string): Job;
  /** Puts a waiting job right before another one, or last. */
  move(jobId: string, before: string | null): Job;
  dismiss(jobId: string): void;
  /** Every unfinished job, then each job as it changes, at most ten rows a second per job. */
  watch(signal?: AbortSignal): AsyncIterable<Job>;
  preview(jobId: string): FramesMessage | null;
  /** Resolves when nothing runs and nothing can run. */
  idle(): Promise<void>;
  /** Stops behind the running steps; those jobs go on when the project is opened again. */
  close(): Promise<void>;
}

export interface JobQueueOptions {
  readonly store: ProjectStore;
  readonly handlers: readonly JobHandler<unknown>[];
  readonly engine: Pick<EngineClient, 'unload'>;
  readonly clock?: () => number;
  /** The lanes that run here; jobs of others wait for a studio that runs them. */
  readonly lanes?: readonly JobLane[];
  /** Milliseconds before the n-th failure in a row is tried again. */
  readonly backOffMs?: (failures: number) => number;
  readonly log?: (line: string) => void;
}

const ALL_LANES: readonly JobLane[] = ['compute', 'media', 'standIns'];
/** Failures in a row, without a finished step between, that end a job. */
const MAX_FAILURES_IN_A_ROW = 5;
/** A job whose outcome could not be stored (full disk) tries to store it this often. */
const SETTLE_RETRY_MS = 2_000;
const PREVIEWS_KEPT = 4;

const defaultBackOff = (failures: number): number => Math.min(30_000, 250 * 2 ** failures);

export function createJobQueue(options: JobQueueOptions): JobQueue {
  const { store, engine, clock = Date.now, lanes = ALL_LANES, backOffMs = defaultBackOff, log = () => {} } = options;
  const handlers = new Map(options.handlers.map((handler) => [handler.kind, handler]));
  const running = new Map<JobLane, JobRun>();
  const previews = new Map<string, { readonly version: number; readonly frames: FramesMessage }>();
  const watch = createJobWatch();
  /** Outcomes that wait for room on the disk, by job. */
  const unsettled = new Map<string, { readonly settle: () => void; readonly error: StudioError }>();
  const idleWaiters: (() => void)[] = [];
  let dueTimer: NodeJS.Timeout | null = null;
  let settleTimer: NodeJS.Timeout | null = null;
  let closing = false;
  let rescued = false;

  const runOf = (jobId: string): JobRun | null => [...running.values()].find((run) => run.job.id === jobId) ?? null;
  const view = (row: JobRow): Job => {
    const stuck = unsettled.get(row.id);
    const shown: JobRow = stuck === undefined ? row : { ...row, state: 'paused', error: { code: stuck.error.code, message: stuck.error.message } };
    return toJobView(shown, runOf(row.id)?.live() ?? null, previews.get(row.id)?.version ?? 0);
  };
  const get = (jobId: string): Job => view(store.jobs.get(jobId));
  const handlerOf = (kind: JobRow['kind']): JobHandler<unknown> => {
    const handler = handlers.get(kind);
    if (handler === undefined) throw new StudioError('JOB_KIND_UNKNOWN', `This Motif Studio cannot do "${kind}" jobs. Update it, or dismiss the job.`, { details: { kind } });
    return handler;
  };
  const parseData = (handler: JobHandler<unknown>, data: unknown): unknown => {
    const parsed = handler.data.safeParse(data);
    if (!parsed.success) throw new StudioError('JOB_DATA_INVALID', `The ${handler.kind} job cannot be read: ${parsed.error.issues[0]?.message ?? 'unknown'}. Start it anew.`, { details: { kind: handler.kind } });
    return parsed.data;
  };

  const remember = (jobId: string, frames: FramesMessage) => {
    const version = (previews.get(jobId)?.version ?? 0) + 1;
    previews.delete(jobId);
    previews.set(jobId, { version, frames });
    for (const id of previews.keys()) {
      if (previews.size <= PREVIEWS_KEPT) break;
      if (runOf(id) === null) previews.delete(id);
    }
    watch.changed(jobId);
  };

  /** What becomes of a job whose handler threw. */
  const outcome = (run: JobRun, error: StudioError): { readonly state: JobRow['state']; readonly change: JobChange } => {
    const { job } = run;
    const now = clock();
    const kept: JobChange = { parts: waitingAgain(run), elapsedMs: run.elapsedMs() };
    const reason: unknown = run.signal.reason;
    if (run.signal.aborted && StudioError.is(reason, 'CANCELLED')) return { state: 'cancelled', change: { ...kept, finishedAt: new Date(now).toISOString() } };
    if (run.signal.aborted && StudioError.is(reason, 'PAUSED')) return closing ? { state: 'available', change: kept } : { state: 'paused', change: { ...kept, error: null } };
    const failure = { attempt: job.attempt, code: error.code, message: error.message, at: new Date(now).toISOString() };
    const failed: JobChange = { ...kept, failure, error: { code: error.code, message: error.message } };
    // Trying again does not make room: a person does, and then resumes.
    if (error.code === 'DISK_FULL' || error.code === 'DB_READONLY') return { state: 'paused', change: failed };
    const failures = store.jobs.get(job.id).failuresSinceProgress + 1;
    if (error.retryable && failures < MAX_FAILURES_IN_A_ROW) {
      return { state: 'retryable', change: { ...failed, failuresSinceProgress: failures, scheduledAt: now + backOffMs(failures) } };
    }
    return { state: 'discarded', change: { ...failed, failuresSinceProgress: failures, finishedAt: new Date(now).toISOString() } };
  };

  const settle = (run: JobRun, thrown: unknown) => {
    const { job } = run;
    // A newer attempt owns the job: this one has nothing to say any more.
    if (StudioError.is(thrown, 'JOB_STATE_CONFLICT')) return;
    const error = StudioError.from(thrown);
    if (error.code === 'INTERNAL') log(`${job.kind} job ${job.id}: ${error.stack ?? error.message}`);
    const storeOutcome = () => {
      const { state, change } = outcome(run, error);
      store.transaction(() => {
        store.jobs.transition(job.id, ['running'], state, change, job.attempt);
        if (state === 'cancelled') store.checkpoints.clear(job.id);
      });
    };
    try {
      storeOutcome();
    } catch (settleError) {
      if (StudioError.is(settleError, 'JOB_STATE_CONFLICT')) return;
      const full = StudioError.from(settleError);
      log(`${job.kind} job ${job.id} could not be stored: ${full.message}`);
      unsettled.set(job.id, { settle: storeOutcome, error: full });
      scheduleSettle();
    }
  };

  const settleAll = () => {
    for (const [jobId, { settle: again }] of unsettled) {
      try {
        again();
      } catch (error) {
        if (!StudioError.is(error, 'JOB_STATE_CONFLICT')) continue;
      }
      unsettled.delete(jobId);
      watch.changed(jobId);
    }
  };
  const scheduleSettle = () => {
    if (settleTimer !== null || closing) return;
    settleTimer = setTimeout(() => {
      settleTimer = null;
      settleAll();
      if (unsettled.size > 0) scheduleSettle();
    }, SETTLE_RETRY_MS);
    settleTimer.unref();
  };

  const execute = async (run: JobRun): Promise<void> => {
    const { job } = run;
    try {
      const handler = handlerOf(job.kind);
      await handler.run(parseData(handler, job.data), run);
      assert(run.isComplete, `the ${job.kind} handler completes its job or throws`);
    } catch (error) {
      if (!run.isComplete) settle(run, error);
      else log(`${job.kind} job ${job.id} after completion: ${StudioError.from(error).message}`);
    } finally {
      running.delete(job.lane);
      watch.changed(job.id);
    }
    if (!closing) pumpAll();
  };

  const pump = (lane: JobLane) => {
    if (closing || running.has(lane)) return;
    let job: JobRow | null;
    try {
      job = store.jobs.claim(lane);
    } catch (error) {
      // Without room for the claim nothing runs; it is tried again with the next change or in a while.
      log(`no job could be claimed: ${StudioError.from(error).message}`);
      schedulePump(SETTLE_RETRY_MS);
      return;
    }
    if (job === null) return;
    const { id } = job;
    const run = new JobRun(job, store, clock, () => watch.changed(id), (frames) => remember(id, frames));
    running.set(lane, run);
    watch.changed(id);
    run.settled = execute(run);
  };

  const schedulePump = (delayMs: number) => {
    if (dueTimer !== null) clearTimeout(dueTimer);
    dueTimer = setTimeout(pumpAll, delayMs);
  };

  /** Brings back what a killed studio left running, once. On a full disk it is tried again before anything runs. */
  const rescue = () => {
    if (rescued) return;
    store.jobs.rescue();
    rescued = true;
  };

  const pumpAll = () => {
    if (closing) return;
    if (dueTimer !== null) clearTimeout(dueTimer);
    dueTimer = null;
    let due: number | null = null;
    if (store.readOnly) {
      for (const resolve of idleWaiters.splice(0)) resolve();
      return;
    }
    try {
      rescue();
      due = store.jobs.promoteDue();
      for (const lane of lanes) pump(lane);
    } catch (error) {
      log(`waiting jobs could not be looked at: ${StudioError.from(error).message}`);
      due = clock() + SETTLE_RETRY_MS;
    }
    if (due !== null && dueTimer === null) schedulePump(Math.max(1, due - clock()));
    if (running.size === 0 && dueTimer === null) for (const resolve of idleWaiters.splice(0)) resolve();
  };

  // Not in the caller's stack: an enqueue inside a transaction must not run work in it.
  const begin = () => queueMicrotask(pumpAll);

  const stop = async (jobId: string, to: 'cancelled' | 'paused'): Promise<Job> => {
    settleAll();
    const run = runOf(jobId);
    if (run === null) {
      const cancelled = to === 'cancelled';
      const from = cancelled ? (['available', 'retryable', 'paused'] as const) : (['available', 'retryable'] as const);
      store.transaction(() => {
        store.jobs.transition(jobId, from, to, cancelled ? { finishedAt: new Date(clock()).toISOString() } : {});
        if (cancelled) store.checkpoints.clear(jobId);
      });
      watch.changed(jobId);
      begin();
      return get(jobId);
    }
    try {
      store.jobs.request(jobId, to);
    } catch (error) {
      // Stopping must work on a full disk as well; only a crash before the stop would forget the wish.
      if (!StudioError.is(error, 'DISK_FULL')) throw error;
    }
    run.abort.abort(to === 'cancelled' ? new StudioError('CANCELLED', 'Cancelled.') : new StudioError('PAUSED', 'Paused.'));
    await run.settled;
    if (to === 'paused' && running.get('compute') === undefined) engine.unload();
    return get(jobId);
  };

  const restart = (jobId: string, from: readonly JobRow['state'][], change: JobChange): Job => {
    settleAll();
    store.jobs.transition(jobId, from, 'available', { scheduledAt: clock(), error: null, failuresSinceProgress: 0, ...change });
    watch.changed(jobId);
    begin();
    return get(jobId);
  };

  if (!store.readOnly) {
    try {
      rescue();
    } catch (error) {
      if (!StudioError.is(error, 'DISK_FULL')) throw error;
    }
    begin();
  }

  return {
    enqueue: (kind, rawData, { front = false } = {}) => {
      const handler = handlerOf(kind);
      const data = parseData(handler, rawData);
      const promptEventId = handler.promptEventId?.(data) ?? null;
      const row = store.transaction(() => {
        const inserted = store.jobs.insert({ kind, lane: handler.lane, title: handler.title(data), data, parts: handler.parts(data), promptEventId, front });
        const result = handler.immediate?.(data, store) ?? null;
        if (result === null) return inserted;
        const parts = inserted.parts.map((part) => ({ ...part, state: 'cached' as const }));
        return store.jobs.transition(inserted.id, ['available'], 'completed', { ...result, parts, finishedAt: new Date(clock()).toISOString() });
      });
      watch.changed(row.id);
      begin();
      return view(row);
    },
    list: () => store.jobs.list().map(view),
    get,
    cancel: (jobId) => stop(jobId, 'cancelled'),
    pause: (jobId) => stop(jobId, 'paused'),
    resume: (jobId) => restart(jobId, ['paused'], {}),
    retry: (jobId) => restart(jobId, ['discarded', 'cancelled', 'retryable'], { finishedAt: null }),
    moveToFront: (jobId) => {
      const row = store.jobs.moveToFront(jobId);
      watch.changed(jobId);
      return view(row);
    },
    move: (jobId, before) => {
      const row = store.jobs.move(jobId, before);
      watch.changed(jobId);
      return view(row);
    },
    dismiss: (jobId) => {
      store.transaction(() => {
        store.jobs.dismiss(jobId);
        store.checkpoints.clear(jobId);
      });
      previews.delete(jobId);
    },
    watch: (signal) => {
      const unfinished = store.jobs.list().filter((job) => job.finishedAt === null).map((job) => job.id);
      return watch.subscribe(unfinished, (jobId) => (closing ? null : get(jobId)), signal);
    },
    preview: (jobId) => previews.get(jobId)?.frames ?? null,
    idle: () =>
      new Promise((resolve) => {
        idleWaiters.push(resolve);
        begin();
      }),
    close: async () => {
      closing = true;
      if (dueTimer !== null) clearTimeout(dueTimer);
      if (settleTimer !== null) clearTimeout(settleTimer);
      const runs = [...running.values()];
      for (const run of runs) run.abort.abort(new StudioError('PAUSED', 'The studio is closing.'));
      await Promise.all(runs.map((run) => run.settled));
      watch.close();
      for (const resolve of idleWaiters.splice(0)) resolve();
    },
  };
}

/** The parts of an attempt that ended early: finished ones stay finished, the rest waits again. */
function waitingAgain(run: JobRun): JobRow['parts'] {
  return run.parts().map((part) => (part.state === 'running' ? { ...part, state: 'waiting' as const } : part));
}
