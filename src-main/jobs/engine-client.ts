import type { EngineCommand, EngineEvent, LearnMotionCommand, MeasureAttentionCommand, RestyleCommand, TraceMotionCommand, UpscaleCommand } from '../engine/process/protocol.ts';
import type { ProviderFallback } from '../engine/session/session-providers.ts';
import type { ProviderPlan } from '../../src-shared/execution/provider.ts';
import { assert, StudioError } from '../../src-shared/errors/studio-error.ts';
import type { EngineChild, EngineExit, EngineFork } from './engine-process.ts';
import { readMemoryKills } from './machine-memory.ts';
import { medianOf } from './median.ts';

export type RunStageCommand = Extract<EngineCommand, { type: 'runStage' }>;
type RunCommand = RunStageCommand | LearnMotionCommand | TraceMotionCommand | MeasureAttentionCommand | UpscaleCommand | RestyleCommand;
export type EngineProgress = Extract<EngineEvent, { type: 'progress' }>;
export type EnginePreview = Extract<EngineEvent, { type: 'preview' }>;
export type EngineCheckpoint = Extract<EngineEvent, { type: 'checkpoint' }>;
export type EngineDone = Extract<EngineEvent, { type: 'done' }>;
export type EngineKept = Extract<EngineEvent, { type: 'kept' }>;
export type EngineLearned = Extract<EngineEvent, { type: 'learned' }>;
export type EngineMeasured = Extract<EngineEvent, { type: 'measured' }>;
export type EngineUpscaled = Extract<EngineEvent, { type: 'upscaled' }>;
export type EngineRestyled = Extract<EngineEvent, { type: 'restyled' }>;
/** What ends a run well. */
type EngineEnd = EngineDone | EngineKept | EngineLearned | EngineMeasured | EngineUpscaled | EngineRestyled;
export type EngineLossPoint = Extract<EngineEvent, { type: 'lossPoint' }>;
export type EngineReady = Extract<EngineEvent, { type: 'ready' }>;

/** Who listens to one run. */
export interface EngineRunListeners {
  readonly onProgress?: (event: EngineProgress) => void;
  readonly onPreview?: (event: EnginePreview) => void;
  readonly onCheckpoint?: (event: EngineCheckpoint) => void;
  readonly onLossPoint?: (event: EngineLossPoint) => void;
}

/**
 * The engine process as the queue sees it. It is started when first needed, watched from here (its own thread is blocked
 * in native code), killed when it does not answer, and started again for the next run.
 */
export interface EngineClient {
  /** Starts the engine when it is not running and tells what it is. */
  describe(): Promise<EngineReady>;
  /** Runs one stage; runs of several projects wait for each other. Rejects with CANCELLED, PAUSED, ENGINE_CRASHED, JOB_TIMED_OUT or what the engine reported. */
  run(command: Omit<RunStageCommand, 'type'>, listeners?: EngineRunListeners): Promise<EngineDone>;
  /** Runs the key frames of a part of a scene in the folder that the command names; waits, stops and fails like `run`. */
  runInFolder(command: Omit<RunStageCommand, 'type'>, listeners?: EngineRunListeners): Promise<EngineKept>;
  /** Learns a motion; waits, stops and fails like `run`. */
  learn(command: Omit<LearnMotionCommand, 'type'>, listeners?: EngineRunListeners): Promise<EngineLearned>;
  /** Traces a clip back to noise with a learned motion; waits, stops and fails like `run`. */
  trace(command: Omit<TraceMotionCommand, 'type'>, listeners?: EngineRunListeners): Promise<EngineLearned>;
  /** Asks finished keyframes how they attend to words; waits, stops and fails like `run`. */
  measure(command: Omit<MeasureAttentionCommand, 'type'>): Promise<EngineMeasured>;
  /** Enlarges one window of a clip; waits, stops and fails like `run`. */
  upscale(command: Omit<UpscaleCommand, 'type'>, listeners?: EngineRunListeners): Promise<EngineUpscaled>;
  /** Takes the next frames of a clip that is restyled; waits, stops and fails like `run`. */
  restyle(command: Omit<RestyleCommand, 'type'>, listeners?: EngineRunListeners): Promise<EngineRestyled>;
  /** Ends a run behind its current step, or with SIGKILL when the engine does not answer in time. Unknown ids are ignored. */
  stop(runId: string, reason: 'cancelled' | 'paused'): void;
  /** Gives the engine's memory back while nothing runs. */
  unload(): void;
  /** Highest resident memory that any finished run reported. */
  peakRssBytes(): number;
  /** Process id while the engine runs, for tests that kill it. */
  pid(): number | null;
  close(): Promise<void>;
}

