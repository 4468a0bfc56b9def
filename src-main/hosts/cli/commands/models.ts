import { resolve } from 'node:path';
import type { FolderReport, ModelPack } from '../../../../src-shared/contract/models.ts';
import type { StudioClient } from '../../../../src-shared/contract/studio-contract.ts';
import { StudioError } from '../../../../src-shared/errors/studio-error.ts';
import { withStudio } from '../cli-studio.ts';
import { invalid, nearest, requirePositionals, usageLine, type Command, type CommandInput } from '../command.ts';
import type { Terminal } from '../terminal.ts';

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1)} GB`;

function describePack(pack: ModelPack): string {
  const state = pack.problem ?? (pack.sha256 === '' ? 'to be read through once before its first clip' : 'ready');
  const missing = (pack.imported?.missing ?? []).map((line) => `\n    lacks ${line}`).join('');
  return `${pack.id}  ${pack.name}  ${gigabytes(pack.sizeBytes)}  ${pack.licence || 'licence unknown'}\n    ${state}${missing}`;
}

function describeReport(report: FolderReport, terminal: Terminal): void {
  for (const part of report.parts) {
    terminal.line(part.problem === null
      ? `${part.role}  ${gigabytes(part.sizeBytes)}  ${part.format}  ${part.tensors} tensors, ${part.parameters} parameters  ${part.path}`
      : `${part.role}  cannot be used: ${part.problem}`);
  }
  for (const pack of report.packs) for (const line of pack.missing) terminal.line(`${pack.id} lacks ${line}`);
}

async function importModels(client: StudioClient, folder: string, accept: boolean, terminal: Terminal): Promise<object> {
  const started = performance.now();
  const report = await client.models.inspectFolder({ folder });
  describeReport(report, terminal);
  const open = report.licences.filter(({ accepted }) => !accepted);
  if (open.length > 0 && !accept) {
    for (const { name, text, paths } of open) terminal.line(`\n== ${name} ==\n${paths.join('\n')}\n\n${text}`);
    throw new StudioError('LICENCE_NOT_ACCEPTED', `Nothing was imported. Read the ${open.length === 1 ? 'licence' : 'licences'} above, and run the same command with --accept if you agree.`, { details: { licences: open.map(({ name }) => name) } });
  }
  const { packIds } = await client.models.importFolder({ folder, acceptedLicences: open.map(({ id }) => id) });
  const wallMs = Math.round(performance.now() - started);
  terminal.line(`Imported ${packIds.join(', ')}. The files stay where they are.`);
  return { packIds, report, wallMs };
}

type Action = (client: StudioClient, input: CommandInput, terminal: Terminal) => Promise<object>;

const ACTIONS: Readonly<Record<string, Action>> = {
  list: async (client, input, terminal) => {
    expectCount(input, 1);
    const { packs } = await client.models.list({});
    for (const pack of packs) terminal.line(describePack(pack));
    return { packs };
  },
  import: async (client, input, terminal) => {
    const [, folder = ''] = expectCount(input, 2);
    return importModels(client, resolve(folder), input.on('accept'), terminal);
  },
  remove: async (client, input, terminal) => {
    const [, packId = ''] = expectCount(input, 2);
    await client.models.remove({ packId });
    terminal.line(`Removed ${packId}. Its files stay where they are.`);
    return { packId };
  },
};

const expectCount = (input: CommandInput, count: number): readonly string[] => requirePositionals(modelsCommand, input, ['list, import or remove', 'FOLDER or ID'].slice(0, count));

export const modelsCommand: Command = {
  name: 'models',
  summary: 'Lists model packs, imports folders of weights where they lie, or forgets them.',
  arguments: 'list | import FOLDER | remove ID',
  options: [{ name: 'accept', help: 'with import: you have read the licences shown and accept them' }],
  async run(input, { terminal }) {
    const [name = ''] = requirePositionals(modelsCommand, input, ['list, import or remove'], true);
    const action = ACTIONS[name];
    if (action === undefined) {
      const near = nearest(name, Object.keys(ACTIONS));
      throw invalid(`Unknown action "${name}".${near === null ? '' : ` Did you mean "${near}"?`} Usage: ${usageLine(modelsCommand)}`);
    }
    return withStudio({ lanes: [] }, ({ client }) => action(client, input, terminal));
  },
};
