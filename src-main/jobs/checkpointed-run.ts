import { CheckpointKeeper, type OfferedCheckpoint } from './checkpoint-keeper.ts';
import { removeOlderSteps } from '../engine/pipelines/keyframes-on-disk.ts';
import type { EngineClient, EngineCheckpoint, EngineDone, EngineKept, EngineProgress, EngineRunListeners, RunStageCommand } from './engine-client.ts';
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
 * `onStored` is told when a checkpoint is stored for good.
 */
export async function withCheckpoints<Done, Result>(
  engine: Pick<EngineClient, 'stop'>, context: JobContext, { key, runId, onStored = () => {} }: { readonly key: string; readonly runId: string; readonly onStored?: (checkpoint: OfferedCheckpoint) => void },
  begin: (run: KeptRun) => Promise<Done>, finish: (done: Done, wasResumed: boolean) => Result,
): Promise<Result> {
  const { store, job } = context;
  const stored = store.checkpoints.find(job.id, key);
  const keeper = new CheckpointKeeper((checkpoint) => {
    context.commit(() => store.checkpoints.save(job.id, { stageKey: key, ...checkpoint }), true);
    onStored(checkpoint);
  });
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
export interface CheckpointedRun<Done> {
  readonly done: Done;
  /** Time of its units in milliseconds, or null when it went on from a checkpoint: then it says nothing about the whole. */
  readonly unitsMs: number | null;
}

type StageCommand = Omit<RunStageCommand, 'type' | 'checkpoint'>;

function runKept<Done>(
  engine: EngineClient, run: (command: Omit<RunStageCommand, 'type'>, listeners: EngineRunListeners) => Promise<Done>,
  context: JobContext, kept: Parameters<typeof withCheckpoints>[2], command: StageCommand, onProgress: (event: EngineProgress) => void,
): Promise<CheckpointedRun<Done>> {
  let unitsMs = 0;
  const begin = ({ checkpoint, onCheckpoint }: KeptRun) =>
    run({ ...command, checkpoint }, {
      onProgress: (event) => {
        unitsMs += event.stepMs ?? 0;
        onProgress(event);
      },
      onPreview: (event) => context.preview(event.frames),
      onCheckpoint,
    });
  return withCheckpoints(engine, context, kept, begin, (done, wasResumed) => ({ done, unitsMs: wasResumed ? null : unitsMs }));
}

/** Runs one engine stage for a job, kept under `key`. */
export const runCheckpointed = (engine: EngineClient, context: JobContext, key: string, command: StageCommand, onProgress: (event: EngineProgress) => void): Promise<CheckpointedRun<EngineDone>> =>
  runKept(engine, engine.run, context, { key, runId: command.runId }, command, onProgress);

/** The same for key frames that lie in a folder: a stored checkpoint speaks of a file there, and takes the place of those before it. */
export const runCheckpointedInFolder = (
  engine: EngineClient, context: JobContext, key: string, folder: string, command: StageCommand & { readonly scene: NonNullable<RunStageCommand['scene']> }, onProgress: (event: EngineProgress) => void,
): Promise<CheckpointedRun<EngineKept>> =>
  runKept(engine, engine.runInFolder, context, { key, runId: command.runId, onStored: ({ bytes }) => removeOlderSteps(folder, bytes) }, { ...command, scene: { ...command.scene, folder } }, onProgress);
