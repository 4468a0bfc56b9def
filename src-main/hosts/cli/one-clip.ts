import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Asset } from '../../../src-shared/contract/assets.ts';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { finishJob, withStudio, type CliStudio } from './cli-studio.ts';
import { pathForType } from './clip-path.ts';
import type { CommandContext } from './command.ts';

/** A clip that was imported into a project of its own. */
export interface OneClip extends CliStudio {
  readonly projectId: string;
  readonly asset: Asset;
}

/** What working on it gave. */
export interface WorkedClip {
  readonly asset: Asset;
  /** Where it was written. */
  readonly path: string;
  readonly job: Job;
  readonly wallMs: number;
  readonly peakMemoryBytes: number;
}

/**
 * Imports a file into a project that lives as long as the command, lets `start` queue work on it, follows that to its end and writes the
 * clip to `out`, with the extension that fits it.
 */
export async function workOnClip(clip: string, out: string, context: CommandContext, start: (one: OneClip) => Promise<{ readonly jobId: string }>): Promise<WorkedClip> {
  const temporary = mkdtempSync(join(tmpdir(), 'motif-clip-'));
  try {
    return await withStudio({}, async ({ client, studio }) => {
      const { id: projectId, path } = await client.projects.create({ name: 'One clip', path: join(temporary, 'clip.motif') });
      // Not one of the creator's projects: forgotten at once, in case this is killed, and at the end for its poster.
      await client.projects.forget({ path });
      try {
        const imported = await finishJob(client, projectId, (await client.assets.importFile({ projectId, path: resolve(clip) })).jobId, context);
        const beganAt = performance.now();
        const { jobId } = await start({ client, studio, projectId, asset: await client.assets.get({ projectId, assetId: imported.resultAssetId ?? '' }) });
        const job = await finishJob(client, projectId, jobId, context);
        const wallMs = Math.round(performance.now() - beganAt);
        const asset = await client.assets.get({ projectId, assetId: job.resultAssetId ?? '' });
        const written = pathForType(out, asset.mimeType);
        if (written !== out) context.terminal.note(asset.mimeType === 'video/webm' ? 'The clip is transparent, which MP4 cannot hold: it is written as WebM.' : 'Nothing in the clip is transparent: it is written as MP4.');
        await finishJob(client, projectId, (await client.export.start({ projectId, assetId: asset.id, path: written, embedRecipe: 'none' })).jobId, context);
        context.terminal.line(`${written}: ${asset.frames} frames, ${asset.width}x${asset.height}`);
        return { asset, path: written, job, wallMs, peakMemoryBytes: studio.peakMemoryBytes() };
      } finally {
        await client.projects.forget({ path });
      }
    });
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
