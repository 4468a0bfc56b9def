import { studioContract, type StudioClient } from '../../../src-shared/contract/studio-contract.ts';
import type { Asset } from '../../../src-shared/contract/assets.ts';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { connect } from '../../../src-shared/rpc/connect.ts';
import { createInMemoryTransports } from '../../../src-shared/rpc/in-memory-transport.ts';
import { serve } from '../../../src-shared/rpc/serve.ts';
import { createHeadlessPlatform, defaultStudioConfig, type Studio, type StudioConfig } from '../../app/studio.ts';
import type { CommandContext } from './command.ts';

/** The studio inside this process, called through the same contract as from a window. */
export interface CliStudio {
  readonly client: StudioClient;
  readonly studio: Studio;
}

/** Opens a studio for the time of `work`; afterwards its jobs are behind a checkpoint and its files closed. */
export async function withStudio<T>(config: Partial<StudioConfig>, work: (studio: CliStudio) => Promise<T>): Promise<T> {
  // Loaded when needed: a typing error should be told without opening the whole house.
  const { createStudio } = await import('../../app/create-studio.ts');
  const studio = await createStudio({ ...defaultStudioConfig(), ...config }, createHeadlessPlatform('cli', ''));
  const [clientSide, serverSide] = createInMemoryTransports();
  serve(studioContract, studio.handlers, serverSide);
  try {
    return await work({ client: connect(studioContract, clientSide), studio });
  } finally {
    clientSide.close();
    await studio.close();
  }
}

/** Follows a job to its end. Throws what made it fail, or CANCELLED when `signal` aborts first. */
export async function finishJob(client: StudioClient, projectId: string, jobId: string, { terminal, signal }: CommandContext): Promise<Job> {
  const stopped = () => new StudioError('CANCELLED', 'Stopped. A job in a project file goes on when that project is opened again.');
  if (signal.aborted) throw stopped();
  // The watch begins before the first look, so that an end in between is not missed.
  const events = client.jobs.watch({ projectId }, { signal })[Symbol.asyncIterator]();
  try {
    let job = await client.jobs.get({ projectId, jobId });
    for (;;) {
      terminal.progress(job);
      if (job.state === 'completed') return job;
      // A full disk pauses a job instead of failing it; nobody is here to free space and resume.
      if (job.state === 'paused') throw new StudioError(job.error?.code ?? 'PAUSED', job.error?.message ?? `"${job.title}" is paused. Resume it in the window, or with: motif jobs FILE --run`);
      if (job.state === 'cancelled') throw new StudioError('CANCELLED', `"${job.title}" was cancelled.`);
      if (job.state === 'discarded') throw new StudioError(job.error?.code ?? 'INTERNAL', job.error?.message ?? `"${job.title}" failed.`);
      job = await nextOf(events, jobId);
    }
  } catch (error) {
    throw signal.aborted ? stopped() : error;
  } finally {
    await events.return?.(undefined);
  }
}

async function nextOf(events: AsyncIterator<Job>, jobId: string): Promise<Job> {
  for (;;) {
    const next = await events.next();
    if (next.done === true) throw new StudioError('RPC_DISCONNECTED', 'The studio closed before the job was done.');
    if (next.value.id === jobId) return next.value;
  }
}

/** What commands print about an asset. */
export const assetSummary = (asset: Asset): object => ({
  assetId: asset.id, name: asset.name, kind: asset.kind, width: asset.width, height: asset.height, frames: asset.frames, frameRate: asset.frameRate,
  durationMs: asset.durationMs, sizeBytes: asset.sizeBytes, sha256: asset.sha256,
});
