/**
 * Runs ffmpeg and ffprobe. The only module that knows fluent-ffmpeg, which is used as a process runner alone: argument lists
 * come from the pure builders beside this file, go to the operating system as they are, and never meet a shell.
 */
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants, setPriority } from 'node:os';
import type { Readable } from 'node:stream';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { underLimits, watchMemory, WORKING_BYTES } from './process-limits.ts';

interface LineRing {
  get(): string;
}

/** The part of fluent-ffmpeg that is used; `_spawnFfmpeg` is documented in its source but left out of its type package. */
interface FluentCommand {
  setFfmpegPath(path: string): FluentCommand;
  _spawnFfmpeg(
    args: string[],
    options: SpawnOptions & { stdoutLines: number },
    onProcess: (child: ChildProcess, stdout: LineRing, stderr: LineRing) => void,
    onEnd: (error: Error | null | undefined, stdout?: LineRing, stderr?: LineRing) => void,
  ): void;
}

let fluent: (() => FluentCommand) | undefined;

/** Loaded at first use: nothing of ffmpeg is touched before the first window is shown. */
function fluentCommand(): FluentCommand {
  fluent ??= createRequire(import.meta.url)('fluent-ffmpeg') as () => FluentCommand;
  return fluent();
}

/** Longest a single command may take, in ms, unless the caller knows better. */
export const DEFAULT_TIMEOUT_MS = 10 * 60_000;

/** How a command is run, apart from its arguments. */
export interface RunOptions {
  /** Bytes for the child's standard input, written no faster than it reads them. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Kills the child at once; the run then fails with CANCELLED. */
  readonly signal?: AbortSignal;
  /** Wall clock cap in ms. */
  readonly timeoutMs?: number;
  /** Resident bytes at which it is stopped; `LOOKING_BYTES` for commands that only look at a file from outside. */
  readonly memoryBytes?: number;
  /** Gives way to what else the machine does, above all to the window: to most of it where somebody looks forward to the result, to all of it where nobody does. */
  readonly givesWay?: 'mostly' | 'always';
  /** What was being done, for messages: `read clip.mp4`. */
  readonly purpose: string;
}

/** A running command whose standard output is read as it comes. */
export interface RunningCommand {
  readonly stdout: Readable;
  /** Resolves when the command has ended well; rejects with a StudioError otherwise. */
  readonly done: Promise<void>;
  kill(): void;
}

/** The last lines of stderr that say something: at most six, no duplicates, no pointers of the kind `[mov @ 0x55d0]`. */
export function usefulLines(stderr: string): string[] {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.replace(/ @ 0x[0-9a-f]+\]/g, ']').trim())
    .filter((line) => line !== '' && !line.startsWith('Last message repeated') && !/^Conversion failed!?$/.test(line));
  return [...new Set(lines)].slice(-6).map((line) => line.slice(0, 300));
}

function failure(purpose: string, error: Error, stderr: string): StudioError {
  if (('code' in error && (error.code === 'ENOENT' || error.code === 'EACCES')) || /^(prlimit|setpriv): failed to execute/m.test(stderr)) {
    return new StudioError('FFMPEG_MISSING', `ffmpeg could not be started to ${purpose}: choose another ffmpeg in the settings, or install ffmpeg 5 or later.`, { cause: error });
  }
  const lines = usefulLines(stderr);
  const text = lines.join('\n');
  if (/Unknown encoder|Unrecognized option 'crf'/.test(text)) {
    return new StudioError('CODEC_UNSUPPORTED', `This ffmpeg was built without an encoder needed to ${purpose}: choose an ffmpeg built with libx264 in the settings.`, { details: { stderr: lines } });
  }
  if (/No space left on device/.test(text)) {
    return new StudioError('DISK_FULL', `The disk is full: free some space, then ${purpose} again.`, { details: { stderr: lines }, retryable: true });
  }
  return new StudioError('FFMPEG_FAILED', `ffmpeg could not ${purpose}: ${lines.at(-1) ?? error.message}.`, { details: { stderr: lines }, cause: error });
}

/** Writes `source` to the child's standard input no faster than it reads, until either ends. */
async function feed(child: ChildProcess, source: AsyncIterable<Uint8Array>): Promise<void> {
  const stdin = child.stdin;
  if (stdin === null) return;
  // A child that ends early closes the pipe; its exit code and stderr tell the story, not EPIPE.
  const ended = new AbortController();
  stdin.on('error', () => ended.abort());
  stdin.once('close', () => ended.abort());
  child.once('exit', () => ended.abort());
  for await (const bytes of source) {
    if (ended.signal.aborted) break;
    if (!stdin.write(bytes)) await once(stdin, 'drain', { signal: ended.signal }).catch(() => undefined);
  }
  if (ended.signal.aborted) stdin.destroy();
  else stdin.end();
}