/** Timing of the supervision, in milliseconds; tests shorten it. */
export interface EngineClientOptions {
  readonly fork: EngineFork;
  /** Time to the first `ready`. */
  readonly startTimeoutMs?: number;
  /** Time to answer `stop` before SIGKILL. */
  readonly stopTimeoutMs?: number;
  /** A step may take ten times the median of the last ones, and never less than this. */
  readonly stepTimeoutFloorMs?: number;
  /** Loading a model and its first step may take this long: learning on Show-1 begins with minutes of measuring on a processor. */
  readonly loadTimeoutMs?: number;
  /** An idle engine ends after this long. */
  readonly idleTimeoutMs?: number;
  /** What runs execute on; asked before each run. The CPU when left out. */
  readonly providers?: () => Promise<ProviderPlan>;
  /** Folder for copies of text encoders in 8 bits, where memory calls for one. Left out: there are none. */
  readonly textCacheDir?: string;
  /** How often the system has killed processes for want of memory so far; null where it does not tell. */
  readonly memoryKills?: () => number | null;
  /** Told when a model ran on another provider than the first. */
  readonly onFallback?: (fallback: ProviderFallback) => void;
}

/** What an engine executes on until it is told otherwise. */
const CPU_PLAN: ProviderPlan = { order: ['cpu'], arithmetic: 'float32' };

/** A step that takes this many times the median of the last ones hangs. */
const STEP_TIMEOUT_FACTOR = 10;
const STEPS_REMEMBERED = 15;
/** A pause waits for this many median steps, so that the running step is not lost. */
const PAUSE_PATIENCE_STEPS = 3;

interface ActiveRun {
  readonly command: RunCommand;
  readonly listeners: EngineRunListeners;
  readonly resolve: (done: EngineEnd) => void;
  readonly reject: (error: StudioError) => void;
  readonly stepTimes: number[];
  stopReason: 'cancelled' | 'paused' | null;
  watchdog: NodeJS.Timeout | null;
  stopTimer: NodeJS.Timeout | null;
  /** Set when we kill the process ourselves. */
  killedFor: StudioError | null;
}

interface Running {
  readonly child: EngineChild;
  readonly ready: Promise<EngineReady>;
  readonly gone: Promise<void>;
  killing: boolean;
  /** What it was told to execute on, in JSON. */
  providers: string;
}

