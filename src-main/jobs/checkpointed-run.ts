import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { CheckpointKeeper } from './checkpoint-keeper.ts';
import type { EngineClient, EngineDone, EngineProgress, RunStageCommand } from './engine-client.ts';
import type { JobContext } from './job-handler.ts';

/** How a run ended. */
export interface CheckpointedRun {
  readonly done: EngineDone;
  /** Time of its units in milliseconds, or null when it went on from a checkpoint: then it says nothing about the whole. */
  readonly unitsMs: number | null;
}

/**
 * Runs one engine stage for a job, from its stored checkpoint where there is one, and stores new ones under `key`. Cancel and
 * pause of the job stop the run behind its current step.
 */
export async function runCheckpointed(
  engine: EngineClient, context: JobContext, key: string, command: Omit<RunStageCommand, 'type' | 'checkpoint'>, onProgress: (event: EngineProgress) => void,
): Promise<CheckpointedRun> {
  const { store, job, signal } = context;
  const { runId } = command;
  const stored = store.checkpoints.find(job.id, key);
  const keeper = new CheckpointKeeper((checkpoint) => context.commit(() => store.checkpoints.save(job.id, { stageKey: key, ...checkpoint }), true));
  let unitsMs = 0;
  let storeFailure: unknown = null;
  const stop = () => engine.stop(runId, StudioError.is(signal.reason, 'PAUSED') ? 'paused' : 'cancelled');
  try {
    const running = engine.run({ ...command, checkpoint: stored?.bytes ?? null }, {
      onProgress: (event) => {
        unitsMs += event.stepMs ?? 0;
        onProgress(event);
      },
      onPreview: (event) => context.preview(event.frames),
      onCheckpoint: ({ step, bytes }) => {
        try {
          keeper.offer({ step, bytes });
        } catch (error) {
          // A run whose steps cannot be kept would lose work: it stops here, on the stored checkpoint.
          storeFailure ??= error;
          engine.stop(runId, 'cancelled');
        }
      },
    });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const done = await running;
    if (storeFailure !== null) throw storeFailure;
    return { done, unitsMs: stored === null ? unitsMs : null };
  } catch (error) {
    if (storeFailure !== null) throw storeFailure;
    keeper.flush();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
