import { basename, resolve } from 'node:path';
import { withStudio } from '../cli-studio.ts';
import { requirePositionals, type Command } from '../command.ts';

export const newCommand: Command = {
  name: 'new',
  summary: 'Makes an empty project.',
  arguments: 'FILE',
  options: [{ name: 'name', value: 'TEXT', help: "the project's name; without it, the file's" }],
  async run(input, { terminal }) {
    const [file = ''] = requirePositionals(newCommand, input, ['FILE']);
    const path = resolve(file);
    return withStudio({ lanes: [] }, async ({ client }) => {
      const project = await client.projects.create({ name: input.text('name') ?? basename(path).replace(/\.motif$/i, ''), path });
      terminal.line(`Made ${project.path}`);
      return { projectId: project.id, name: project.name, path: project.path };
    });
  },
};
