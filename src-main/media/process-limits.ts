/**
 * Caps on what ffmpeg and ffprobe may take of the machine. Media come from outside: a few bytes can ask for any amount of memory.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';

const GIB = 2 ** 30;

/** Resident bytes that a command which only looks at a file from outside may take: one frame of 8K, decoded by every core, with room. */
export const LOOKING_BYTES = 3 * GIB;

/** Resident bytes of any other command: three quarters of the machine. */
export const WORKING_BYTES = Math.max(2 * GIB, Math.floor(totalmem() * 0.75));

/** How often the memory of a running command is looked at, in ms. */
const LOOK_MS = 200;
const SLOW_LOOK_MS = 2000;

const found = new Map<string, string | null>();

/** A tool of Linux' own, or null: these stand in every distribution's base system, at one of two places. */
function tool(name: 'prlimit' | 'setpriv'): string | null {
  const known = found.get(name);
  if (known !== undefined) return known;
  const path = process.platform === 'linux' ? (['/usr/bin', '/bin'].map((folder) => `${folder}/${name}`).find((place) => existsSync(place)) ?? null) : null;
  found.set(name, path);
  return path;
}

/**
 * The command under the kernel's own limits, where Linux has the tools for it: it ends when the studio dies, leaves no core dump, and where
 * it looks at files from outside has a limited address space (each thread of ffmpeg reserves far more than it uses, hence the room per
 * core). The process keeps its id.
 */
export function underLimits(binary: string, args: readonly string[], memoryBytes: number): { readonly binary: string; readonly args: readonly string[] } {
  const address = memoryBytes > LOOKING_BYTES ? [] : [`--as=${memoryBytes + GIB + availableParallelism() * GIB}`];
  const [prlimit, setpriv] = [tool('prlimit'), tool('setpriv')];
  const limited = prlimit === null ? [binary, ...args] : [prlimit, '--core=0', ...address, '--', binary, ...args];
  const [first = binary, ...rest] = setpriv === null ? limited : [setpriv, '--pdeathsig', 'KILL', '--', ...limited];
  return { binary: first, args: rest };
}

const kilobytes = (text: string): number | null => {
  const digits = text.replace(/[^\d]/g, '');
  return digits === '' ? null : Number(digits) * 1024;
};

/** What another program prints; null when it fails. */
const ask = (command: string, args: readonly string[]): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(command, [...args], { timeout: 5000, windowsHide: true }, (error, stdout) => resolve(error === null ? stdout : null));
  });

/** Resident bytes of a process, or null when they cannot be told: it has ended, as a rule. */
export async function residentBytes(pid: number): Promise<number | null> {
  if (process.platform === 'linux') {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    return kilobytes(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? '');
  }
  if (process.platform === 'win32') {
    // "ffmpeg.exe","1234","Console","1","12,345 K"
    const line = await ask('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']);
    return kilobytes(/"([^"]*)"\s*$/.exec(line?.trim() ?? '')?.[1] ?? '');
  }
  return kilobytes((await ask('ps', ['-o', 'rss=', '-p', String(pid)])) ?? '');
}

/** Calls `onOver` once when the process holds more than `limit` bytes. Returns how to stop looking. */
export function watchMemory(pid: number, limit: number, onOver: (bytes: number) => void): () => void {
  let isOver = false;
  let timer: NodeJS.Timeout;
  const look = async (): Promise<void> => {
    const bytes = await residentBytes(pid);
    if (isOver || bytes === null) return;
    if (bytes <= limit) {
      next();
      return;
    }
    isOver = true;
    onOver(bytes);
  };
  const next = (): void => {
    timer = setTimeout(() => void look(), process.platform === 'linux' ? LOOK_MS : SLOW_LOOK_MS);
    timer.unref();
  };
  next();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
