import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Job } from '../../../../src-shared/contract/jobs.ts';
import { Preset } from '../../../../src-shared/recipe/recipe.ts';
import { STAGE_NAMES, type StageName } from '../../../../src-shared/recipe/stage-name.ts';
import { wishFrom } from '../../../app/studio.ts';
import { finishJob, withStudio, type CliStudio } from '../cli-studio.ts';
import { outputClipPath } from '../clip-path.ts';
import { chooseMotion, parseWantedMotion, type WantedMotion } from '../motion-choice.ts';
import { invalid, requirePositionals, type Command, type CommandContext, type CommandInput } from '../command.ts';

export const generateCommand: Command = {
  name: 'generate',
  summary: 'Makes a clip from a prompt.',
  arguments: '--prompt TEXT [--project FILE] [--out CLIP.mp4]',
  options: [
    { name: 'prompt', value: 'TEXT', help: 'what happens' },
    { name: 'negative', value: 'TEXT', help: 'what must not be seen' },
    { name: 'seed', value: 'N', help: 'same seed, same clip; without it, a random one' },
    { name: 'preset', value: 'NAME', help: 'draft, standard or final; standard when left out' },
    { name: 'pack', value: 'ID', help: 'the model pack; motif-mini when left out' },
    { name: 'motion', value: 'ID[:STRENGTH]', repeatable: true, help: 'a learned motion by id, name or file, 0 to 1.5; several are mixed' },
    { name: 'provider', value: 'NAME', help: 'what the models run on this time: auto, cuda, directml, coreml, webgpu or cpu' },
    { name: 'project', value: 'FILE', help: 'keep the clip and its stages in this project' },
    { name: 'out', value: 'CLIP', help: 'write the clip to this MP4 file' },
  ],
  async run(input, context) {
    requirePositionals(generateCommand, input, []);
    const prompt = input.text('prompt')?.trim() ?? '';
    if (prompt === '') throw invalid('--prompt is missing: say what happens, as in --prompt "a red fish swims right in the sea".');
    const seed = input.integer('seed', 0, 0xffff_ffff) ?? randomInt(2 ** 32);
    const preset = input.choice('preset', Preset.options) ?? 'standard';
    const project = input.text('project');
    const outGiven = input.text('out');
    if (project === undefined && outGiven === undefined) throw invalid('--out or --project is missing: without either, the clip would be thrown away.');
    const motions = input.texts('motion').map(parseWantedMotion);
    const wanted = wishFrom(input.text('provider'));
    const out = outGiven === undefined ? null : outputClipPath(outGiven);
    const temporary = project === undefined ? mkdtempSync(join(tmpdir(), 'motif-generate-')) : null;
    try {
      return await withStudio(wanted === undefined ? {} : { executionProvider: wanted }, async (studio) => {
        const wish = { prompt, seed, preset, out, motions, input };
        if (temporary === null) return generate(studio, (await studio.client.projects.open({ path: resolve(project ?? '') })).id, wish, context);
        const { id, path } = await studio.client.projects.create({ name: 'One clip', path: join(temporary, 'clip.motif') });
        // Not one of the creator's projects: forgotten at once, in case this is killed, and at the end for its poster.
        await studio.client.projects.forget({ path });
        try {
          return await generate(studio, id, wish, context);
        } finally {
          await studio.client.projects.forget({ path });
        }
      });
    } finally {
      if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
    }
  },
};

interface Wish {
  readonly prompt: string;
  readonly seed: number;
  readonly preset: Preset;
  readonly out: string | null;
  readonly motions: readonly WantedMotion[];
  readonly input: CommandInput;
}

async function generate(
  { client, studio }: CliStudio,
  projectId: string,
  wish: Wish,
  context: CommandContext,
): Promise<object> {
  const { prompt, seed, preset, out, input } = wish;
  const motions = [];
  for (const wanted of wish.motions) motions.push(await chooseMotion(client, projectId, wanted));
  const { jobId, recipeHash } = await client.generation.start({
    projectId, prompt, seed, preset, motions, negativePrompt: input.text('negative') ?? '', packId: input.text('pack') ?? 'motif-mini', front: true,
  });
  const job = await finishJob(client, projectId, jobId, context);
  const asset = await client.assets.get({ projectId, assetId: job.resultAssetId ?? '' });
  if (out !== null) {
    const { jobId: exportId } = await client.export.start({ projectId, assetId: asset.id, path: out });
    await finishJob(client, projectId, exportId, context);
  }
  const execution = await client.system.execution({});
  for (const { provider, model, cause } of execution.fallbacks) context.terminal.note(`${model} ran on the processor, because ${provider} could not load it: ${cause}`);
  context.terminal.line(`${out ?? asset.name}: ${asset.frames} frames, ${asset.width}x${asset.height}, seed ${seed}, asset ${asset.id}`);
  return {
    recipeHash, execution, stages: stageTimes(job), encodeMs: job.parts.find(({ name }) => name === 'encode')?.wallMs ?? null, peakMemoryBytes: studio.peakMemoryBytes(),
    out, frames: asset.frames, width: asset.width, height: asset.height, frameRate: asset.frameRate, seed, assetId: asset.id, sha256: asset.sha256,
  };
}

const isStage = (name: string): name is StageName => STAGE_NAMES.some((stage) => stage === name);

/** Wall time and steps of each stage that ran or was found. */
function stageTimes(job: Job): object[] {
  return job.parts.filter(({ name }) => isStage(name)).map(({ name, wallMs, total, state }) => ({ stage: name, wallMs, steps: total, cached: state === 'cached' }));
}
