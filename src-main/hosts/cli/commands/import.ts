import { resolve } from 'node:path';
import { StudioError } from '../../../../src-shared/errors/studio-error.ts';
import { assetSummary, finishJob, withStudio } from '../cli-studio.ts';
import { requirePositionals, type Command } from '../command.ts';

export const importCommand: Command = {
  name: 'import',
  summary: 'Copies videos, pictures and sound files into a project.',
  arguments: 'FILE MEDIA...',
  options: [],
  async run(input, context) {
    const [file = '', ...media] = requirePositionals(importCommand, input, ['FILE', 'MEDIA'], true);
    return withStudio({ lanes: ['media'] }, async ({ client }) => {
      const { id: projectId } = await client.projects.open({ path: resolve(file) });
      const assets: object[] = [];
      const failures: StudioError[] = [];
      for (const path of media) {
        try {
          const { jobId } = await client.assets.importFile({ projectId, path: resolve(path) });
          const { resultAssetId } = await finishJob(client, projectId, jobId, context);
          const asset = await client.assets.get({ projectId, assetId: resultAssetId ?? '' });
          context.terminal.line(`Imported ${asset.name} as ${asset.id}`);
          assets.push(assetSummary(asset));
        } catch (error) {
          // The others are still imported; the failures are told at the end.
          if (!StudioError.is(error) || error.code === 'CANCELLED' || media.length === 1) throw error;
          context.terminal.note(error.message);
          failures.push(error);
        }
      }
      const [first] = failures;
      if (first !== undefined) throw new StudioError(first.code, `${failures.length} of ${media.length} files could not be imported. The first: ${first.message}`, { details: first.details });
      return { projectId, assets };
    });
  },
};
