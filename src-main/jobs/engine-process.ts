import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EngineCommand, EngineEvent } from '../engine/process/protocol.ts';

/** A running engine process, however the host started it. */
export interface EngineChild {
  readonly pid: number | undefined;
  send(command: EngineCommand): void;
  onEvent(listener: (event: EngineEvent) => void): void;
  /** Called once, when the process is gone or could not be started. `signal` names what killed it. */
  onExit(listener: (exit: EngineExit) => void): void;
  /** SIGKILL: a busy native call does not look at anything milder. */
  kill(): void;
}

/** How an engine process ended. */
export interface EngineExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it could not be started at all. */
  readonly startError?: Error;
}

/** Starts an engine process. */
export type EngineFork = () => EngineChild;

/** The engine's own entry file. */
export const ENGINE_ENTRY = fileURLToPath(new URL('../engine/process/engine-process.ts', import.meta.url));

/** Starts the engine as a child of this Node process; tensors travel by structured clone. */
export function createNodeEngineFork(entryPath: string = ENGINE_ENTRY, environment: NodeJS.ProcessEnv = process.env): EngineFork {
  return () => {
    const child = fork(entryPath, [], { serialization: 'advanced', env: environment, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
    preferAsMemoryVictim(child.pid);
    // A host that ends by itself takes the engine along; one that is killed closes the channel, which the engine watches.
    const killWithHost = () => child.kill('SIGKILL');
    process.once('exit', killWithHost);
    let startError: Error | undefined;
    return {
      pid: child.pid,
      send: (command) => {
        // The exit event tells what happened; a failed send adds nothing.
        if (child.connected) child.send(command, () => {});
      },
      onEvent: (listener) => {
        child.on('message', (message) => listener(message as EngineEvent));
      },
      onExit: (listener) => {
        const finish = (code: number | null, signal: string | null) => {
          process.removeListener('exit', killWithHost);
          listener({ code, signal, startError });
        };
        child.once('exit', finish);
        child.once('error', (error) => {
          startError = error;
          if (child.pid === undefined) finish(null, null);
        });
      },
      kill: () => {
        child.kill('SIGKILL');
      },
    };
  };
}

/** When memory runs out, Linux ends the engine, whose work resumes, and not the window. */
function preferAsMemoryVictim(pid: number | undefined): void {
  if (pid === undefined || process.platform !== 'linux') return;
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '500');
  } catch {
    // A hardened system may forbid it; nothing depends on it.
  }
}