export function createEngineClient(options: EngineClientOptions): EngineClient {
  const { fork, providers = async () => CPU_PLAN, textCacheDir = null, onFallback = () => {}, memoryKills = readMemoryKills, startTimeoutMs = 30_000, stopTimeoutMs = 2_000, stepTimeoutFloorMs = 60_000, loadTimeoutMs = 1_800_000, idleTimeoutMs = 300_000 } = options;
  let running: Running | null = null;
  let active: ActiveRun | null = null;
  let idleTimer: NodeJS.Timeout | null = null;
  let peakRssBytes = 0;
  let closed = false;
  const waiting: ActiveRun[] = [];

  const kill = () => {
    if (running === null) return;
    running.killing = true;
    running.child.kill();
  };

  const finish = (run: ActiveRun, outcome: EngineEnd | StudioError) => {
    if (active !== run) return;
    active = null;
    if (run.watchdog !== null) clearTimeout(run.watchdog);
    if (run.stopTimer !== null) clearTimeout(run.stopTimer);
    if (outcome instanceof StudioError) run.reject(outcome);
    else run.resolve(outcome);
    startNext();
  };

  const watch = (run: ActiveRun, loading: boolean) => {
    if (run.watchdog !== null) clearTimeout(run.watchdog);
    const limitMs = loading ? loadTimeoutMs : Math.max(stepTimeoutFloorMs, STEP_TIMEOUT_FACTOR * (medianOf(run.stepTimes) ?? 0));
    run.watchdog = setTimeout(() => {
      run.killedFor = new StudioError('JOB_TIMED_OUT', `The engine gave no sign of life for ${Math.round(limitMs / 1000)} s during ${taskOf(run.command)} and was stopped. What was finished is kept; try again.`, {
        details: { stage: taskOf(run.command), limitMs }, retryable: true,
      });
      kill();
    }, limitMs);
  };

  const onEvent = (event: EngineEvent) => {
    if (event.type === 'fallback') onFallback(event.fallback);
    if (event.type === 'ready' || event.type === 'probed' || event.type === 'looked' || event.type === 'estimated' || event.type === 'fallback' || active === null || event.runId !== active.command.runId) return;
    const run = active;
    switch (event.type) {
      case 'progress':
        if (event.stepMs !== null) {
          run.stepTimes.push(event.stepMs);
          if (run.stepTimes.length > STEPS_REMEMBERED) run.stepTimes.shift();
        }
        watch(run, event.phase === 'loading' || event.phase === 'decoding' || run.stepTimes.length === 0);
        run.listeners.onProgress?.(event);
        break;
      case 'preview':
        run.listeners.onPreview?.(event);
        break;
      case 'checkpoint':
        run.listeners.onCheckpoint?.(event);
        break;
      case 'lossPoint':
        run.listeners.onLossPoint?.(event);
        break;
      case 'done':
      case 'kept':
      case 'learned':
      case 'measured':
      case 'upscaled':
      case 'restyled':
        peakRssBytes = Math.max(peakRssBytes, event.peakRssBytes);
        finish(run, event);
        break;
      case 'stopped':
        finish(run, stoppedError(event.reason));
        break;
      case 'failed':
        finish(run, StudioError.fromWire(event.error));
        break;
    }
  };

  const start = (): Running => {
    const killsBefore = memoryKills();
    const child = fork();
    let markGone = () => {};
    const gone = new Promise<void>((resolve) => (markGone = resolve));
    const ready = new Promise<EngineReady>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new StudioError('ENGINE_CRASHED', `The engine did not start within ${startTimeoutMs / 1000} s. Close other programs and try again.`, { retryable: true }));
        entry.killing = true;
        child.kill();
      }, startTimeoutMs);
      child.onEvent((event) => {
        if (event.type === 'ready') {
          clearTimeout(timer);
          resolve(event);
        } else if (running === entry) onEvent(event);
      });
      child.onExit((exit) => {
        clearTimeout(timer);
        const error = crashError(exit, active === null ? null : taskOf(active.command), killsBefore !== null && (memoryKills() ?? 0) > killsBefore);
        reject(error);
        if (running === entry) {
          running = null;
          const run = active;
          if (run !== null) finish(run, run.killedFor ?? (run.stopReason === null ? error : stoppedError(run.stopReason)));
        }
        markGone();
      });
    });
    const entry: Running = { child, ready, gone, killing: false, providers: JSON.stringify({ plan: CPU_PLAN, textCacheDir: null }) };
    // Without a run nobody may be waiting; the failure then shows at the next one.
    ready.catch(() => {});
    running = entry;
    return entry;
  };

  const engine = async (): Promise<Running> => {
    const current = running;
    if (current?.killing === true) {
      // A process that is being killed is not given new work.
      await current.gone;
      return engine();
    }
    const started = current ?? start();
    await started.ready;
    return started;
  };

  const begin = async (run: ActiveRun) => {
    try {
      const plan = await providers();
      const current = await engine();
      if (active !== run) return;
      if (run.stopReason !== null) {
        finish(run, stoppedError(run.stopReason));
        return;
      }
      watch(run, true);
      const wanted = JSON.stringify({ plan, textCacheDir });
      if (wanted !== current.providers) {
        current.providers = wanted;
        current.child.send({ type: 'useProviders', plan, textCacheDir });
      }
      current.child.send(run.command);
    } catch (error) {
      finish(run, run.stopReason === null ? StudioError.from(error, 'ENGINE_CRASHED') : stoppedError(run.stopReason));
    }
  };

  const startNext = () => {
    if (active !== null) return;
    if (idleTimer !== null) clearTimeout(idleTimer);
    idleTimer = null;
    const next = waiting.shift();
    if (next === undefined) {
      idleTimer = setTimeout(kill, idleTimeoutMs);
      idleTimer.unref();
      return;
    }
    active = next;
    void begin(next);
  };

  const enqueue = (command: RunCommand, listeners: EngineRunListeners): Promise<EngineEnd> =>
    new Promise((resolve, reject) => {
      if (closed) {
        reject(new StudioError('CANCELLED', 'The studio is closing.'));
        return;
      }
      waiting.push({ command, listeners, resolve, reject, stepTimes: [], stopReason: null, watchdog: null, stopTimer: null, killedFor: null });
      startNext();
    });

  return {
    describe: async () => (await engine()).ready,
    run: async (command, listeners = {}) => {
      const done = await enqueue({ type: 'runStage', ...command }, listeners);
      assert(done.type === 'done', 'a stage ends with its frames');
      return done;
    },
    runInFolder: async (command, listeners = {}) => {
      const kept = await enqueue({ type: 'runStage', ...command }, listeners);
      assert(kept.type === 'kept', 'a run in a folder ends with its file');
      return kept;
    },
    measure: async (command) => {
      const done = await enqueue({ type: 'measureAttention', ...command }, {});
      assert(done.type === 'measured', 'a measurement ends with its numbers');
      return done;
    },
    upscale: async (command, listeners = {}) => {
      const done = await enqueue({ type: 'upscale', ...command }, listeners);
      assert(done.type === 'upscaled', 'a window ends with its frames');
      return done;
    },
    restyle: async (command, listeners = {}) => {
      const done = await enqueue({ type: 'restyle', ...command }, listeners);
      assert(done.type === 'restyled', 'a push ends with the frames that are finished');
      return done;
    },
    learn: async (command, listeners = {}) => {
      const done = await enqueue({ type: 'learnMotion', ...command }, listeners);
      assert(done.type === 'learned', 'a learning ends with its motion');
      return done;
    },
    trace: async (command, listeners = {}) => {
      const done = await enqueue({ type: 'traceMotion', ...command }, listeners);
      assert(done.type === 'learned', 'a tracing ends with a motion');
      return done;
    },
    stop: (runId, reason) => {
      const queued = waiting.findIndex((run) => run.command.runId === runId);
      if (queued >= 0) {
        waiting.splice(queued, 1)[0]?.reject(stoppedError(reason));
        return;
      }
      const run = active;
      if (run === null || run.command.runId !== runId || run.stopReason === 'cancelled') return;
      run.stopReason = reason;
      running?.child.send({ type: 'stop', runId, reason });
      if (run.stopTimer !== null) clearTimeout(run.stopTimer);
      const patienceMs = reason === 'paused' ? Math.max(stopTimeoutMs, PAUSE_PATIENCE_STEPS * (medianOf(run.stepTimes) ?? 0)) : stopTimeoutMs;
      run.stopTimer = setTimeout(kill, patienceMs);
    },
    unload: () => {
      if (active === null) running?.child.send({ type: 'unload' });
    },
    peakRssBytes: () => peakRssBytes,
    pid: () => running?.child.pid ?? null,
    close: async () => {
      closed = true;
      for (const run of waiting.splice(0)) run.reject(stoppedError('cancelled'));
      if (active !== null) active.stopReason ??= 'cancelled';
      if (idleTimer !== null) clearTimeout(idleTimer);
      const last = running;
      kill();
      await last?.gone;
      if (idleTimer !== null) clearTimeout(idleTimer);
    },
  };
}

