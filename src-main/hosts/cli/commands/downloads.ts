import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DownloadRequest, WeightPrecision, type Download, type DownloadPlan } from '../../../../src-shared/contract/hub.ts';
import type { StudioClient } from '../../../../src-shared/contract/studio-contract.ts';
import { StudioError } from '../../../../src-shared/errors/studio-error.ts';
import { invalid, type CommandContext, type CommandInput, type OptionHelp } from '../command.ts';
import { formatSize, type Terminal } from '../terminal.ts';

/** An action of `motif models`, with the arguments after its name. */
export type ModelsAction = (client: StudioClient, input: CommandInput, context: CommandContext) => Promise<object>;

export const DOWNLOAD_OPTIONS: readonly OptionHelp[] = [
  { name: 'hub', value: 'URL', help: 'with download: this hub or mirror instead of the one in the settings' },
  { name: 'to', value: 'FOLDER', help: 'with download: the folder in which OWNER/NAME is made' },
  { name: 'revision', value: 'NAME', help: 'with download: a branch, tag or commit; main when left out' },
  { name: 'precision', value: 'WHICH', help: 'with download: full or fp16, where a repository has both; full when left out' },
  { name: 'token-file', value: 'FILE', help: 'with download and hub: a file that holds your token of the hub; it is kept for later' },
  { name: 'forget-token', help: 'with hub: forget the token of that address' },
];

const MAX_TOKEN_FILE_BYTES = 4_096;
/** How long a pause is waited for that another studio has to carry out, in milliseconds. */
const ELSEWHERE_MS = 5_000;

function readToken(file: string): string {
  try {
    const path = resolve(file);
    if (statSync(path).size > MAX_TOKEN_FILE_BYTES) throw new Error('too large');
    const token = readFileSync(path, 'utf8').trim();
    if (token !== '') return token;
  } catch {
    // Told below, without the reason: it could hold what the file holds.
  }
  throw invalid(`--token-file is "${file}", which holds no token: put the token of the hub, and nothing else, into that file.`);
}

async function keepToken(client: StudioClient, input: CommandInput, address: string | undefined, terminal: Terminal): Promise<void> {
  const file = input.text('token-file');
  if (file === undefined) return;
  const { tokenKeptIn } = await client.hub.setToken({ token: readToken(file), ...(address === undefined ? {} : { address }) });
  terminal.note(tokenKeptIn === 'keychain' ? 'The token is kept in the keychain of this system.' : 'The token is kept in the studio\'s data folder, in a file that only you may read (hub-tokens.json): a terminal has no keychain.');
}

const PROOFS = { sha256: '', git: '  (proven by git\'s SHA-1)', size: '  (the hub states no checksum: proven by its size alone)' } as const;

function describePlan(plan: DownloadPlan, terminal: Terminal): void {
  terminal.line(`${plan.repository} at ${plan.commit.slice(0, 12)}, from ${plan.address}, to ${plan.folder}`);
  for (const { path, sizeBytes, proof, haveBytes } of plan.files) terminal.line(`  ${formatSize(sizeBytes).padStart(9)}  ${path}${haveBytes > 0 ? '  (already there)' : ''}${PROOFS[proof]}`);
  terminal.line(`${formatSize(plan.neededBytes)} to download, ${formatSize(plan.freeBytes)} free. Left out: ${plan.skippedFiles} files that are not needed, ${formatSize(plan.skippedBytes)}.`);
}

