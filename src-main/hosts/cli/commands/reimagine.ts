import { Preset } from '../../../../src-shared/recipe/recipe.ts';
import { assetSummary } from '../cli-studio.ts';
import { outputClipPath } from '../clip-path.ts';
import { invalid, requirePositionals, type Command } from '../command.ts';
import { workOnClip } from '../one-clip.ts';

const MAX_SEED = 0xffff_ffff;

export const reimagineCommand: Command = {
  name: 'reimagine',
  summary: 'Generates a new clip with the motion of a clip, under its sound.',
  arguments: 'CLIP --prompt TEXT --out CLIP.mp4',
  options: [
    { name: 'prompt', value: 'TEXT', help: 'what the new clip shows: "a red fish swims in the sea"' },
    { name: 'caption', value: 'TEXT', help: 'what moves in the clip and how, without scene or style; proposed from its name when left out' },
    { name: 'strength', value: 'N', help: 'how strongly the motion works, from 0 to 1.5; 1 when left out' },
    { name: 'noise', value: 'N', help: 'share of the clip in the first noise, from 0 to 1; 0.5 when left out' },
    { name: 'steps', value: 'N', help: 'most steps of learning' },
    { name: 'seed', value: 'N', help: 'another number, another clip; 0 when left out' },
    { name: 'preset', value: 'NAME', help: `${Preset.options.join(', ')}; standard when left out` },
    { name: 'pack', value: 'ID', help: 'the model pack; motif-mini when left out' },
    { name: 'out', value: 'CLIP', help: 'write the clip to this MP4 file' },
  ],
  async run(input, context) {
    const [clip = ''] = requirePositionals(reimagineCommand, input, ['CLIP']);
    const prompt = input.text('prompt');
    if (prompt === undefined || prompt.trim() === '') throw invalid('--prompt is missing: say what the new clip shows.');
    const given = input.text('out');
    if (given === undefined) throw invalid('--out is missing: name the file for the new clip.');
    const out = outputClipPath(given);
    const wish = {
      prompt, caption: input.text('caption'), strength: input.number('strength', 0, 1.5), noiseMix: input.number('noise', 0, 1), seed: input.integer('seed', 0, MAX_SEED), preset: input.choice('preset', Preset.options),
      packId: input.text('pack'), learning: { steps: input.integer('steps', 1, 2000) },
    };
    const { asset, job, wallMs, peakMemoryBytes } = await workOnClip(clip, out, context, ({ client, projectId, asset: { id } }) => client.stylization.reimagine({ ...wish, projectId, assetId: id }));
    return { ...assetSummary(asset), out, prompt, seed: wish.seed ?? 0, hasAudio: asset.hasAudio, wallMs, parts: job.parts, peakMemoryBytes };
  },
};
