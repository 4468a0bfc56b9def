import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { UPSCALE_STEPS } from '../../../../src-shared/contract/footage.ts';
import { assetSummary, finishJob, withStudio } from '../cli-studio.ts';
import { outputClipPath } from '../clip-path.ts';
import { invalid, requirePositionals, type Command } from '../command.ts';

export const upscaleCommand: Command = {
  name: 'upscale',
  summary: 'Enlarges a clip with the model; sound and frame rate stay.',
  arguments: 'CLIP --out CLIP.mp4',
  options: [
    { name: 'factor', value: 'N', help: '2 or 4 times each side; 2 when left out' },
    { name: 'detail', value: 'N', help: `0 is faithful; up to ${UPSCALE_STEPS.length - 1} adds steps that draw details; 0 when left out` },
    { name: 'pack', value: 'ID', help: 'the model pack; motif-mini when left out' },
    { name: 'out', value: 'CLIP', help: 'write the clip to this MP4 file' },
  ],
  async run(input, context) {
    const [clip = ''] = requirePositionals(upscaleCommand, input, ['CLIP']);
    const factor = input.choice('factor', ['2', '4']) === '4' ? 4 : 2;
    const detail = input.integer('detail', 0, UPSCALE_STEPS.length - 1) ?? 0;
    const given = input.text('out');
    if (given === undefined) throw invalid('--out is missing: name the file for the enlarged clip.');
    const out = outputClipPath(given);
    const temporary = mkdtempSync(join(tmpdir(), 'motif-upscale-'));
    try {
      return await withStudio({}, async ({ client, studio }) => {
        const { id: projectId, path } = await client.projects.create({ name: 'One clip', path: join(temporary, 'clip.motif') });
        // Not one of the creator's projects: forgotten at once, in case this is killed, and at the end for its poster.
        await client.projects.forget({ path });
        try {
          const imported = await finishJob(client, projectId, (await client.assets.importFile({ projectId, path: resolve(clip) })).jobId, context);
          const beganAt = performance.now();
          const { jobId } = await client.footage.upscale({ projectId, assetId: imported.resultAssetId ?? '', factor, detail, packId: input.text('pack') });
          const job = await finishJob(client, projectId, jobId, context);
          const wallMs = Math.round(performance.now() - beganAt);
          const asset = await client.assets.get({ projectId, assetId: job.resultAssetId ?? '' });
          await finishJob(client, projectId, (await client.export.start({ projectId, assetId: asset.id, path: out, embedRecipe: 'none' })).jobId, context);
          context.terminal.line(`${out}: ${asset.frames} frames, ${asset.width}x${asset.height}`);
          return { ...assetSummary(asset), out, factor, detail, hasAudio: asset.hasAudio, wallMs, parts: job.parts, peakMemoryBytes: studio.peakMemoryBytes() };
        } finally {
          await client.projects.forget({ path });
        }
      });
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  },
};