/** Follows a download to its end. Ctrl-C pauses it. */
async function follow(client: StudioClient, downloadId: string, { terminal, signal }: CommandContext): Promise<Download> {
  const leave = new AbortController();
  const onStop = () => void client.hub.pause({ downloadId }).catch(() => undefined).finally(() => leave.abort());
  if (signal.aborted) onStop();
  signal.addEventListener('abort', onStop, { once: true });
  let last: Download | null = null;
  try {
    for await (const download of client.hub.watch({}, { signal: leave.signal })) {
      if (download.id !== downloadId) continue;
      last = download;
      terminal.transfer(download);
      if (download.state !== 'running' && download.state !== 'available') break;
    }
  } catch (error) {
    if (!leave.signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', onStop);
  }
  const short = downloadId.slice(0, 17);
  if (signal.aborted) throw new StudioError('CANCELLED', `Paused; what has arrived is kept. Go on with: motif models resume ${short}`);
  if (last === null) throw new StudioError('RPC_DISCONNECTED', 'The studio closed before the download was done.');
  if (last.state === 'completed') return last;
  if (last.state === 'cancelled') throw new StudioError('CANCELLED', `The download of ${last.repository} was cancelled.`);
  throw new StudioError(last.error?.code ?? 'PAUSED', `${last.error?.message ?? `The download of ${last.repository} was paused.`} Go on with: motif models resume ${short}`);
}

function tellEnd(download: Download, terminal: Terminal): object {
  const unproven = download.files.filter(({ proof }) => proof === 'size').length;
  terminal.line(`${download.repository} is in ${download.folder} and belongs to ${download.packIds.join(', ')}.${unproven > 0 ? ` The hub stated no checksum for ${unproven} of its files.` : ' Every file has the checksum that the hub states.'}`);
  return { download };
}

/** A download by its id, the beginning of its id, or its repository while that has one download only. */
async function findDownload(client: StudioClient, wanted: string): Promise<Download> {
  const { downloads } = await client.hub.list({});
  const found = downloads.filter(({ id, repository }) => id === wanted || id.slice('download:'.length).startsWith(wanted.replace(/^download:/, '')) || repository === wanted);
  if (found.length === 1) return found[0]!;
  throw new StudioError('NOT_FOUND', found.length === 0 ? `There is no download "${wanted}". See: motif models downloads` : `"${wanted}" fits ${found.length} downloads. Give more of the id; see: motif models downloads`);
}

function downloadLine(download: Download): string {
  const percent = download.totalBytes === 0 ? 100 : Math.floor((download.doneBytes / download.totalBytes) * 100);
  return `${download.id.slice(0, 17)}  ${download.state.padEnd(9)} ${String(percent).padStart(3)} % of ${formatSize(download.totalBytes)}  ${download.repository}  ${download.error?.message ?? download.folder}`;
}

/** Waits a little for what another studio of this machine has to carry out. */
async function settled(client: StudioClient, download: Download): Promise<Download> {
  if (download.state !== 'running') return download;
  const patience = AbortSignal.timeout(ELSEWHERE_MS);
  let last = download;
  try {
    for await (const now of client.hub.watch({}, { signal: patience })) {
      if (now.id !== download.id) continue;
      last = now;
      if (now.state !== 'running') break;
    }
  } catch (error) {
    if (!patience.aborted) throw error;
  }
  return last;
}

/** What `motif models` can do with downloads. `names` are the arguments each takes. */
export const DOWNLOAD_ACTIONS: Readonly<Record<string, { readonly names: readonly string[]; readonly run: ModelsAction }>> = {
  download: {
    names: ['OWNER/NAME'],
    async run(client, input, context) {
      const { terminal } = context;
      const into = input.text('to');
      const address = input.text('hub');
      const parsed = DownloadRequest.safeParse({
        repository: input.positionals[1], precision: input.choice('precision', WeightPrecision.options) ?? 'full', revision: input.text('revision') ?? 'main',
        ...(into === undefined ? {} : { into: resolve(into) }), ...(address === undefined ? {} : { address }),
      });
      if (!parsed.success) throw invalid(`${parsed.error.issues[0]?.message ?? 'The repository cannot be read.'} For example: motif models download showlab/show-1-base`);
      await keepToken(client, input, address, terminal);
      const plan = await client.hub.plan(parsed.data, { signal: context.signal });
      describePlan(plan, terminal);
      if (plan.problem === null && !input.on('accept')) {
        terminal.line(`\n== ${plan.licence.name} ==\n${plan.statedLicence === null ? '' : `The hub calls it ${plan.statedLicence}.\n`}\n${plan.licence.text}\n`);
        throw new StudioError('LICENCE_NOT_ACCEPTED', 'Nothing was downloaded. Read the licence above, and run the same command with --accept if you agree.', { details: { licences: [plan.licence.name] } });
      }
      const started = performance.now();
      const { id } = await client.hub.start({ ...parsed.data, acceptedLicence: plan.licence.id });
      const done = await follow(client, id, context);
      return { ...tellEnd(done, terminal), plan, wallMs: Math.round(performance.now() - started) };
    },
  },
  downloads: {
    names: [],
    async run(client, _input, { terminal }) {
      const { downloads } = await client.hub.list({});
      if (downloads.length === 0) terminal.line('No downloads.');
      for (const download of downloads) terminal.line(downloadLine(download));
      return { downloads };
    },
  },
  pause: {
    names: ['ID'],
    async run(client, input, { terminal }) {
      const { id } = await findDownload(client, input.positionals[1] ?? '');
      const download = await settled(client, await client.hub.pause({ downloadId: id }));
      terminal.line(downloadLine(download));
      return { download };
    },
  },
  resume: {
    names: ['ID'],
    async run(client, input, context) {
      const { id } = await findDownload(client, input.positionals[1] ?? '');
      await client.hub.resume({ downloadId: id });
      return tellEnd(await follow(client, id, context), context.terminal);
    },
  },
  cancel: {
    names: ['ID'],
    async run(client, input, { terminal }) {
      const { id } = await findDownload(client, input.positionals[1] ?? '');
      const download = await settled(client, await client.hub.cancel({ downloadId: id }));
      terminal.line(`${downloadLine(download)}. Finished files stay.`);
      return { download };
    },
  },
  hub: {
    names: [],
    async run(client, input, { terminal }) {
      const given = input.positionals[1];
      if (given !== undefined) await client.hub.setAddress({ address: given === 'default' ? '' : given });
      await keepToken(client, input, undefined, terminal);
      if (input.on('forget-token')) await client.hub.setToken({ token: '' });
      const settings = await client.hub.settings({});
      terminal.line(`${settings.address}${settings.hasToken ? ', with a token' : ', without a token'}`);
      return { settings };
    },
  },
};
