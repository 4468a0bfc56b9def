import { resolve } from 'node:path';
import type { FolderReport, ModelPack } from '../../../../src-shared/contract/models.ts';
import type { StudioClient } from '../../../../src-shared/contract/studio-contract.ts';
import type { MemoryVerdict } from '../../../../src-shared/pack/memory-plan.ts';
import { Preset } from '../../../../src-shared/recipe/recipe.ts';
import { StudioError } from '../../../../src-shared/errors/studio-error.ts';
import { withStudio } from '../cli-studio.ts';
import { invalid, nearest, requirePositionals, usageLine, type Command } from '../command.ts';
import { formatSize, type Terminal } from '../terminal.ts';
import { DOWNLOAD_ACTIONS, DOWNLOAD_OPTIONS, type ModelsAction } from './downloads.ts';

function describePack(pack: ModelPack): string {
  const state = pack.problem ?? (pack.sha256 === '' ? 'to be read through once before its first clip' : 'ready');
  const missing = (pack.imported?.missing ?? []).map((line) => `\n    lacks ${line}`).join('');
  return `${pack.id}  ${pack.name}  ${formatSize(pack.sizeBytes)}  ${pack.licence || 'licence unknown'}\n    ${state}${missing}`;
}

function describeReport(report: FolderReport, terminal: Terminal): void {
  for (const part of report.parts) {
    terminal.line(part.problem === null
      ? `${part.role}  ${formatSize(part.sizeBytes)}  ${part.format}  ${part.tensors} tensors, ${part.parameters} parameters  ${part.path}`
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

const VERDICTS: Readonly<Record<MemoryVerdict, string>> = {
  fits: 'fits', slow: 'runs, but reads weights from disk again and again', tight: 'needs more than is free now', tooLarge: 'needs more than this machine has',
};

const IMPORT_ACTIONS: Readonly<Record<string, { readonly names: readonly string[]; readonly run: ModelsAction }>> = {
  list: {
    names: [],
    async run(client, _input, { terminal }) {
      const { packs } = await client.models.list({});
      for (const pack of packs) terminal.line(describePack(pack));
      return { packs };
    },
  },
  import: {
    names: ['FOLDER'],
    run: (client, input, { terminal }) => importModels(client, resolve(input.positionals[1] ?? ''), input.on('accept'), terminal),
  },
  plan: {
    names: ['ID'],
    async run(client, input, { terminal }) {
      const plan = await client.models.plan({ packId: input.positionals[1] ?? '', preset: input.choice('preset', Preset.options) ?? 'standard' });
      terminal.line(`${plan.packId}, preset ${plan.preset}: ${VERDICTS[plan.verdict]}. ${formatSize(plan.machine.totalBytes)} of memory, ${formatSize(plan.machine.freeBytes)} free; one model at a time.`);
      for (const { stage, part, weightBytes, int8Bytes, form, weightsStayInFile, activationBytes, needBytes, verdict } of plan.steps) {
        terminal.line(`  ${stage} ${part}: ${formatSize(needBytes)} (weights ${formatSize(form === 'int8' ? int8Bytes ?? 0 : weightBytes)}${form === 'int8' ? ' in 8 bits' : ''}${weightsStayInFile ? ', read where they lie' : ''}; activations ${formatSize(activationBytes)}): ${VERDICTS[verdict]}`);
      }
      return plan;
    },
  },
  remove: {
    names: ['ID'],
    async run(client, input, { terminal }) {
      const packId = input.positionals[1] ?? '';
      await client.models.remove({ packId });
      terminal.line(`Removed ${packId}. Its files stay where they are.`);
      return { packId };
    },
  },
};

const ACTIONS = { ...IMPORT_ACTIONS, ...DOWNLOAD_ACTIONS };
const NAMES = Object.keys(ACTIONS).join(', ');

export const modelsCommand: Command = {
  name: 'models',
  summary: 'Lists model packs, imports folders of weights where they lie, and downloads repositories from a hub.',
  arguments: 'list | import FOLDER | plan ID | remove ID | download OWNER/NAME | downloads | pause ID | resume ID | cancel ID | hub [URL]',
  options: [{ name: 'accept', help: 'with import and download: you have read the licences shown and accept them' }, { name: 'preset', value: 'NAME', help: 'with plan: draft, standard or final; standard when left out' }, ...DOWNLOAD_OPTIONS],
  async run(input, context) {
    const [name = ''] = requirePositionals(modelsCommand, input, [`one of ${NAMES}`], true);
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined) {
      const near = nearest(name, Object.keys(ACTIONS));
      throw invalid(`Unknown action "${name}".${near === null ? '' : ` Did you mean "${near}"?`} Usage: ${usageLine(modelsCommand)}`);
    }
    // The address of a hub is shown when none is given.
    const names = name === 'hub' && input.positionals.length > 1 ? ['URL'] : action.names;
    requirePositionals(modelsCommand, input, [name, ...names]);
    return withStudio({ lanes: [] }, ({ client }) => action.run(client, input, context));
  },
};
