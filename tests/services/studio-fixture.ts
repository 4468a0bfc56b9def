import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createStudio } from '../../src-main/app/create-studio.ts';
import { createHeadlessPlatform, defaultStudioConfig, type MediaRequest, type MediaResponse, type Studio, type StudioConfig } from '../../src-main/app/studio.ts';
import { createMedia } from '../../src-main/media/media.ts';
import type { Job } from '../../src-shared/contract/jobs.ts';
import { studioContract, type StudioClient } from '../../src-shared/contract/studio-contract.ts';
import { connect } from '../../src-shared/rpc/connect.ts';
import { createInMemoryTransports } from '../../src-shared/rpc/in-memory-transport.ts';
import { serve } from '../../src-shared/rpc/serve.ts';

/** A real studio in a temporary folder, called through the contract. */
export interface StudioUnderTest {
  readonly folder: string;
  readonly client: StudioClient;
  readonly studio: Studio;
  readonly log: string[];
  media(request: Partial<MediaRequest> & { segments: readonly string[] }): Promise<MediaResponse & { bytes: Buffer }>;
  /** Closes it and opens another on the same folder, as a restart does. */
  restart(): Promise<StudioUnderTest>;
  close(): Promise<void>;
}

export async function openTestStudio(options: { folder?: string; config?: Partial<StudioConfig> } = {}): Promise<StudioUnderTest> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'motif-studio-'));
  const log: string[] = [];
  const config: StudioConfig = {
    ...defaultStudioConfig({}), dataDir: join(folder, 'data'), projectsFolder: join(folder, 'projects'), packsDir: join(folder, 'packs'), embeddedPacksDir: join(folder, 'embedded'),
    threads: 1, log: (line) => log.push(line), ...options.config,
  };
  const studio = await createStudio(config, createHeadlessPlatform('node', '/media/secret'));
  const [clientSide, serverSide] = createInMemoryTransports();
  serve(studioContract, studio.handlers, serverSide, { onUnexpected: ({ path, error }) => log.push(`${path}: ${String(error)}`) });
  const stop = async () => {
    clientSide.close();
    await studio.close();
  };
  return {
    folder, studio, log,
    client: connect(studioContract, clientSide),
    async media(request) {
      const response = await studio.media({ method: 'GET', range: null, body: null, contentLength: null, signal: new AbortController().signal, ...request });
      const chunks: Uint8Array[] = [];
      if (response.body instanceof Uint8Array) chunks.push(response.body);
      else for await (const chunk of response.body) chunks.push(chunk);
      return { ...response, bytes: Buffer.concat(chunks) };
    },
    async restart() {
      await stop();
      return openTestStudio({ ...options, folder });
    },
    async close() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for a job's end. */
export async function jobEnd(client: StudioClient, projectId: string, jobId: string): Promise<Job> {
  // Watched before it is looked at: an end in between would otherwise be missed.
  const events = client.jobs.watch({ projectId })[Symbol.asyncIterator]();
  try {
    let job = await client.jobs.get({ projectId, jobId });
    while (job.finishedAt === null) {
      const next = await events.next();
      if (next.done === true) throw new Error(`the watch ended before ${jobId} did`);
      if (next.value.id === jobId) job = next.value;
    }
    return job;
  } finally {
    await events.return?.(undefined);
  }
}

/** A small real clip: a colour that changes from frame to frame. */
export async function writeTestClip(path: string, options: { frames?: number; width?: number; height?: number; seed?: number } = {}): Promise<string> {
  const { frames = 8, width = 64, height = 48, seed = 0 } = options;
  const rgb = new Uint8Array(frames * width * height * 3);
  for (let index = 0; index < rgb.length; index++) rgb[index] = (index * 31 + seed * 17 + Math.floor(index / (width * height * 3)) * 23) & 0xff;
  mkdirSync(join(path, '..'), { recursive: true });
  await createMedia().encodeVideo({ path, width, height, frameRate: { num: 8, den: 1 }, frames: rgb });
  return path;
}

/** Runs the `motif` command as a terminal does. */
export async function runMotif(args: readonly string[], options: { folder: string; env?: NodeJS.ProcessEnv; timeoutMs?: number }): Promise<{ code: number; stdout: string; stderr: string }> {
  const entry = join(import.meta.dirname, '../../src-main/hosts/cli/motif.ts');
  const env = { ...process.env, MOTIF_DATA_DIR: join(options.folder, 'data'), MOTIF_PROJECTS_DIR: join(options.folder, 'projects'), MOTIF_EMBEDDED_PACKS_DIR: join(options.folder, 'embedded'), MOTIF_THREADS: '2', ...options.env };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [entry, ...args], { cwd: options.folder, env, timeout: options.timeoutMs ?? 60_000 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const failed = error as { code?: number; stdout?: string; stderr?: string };
    if (typeof failed.code !== 'number') throw error;
    return { code: failed.code, stdout: failed.stdout ?? '', stderr: failed.stderr ?? '' };
  }
}
