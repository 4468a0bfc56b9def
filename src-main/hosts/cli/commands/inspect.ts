import { resolve } from 'node:path';
import { StudioError } from '../../../../src-shared/errors/studio-error.ts';
import { requirePositionals, type Command } from '../command.ts';

export const inspectCommand: Command = {
  name: 'inspect',
  summary: 'Prints the recipe that an exported clip holds.',
  arguments: 'CLIP',
  options: [],
  async run(input, { terminal }) {
    const [clip = ''] = requirePositionals(inspectCommand, input, ['CLIP']);
    const { inspectClip } = await import('../../../app/inspect-clip.ts');
    const found = await inspectClip(resolve(clip));
    if (found.recipe === null) throw new StudioError('NOT_FOUND', `${clip} holds no recipe: it was made by another program, or exported without one.`, { details: { path: clip } });
    terminal.line(JSON.stringify(found.recipe, null, 2));
    return found;
  },
};
