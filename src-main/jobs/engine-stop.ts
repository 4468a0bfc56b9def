import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { EngineClient } from './engine-client.ts';
import type { JobContext } from './job-handler.ts';

/** Waits for an engine run and ends it behind its current step when the job is cancelled or paused. */
export async function untilStopped<Done>(engine: Pick<EngineClient, 'stop'>, { signal }: Pick<JobContext, 'signal'>, runId: string, running: Promise<Done>): Promise<Done> {
  const stop = () => engine.stop(runId, StudioError.is(signal.reason, 'PAUSED') ? 'paused' : 'cancelled');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await running;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
