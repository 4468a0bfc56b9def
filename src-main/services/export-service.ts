import { assetFileName } from '../../src-shared/export/file-name.ts';
import { isAbsolute } from 'node:path';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { formatsWith } from '../../src-shared/export/formats.ts';
import type { SigningState } from '../../src-shared/export/signing.ts';
import { BUILT_IN_PRESETS } from '../../src-shared/export/settings.ts';
import type { Media } from '../media/media.ts';
import type { ExportPresets } from './export-presets.ts';
import type { OpenProjects } from './open-projects.ts';
import type { SigningSettings } from './signing-settings.ts';
import { estimateTimelineExport, startTimelineExport } from './timeline-exports.ts';

export interface ExportServiceOptions {
  readonly projects: OpenProjects;
  readonly mediaBase: string;
  readonly media: Pick<Media, 'capabilities' | 'signingTool'>;
  readonly signing: SigningSettings;
  readonly presets: ExportPresets;
  readonly fontsDir: string;
}

export function createExportService({ projects, mediaBase, media, signing, presets, fontsDir }: ExportServiceOptions): StudioHandlers['export'] {
  const signingState = async (): Promise<SigningState> => ({ tool: (await media.signingTool())?.version ?? null, ...(await signing.describe()) });
  return {
    start: async ({ projectId, assetId, path, embedRecipe }) => {
      const { store, queue } = projects.get(projectId);
      const asset = store.assets.get(assetId);
      if (!isAbsolute(path)) throw new StudioError('INVALID_INPUT', `${path} is not a whole path. Give it from the top of the disk.`, { details: { path } });
      if (asset.kind === 'motion') throw new StudioError('INVALID_INPUT', `${asset.name} is a motion. Export it from the motions.`, { details: { assetId } });
      if (asset.kind === 'stage') throw new StudioError('INVALID_INPUT', `${asset.name} is a stage's output, not a clip. Choose the clip it became.`, { details: { assetId } });
      return { jobId: queue.enqueue('export', { assetId, path, embedRecipe }).id };
    },
    startTimeline: async ({ projectId, ...request }) => ({ jobs: startTimelineExport(projects.get(projectId), request).map(({ job, path }) => ({ jobId: job.id, path })) }),
    estimate: async ({ projectId, ...request }) => estimateTimelineExport(projects.get(projectId), request, fontsDir),
    formats: async () => ({ formats: formatsWith((await media.capabilities()).encoders) }),
    presets: async () => ({ builtIn: [...BUILT_IN_PRESETS], own: presets.list() }),
    savePreset: async (preset) => ({ own: presets.save(preset) }),
    removePreset: async ({ name }) => ({ own: presets.remove(name) }),
    signing: signingState,
    setSigningKeys: async ({ keys }) => {
      await signing.set(keys);
      return signingState();
    },
    downloadUrl: async ({ projectId, assetId }) => {
      const asset = projects.get(projectId).store.assets.get(assetId);
      return { url: `${mediaBase}/download/${encodeURIComponent(projectId)}/${encodeURIComponent(assetId)}`, fileName: assetFileName(asset) };
    },
  };
}
