import { resolve } from 'node:path';
import { Preset } from '../../../../src-shared/recipe/recipe.ts';
import { finishJob, withStudio } from '../cli-studio.ts';
import { outputClipPath } from '../clip-path.ts';
import { invalid, requirePositionals, type Command } from '../command.ts';

export const renderCommand: Command = {
  name: 'render',
  summary: "Renders a project's timeline as one scene; only what changed is made again.",
  arguments: '--project FILE [--out CLIP.mp4]',
  options: [
    { name: 'project', value: 'FILE', help: 'the project' },
    { name: 'preset', value: 'NAME', help: 'draft, standard or final; standard when left out' },
    { name: 'pack', value: 'ID', help: 'the model pack; motif-mini when left out' },
    { name: 'seed', value: 'N', help: 'seed of the whole scene; 0 when left out' },
    { name: 'out', value: 'CLIP', help: 'write the scene to this MP4 file' },
    { name: 'plan', help: 'tell what would run and how long it would take, and run nothing' },
  ],
  async run(input, context) {
    requirePositionals(renderCommand, input, []);
    const project = input.text('project');
    if (project === undefined) throw invalid('--project is missing: name the project whose timeline is to be rendered.');
    const outGiven = input.text('out');
    const out = outGiven === undefined ? null : outputClipPath(outGiven);
    const preset = input.choice('preset', Preset.options) ?? 'standard';
    const seed = input.integer('seed', 0, 0xffff_ffff) ?? 0;
    return withStudio({}, async ({ client, studio }) => {
      const { id: projectId } = await client.projects.open({ path: resolve(project) });
      const request = { projectId, preset, seed, packId: input.text('pack') ?? 'motif-mini' };
      const plan = await client.scenes.plan(request);
      if (input.on('plan')) {
        for (const { stage, nodes, stale } of plan.stages) context.terminal.line(`${stage}: ${stale} of ${nodes} parts to make`);
        return plan;
      }
      const { jobId, recipeHash } = await client.scenes.render({ ...request, front: true });
      const job = await finishJob(client, projectId, jobId, context);
      const asset = await client.assets.get({ projectId, assetId: job.resultAssetId ?? '' });
      if (out !== null) {
        const { jobId: exportId } = await client.export.start({ projectId, assetId: asset.id, path: out });
        await finishJob(client, projectId, exportId, context);
      }
      const { entries } = await client.scenes.log({ projectId, jobId });
      const made = entries.filter(({ state }) => state === 'done').length;
      context.terminal.line(`${out ?? asset.name}: ${asset.frames} frames, ${asset.width}x${asset.height}, ${made} parts made, ${entries.length - made} kept, asset ${asset.id}`);
      return {
        recipeHash, jobId, out, assetId: asset.id, sha256: asset.sha256, frames: asset.frames, width: asset.width, height: asset.height, frameRate: asset.frameRate,
        parts: job.parts.map(({ name, state, wallMs }) => ({ name, state, wallMs })), nodes: entries, peakMemoryBytes: studio.peakMemoryBytes(),
      };
    });
  },
};