/** Lowers a process' priority, where the system lets us. */
function giveWay(pid: number, how: NonNullable<RunOptions['givesWay']>): void {
  const { PRIORITY_LOW, PRIORITY_BELOW_NORMAL } = constants.priority;
  try {
    setPriority(pid, how === 'always' ? PRIORITY_LOW : PRIORITY_BELOW_NORMAL);
    // Linux weighs sessions first, then the processes of each: a browser of its own session would share the machine with this one by halves.
    // A tenth is left to it: no other session's work, however long, makes it stand still.
    if (process.platform === 'linux') writeFileSync(`/proc/${pid}/autogroup`, String(PRIORITY_BELOW_NORMAL));
  } catch {
    // It may have ended already, or the system has no such groups.
  }
}

/** Starts `binary` with `args`. */
export function start(binary: string, args: readonly string[], options: RunOptions): RunningCommand {
  const { signal, stdin, purpose, timeoutMs = DEFAULT_TIMEOUT_MS, memoryBytes = WORKING_BYTES, givesWay = null } = options;
  const limited = underLimits(binary, args, memoryBytes);
  if (signal?.aborted) throw new StudioError('CANCELLED', `Stopped before it could ${purpose}.`);
  let running: ChildProcess | undefined;
  let stopped: 'cancelled' | 'timeout' | 'memory' | 'closed' | undefined;
  let stopWatching = (): void => undefined;
  let sourceError: unknown;
  const stop = (reason: NonNullable<typeof stopped>) => {
    stopped ??= reason;
    running?.kill('SIGKILL');
  };
  const onAbort = () => stop('cancelled');
  const timer = setTimeout(() => stop('timeout'), timeoutMs);
  signal?.addEventListener('abort', onAbort, { once: true });

  const done = new Promise<void>((resolve, reject) => {
    let stderrRing: LineRing | undefined;
    const end = (error: Error | null | undefined) => {
      clearTimeout(timer);
      stopWatching();
      signal?.removeEventListener('abort', onAbort);
      if (sourceError !== undefined) reject(sourceError as Error);
      else if (stopped === 'cancelled') reject(new StudioError('CANCELLED', `Stopped before it could ${purpose}.`));
      else if (stopped === 'timeout') reject(new StudioError('FFMPEG_FAILED', `ffmpeg did not ${purpose} within ${Math.round(timeoutMs / 1000)} s and was stopped: try a shorter or smaller clip.`));
      else if (stopped === 'memory') reject(new StudioError('OUT_OF_MEMORY', `ffmpeg needed more than ${(memoryBytes / 1e9).toFixed(1)} GB of memory to ${purpose} and was stopped: scale the clip down, or make it shorter, first.`, { details: { memoryBytes } }));
      else if (stopped === 'closed' || !error) resolve();
      else reject(failure(purpose, error, stderrRing?.get() ?? ''));
    };
    try {
      const stdio: SpawnOptions['stdio'] = [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'];
      // With the path set, fluent-ffmpeg spawns before it returns: two commands with different binaries cannot mix.
      fluentCommand()
        .setFfmpegPath(limited.binary)
        ._spawnFfmpeg(
          [...limited.args],
          // What gives way has a session of its own, so that it gives way to all others (see `giveWay`).
          { stdio, windowsHide: true, stdoutLines: 60, ...(givesWay !== null && process.platform === 'linux' ? { detached: true } : {}) },
          (child, _stdout, stderr) => {
            running = child;
            stderrRing = stderr;
            if (child.pid !== undefined && givesWay !== null) giveWay(child.pid, givesWay);
            if (child.pid !== undefined) stopWatching = watchMemory(child.pid, memoryBytes, () => stop('memory'));
          },
          end,
        );
    } catch (error) {
      end(error instanceof Error ? error : new Error(String(error)));
    }
  });
  // Callers may read stdout first and await `done` later: the rejection must not count as unhandled meanwhile.
  done.catch(() => undefined);
  if (running === undefined || running.stdout === null) throw new StudioError('FFMPEG_FAILED', `ffmpeg could not be started to ${purpose}.`);
  if (stdin !== undefined) {
    feed(running, stdin).catch((error: unknown) => {
      sourceError = error;
      stop('closed');
    });
  }
  return { stdout: running.stdout, done, kill: () => stop('closed') };
}

/** Runs `binary` to its end and returns what it wrote to standard output, at most `maxBytes` of it. */
export async function run(binary: string, args: readonly string[], options: RunOptions & { readonly maxBytes?: number }): Promise<Buffer> {
  const { maxBytes = 64 * 2 ** 20 } = options;
  const command = start(binary, args, options);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of command.stdout as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      command.kill();
      throw new StudioError('FFMPEG_FAILED', `ffmpeg gave far more output than expected when it should ${options.purpose}.`, { details: { maxBytes } });
    }
    chunks.push(chunk);
  }
  await command.done;
  return Buffer.concat(chunks);
}
