import { UPSCALE_STEPS } from '../../../../src-shared/contract/footage.ts';
import { assetSummary } from '../cli-studio.ts';
import { outputClipPath } from '../clip-path.ts';
import { invalid, requirePositionals, type Command } from '../command.ts';
import { workOnClip } from '../one-clip.ts';

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
    const { asset, job, wallMs, peakMemoryBytes } = await workOnClip(clip, out, context, ({ client, projectId, asset: { id } }) => client.footage.upscale({ projectId, assetId: id, factor, detail, packId: input.text('pack') }));
    return { ...assetSummary(asset), out, factor, detail, hasAudio: asset.hasAudio, wallMs, parts: job.parts, peakMemoryBytes };
  },
};