const TASKS = { learnMotion: 'learning', traceMotion: 'tracing', measureAttention: 'measuring', upscale: 'enlarging', restyle: 'restyling' } as const;
const taskOf = (command: RunCommand): string => (command.type === 'runStage' ? command.stage : TASKS[command.type]);

function stoppedError(reason: 'cancelled' | 'paused'): StudioError {
  return reason === 'cancelled' ? new StudioError('CANCELLED', 'Cancelled.') : new StudioError('PAUSED', 'Paused.');
}

function crashError(exit: EngineExit, stage: string | null, systemKilledForMemory: boolean): StudioError {
  const where = stage === null ? '' : ` during ${stage}`;
  if (exit.startError !== undefined) {
    return new StudioError('ENGINE_CRASHED', `The engine could not be started (${exit.startError.message}). Reinstall Motif Studio.`, { details: { exitCode: exit.code, signal: exit.signal }, cause: exit.startError });
  }
  const killed = exit.signal === 'SIGKILL' || exit.code === 137;
  // 134 and SIGABRT are how allocators give up. A SIGKILL alone proves nothing: the system says whether it was for memory.
  const outOfMemory = (killed && systemKilledForMemory) || exit.signal === 'SIGABRT' || exit.code === 134;
  const details = { exitCode: exit.code, signal: exit.signal, outOfMemory };
  const why = outOfMemory || killed ? 'most likely because memory ran out. Close other programs and try again' : `unexpectedly (${exit.signal ?? `code ${exit.code}`}). Try again`;
  return new StudioError('ENGINE_CRASHED', `The engine ended${where}, ${why}; what was finished is kept.`, { details, retryable: true });
}
