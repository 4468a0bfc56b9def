import { resolve } from 'node:path';
import { AssetId } from '../../../../src-shared/contract/assets.ts';
import { finishJob, withStudio } from '../cli-studio.ts';
import { outputClipPath } from '../clip-path.ts';
import { invalid, requirePositionals, type Command } from '../command.ts';

const EMBED = { all: 'all', 'without-prompts': 'withoutPrompts', none: 'none' } as const;

export const exportCommand: Command = {
  name: 'export',
  summary: 'Writes a clip of a project to an MP4 file.',
  arguments: 'FILE --asset ID --out CLIP.mp4',
  options: [
    { name: 'asset', value: 'ID', help: 'the clip, as `import` and `generate` name it' },
    { name: 'out', value: 'CLIP', help: 'the MP4 file to write' },
    { name: 'recipe', value: 'WHAT', help: 'embed the recipe: all, without-prompts or none; all when left out' },
  ],
  async run(input, context) {
    const [file = ''] = requirePositionals(exportCommand, input, ['FILE']);
    const assetId = AssetId.safeParse(input.text('asset'));
    if (!assetId.success) throw invalid(input.text('asset') === undefined ? '--asset is missing: name the clip to export.' : `--asset is "${input.text('asset')}", which is no asset id: they look like asset:1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed.`);
    const outGiven = input.text('out');
    if (outGiven === undefined) throw invalid('--out is missing: name the MP4 file to write.');
    const embed = input.choice('recipe', ['all', 'without-prompts', 'none']) ?? 'all';
    const path = outputClipPath(outGiven);
    return withStudio({ lanes: ['media'] }, async ({ client }) => {
      const { id: projectId } = await client.projects.open({ path: resolve(file) });
      const { jobId } = await client.export.start({ projectId, assetId: assetId.data, path, embedRecipe: EMBED[embed] });
      await finishJob(client, projectId, jobId, context);
      context.terminal.line(`Wrote ${path}`);
      return { projectId, assetId: assetId.data, out: path };
    });
  },
};
