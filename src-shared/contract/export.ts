import { z } from 'zod';
import { method } from '../rpc/contract-types.ts';
import { AssetId } from './assets.ts';
import { JobId } from './jobs.ts';
import { ProjectId } from './projects.ts';

export const exportContract = {
  /** Writes a clip to a file on the host's disk (temporary name, then rename), with its recipe inside unless told otherwise. */
  start: method(
    z.object({
      projectId: ProjectId,
      assetId: AssetId,
      path: z.string().min(1),
      embedRecipe: z.enum(['all', 'withoutPrompts', 'none']).default('all'),
    }),
    z.object({ jobId: JobId }),
  ),
  /** For pages without file dialogs: an address that downloads the clip as MP4. */
  downloadUrl: method(z.object({ projectId: ProjectId, assetId: AssetId }), z.object({ url: z.string(), fileName: z.string() })),
};
