import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { StudioError } from '../../../../src-shared/errors/studio-error.ts';
import { finishJob, withStudio } from '../cli-studio.ts';
import { requirePositionals, type Command } from '../command.ts';

const WORDS = { identical: 'identical to what its recipe makes', perceptuallyEqual: 'not the same bytes, but the same picture as its recipe makes', different: 'not what its recipe makes' } as const;

/** Makes the clip of a file again from the recipe inside it, in a project that lives as long as the command, and compares every frame. */
export const verifyCommand: Command = {
  name: 'verify',
  summary: 'Makes an exported clip again from its recipe and compares the two, frame by frame.',
  arguments: 'CLIP',
  options: [],
  async run(input, context) {
    const [clip = ''] = requirePositionals(verifyCommand, input, ['CLIP']);
    const temporary = mkdtempSync(join(tmpdir(), 'motif-verify-'));
    try {
      return await withStudio({}, async ({ client }) => {
        const { id: projectId, path } = await client.projects.create({ name: 'Verify', path: join(temporary, 'verify.motif') });
        await client.projects.forget({ path });
        const imported = await finishJob(client, projectId, (await client.assets.importFile({ projectId, path: resolve(clip) })).jobId, context);
        const assetId = imported.resultAssetId ?? '';
        await finishJob(client, projectId, (await client.recipes.verify({ projectId, assetId })).jobId, context);
        const { verdict } = await client.recipes.verdict({ projectId, assetId });
        await client.projects.forget({ path });
        if (verdict === null) throw new StudioError('INTERNAL', `${clip} was compared, and nothing was noted. Try it again.`);
        context.terminal.line(`${basename(clip)} is ${WORDS[verdict.outcome]}.`);
        for (const { reason, there, here } of verdict.reasons) context.terminal.line(`  ${reason}${there === '' ? '' : `: ${there} in the file, ${here} here`}`);
        return verdict;
      });
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  },
};
