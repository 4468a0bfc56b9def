import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { TemporaryHome } from './temporary-home.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const START_MS = 60_000;

/** A `motif serve` of its own process. */
export interface NodeHostProcess {
  readonly process: ChildProcess;
  /** The address with its token, as printed. */
  readonly address: string;
  /** Everything it wrote to stderr, for messages of failed tests. */
  log(): string;
  /** Ends it the given way and waits until it is gone. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Starts the Node host on a free port and waits for the address it prints. */
export async function startNodeHostProcess(home: TemporaryHome, packsDir: string | null): Promise<NodeHostProcess> {
  const environment = {
    ...process.env,
    MOTIF_DATA_DIR: home.dataDir,
    MOTIF_PROJECTS_DIR: home.projectsFolder,
    ...(packsDir === null ? {} : { MOTIF_EMBEDDED_PACKS_DIR: packsDir }),
  };
  const motif = path.join(root, 'src-main/hosts/cli/motif.ts');
  const child = spawn(process.execPath, [motif, 'serve', '--port', '0'], { cwd: home.root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = once(child, 'exit');
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const stop = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await gone;
  };
  const address = await new Promise<string>((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => reject(new Error(`the host printed no address within ${START_MS / 1000} s; it said: ${output}${errors}`)), START_MS);
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the host ended (${signal ?? code}) before it printed its address; it said: ${output}${errors}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = /http:\/\/127\.0\.0\.1:\d+\/\S*(?=\s)/.exec(output)?.[0];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
  }).catch(async (error: unknown) => {
    await stop('SIGKILL');
    throw error;
  });
  return { process: child, address, log: () => errors, stop };
}
