import { resolve } from 'node:path';
import { StudioError } from '../../../../src-shared/errors/studio-error.ts';
import { requirePositionals, type Command } from '../command.ts';

export const checkCommand: Command = {
  name: 'check',
  summary: 'Reads every byte of a project and says whether all is well.',
  arguments: 'FILE',
  options: [],
  async run(input, { terminal }) {
    const [file = ''] = requirePositionals(checkCommand, input, ['FILE']);
    const { checkProject } = await import('../../../app/check-project.ts');
    const report = checkProject(resolve(file));
    for (const problem of report.problems) terminal.note(problem);
    const [first] = report.problems;
    if (first !== undefined) {
      throw new StudioError('DB_CORRUPT', `${file} has ${report.problems.length === 1 ? 'a problem' : `${report.problems.length} problems`}: ${first}. Restore it from a backup copy.`, { details: { path: report.path, problems: report.problems } });
    }
    terminal.line(`${file} is sound: assets ${report.assets}, takes ${report.takes}, jobs ${report.jobs}.`);
    return { ok: true, ...report };
  },
};
