import { CheckpointKeeper } from './checkpoint-keeper.ts';
import type { EngineClient, EngineCheckpoint, EngineDone, EngineProgress, RunStageCommand } from './engine-client.ts';
import { untilStopped } from './engine-stop.ts';
import type { JobContext } from './job-handler.ts';

/** A run's stored checkpoint, and where new ones go. */
export interface KeptRun {
  /** Null when the run begins at the beginning. */
  readonly checkpoint: Uint8Array | null;
  readonly onCheckpoint: (event: Pick<EngineCheckpoint, 'step' | 'bytes'>) => void;
}

/**
 * Starts an engine run from the job's checkpoint under `key`, where there is one, and stores new ones there. Cancel and pause of
 * the job stop the run behind its current step. `finish` stores what the run made; should that fail, the newest checkpoint is kept.
 */
export async function withCheckpoints<Done, Result>(
  engine: Pick<EngineClient, 'stop'>, context: JobContext, { key, runId }: { readonly key: string; readonly runId: string },
  begin: (run: KeptRun) => Promise<Done>, finish: (done: Done, wasResumed: boolean) => Result,
): Promise<Result> {
  const { store, job } = context;
  const stored = store.checkpoints.find(job.id, key);
  const keeper = new CheckpointKeeper((checkpoint) => context.commit(() => store.checkpoints.save(job.id, { stageKey: key, ...checkpoint }), true));
  let storeFailure: unknown = null;
  const onCheckpoint: KeptRun['onCheckpoint'] = ({ step, bytes }) => {
    try {
      keeper.offer({ step, bytes });
    } catch (error) {
      // A run whose steps cannot be kept would lose work: it stops here, on the stored checkpoint.
      storeFailure ??= error;
      engine.stop(runId, 'cancelled');
    }
  };
  try {
    const done = await untilStopped(engine, context, runId, begin({ checkpoint: stored?.bytes ?? null, onCheckpoint }));
    if (storeFailure !== null) throw storeFailure;
    return finish(done, stored !== null);
  } catch (error) {
    if (storeFailure !== null) throw storeFailure;
    keeper.flush();
    throw error;
  }
}

/** How a run ended. */
export interface CheckpointedRun {
  readonly done: EngineDone;
  /** Time of its units in milliseconds, or null when it went on from a checkpoint: then it says nothing about the whole. */
  readonly unitsMs: number | null;
}

/** Runs one engine stage for a job, kept under `key`. */
export async function runCheckpointed(
  engine: EngineClient, context: JobContext, key: string, command: Omit<RunStageCommand, 'type' | 'checkpoint'>, onProgress: (event: EngineProgress) => void,
): Promise<CheckpointedRun> {
  let unitsMs = 0;
  const begin = ({ checkpoint, onCheckpoint }: KeptRun) =>
    engine.run({ ...command, checkpoint }, {
      onProgress: (event) => {
        unitsMs += event.stepMs ?? 0;
        onProgress(event);
      },
      onPreview: (event) => context.preview(event.frames),
      onCheckpoint,
    });
  return withCheckpoints(engine, context, { key, runId: command.runId }, begin, (done, wasResumed) => ({ done, unitsMs: wasResumed ? null : unitsMs }));
}
