import { utilityProcess } from 'electron';
import type { EngineFork } from '../../app/studio.ts';

/** Starts the engine as a utility process of the app: `child_process.fork` is fused off in a packaged Electron. */
export function createElectronEngineFork(entryPath: string): EngineFork {
  return () => {
    const child = utilityProcess.fork(entryPath, [], { serviceName: 'Motif Studio engine', stdio: ['ignore', 'ignore', 'inherit'] });
    let killed = false;
    return {
      get pid() {
        return child.pid;
      },
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a process has no origin
      send: (command) => child.postMessage(command),
      onEvent: (listener) => {
        child.on('message', listener);
      },
      onExit: (listener) => {
        child.once('exit', (code) => listener({ code, signal: killed ? 'SIGKILL' : null }));
      },
      kill: () => {
        killed = true;
        // UtilityProcess.kill asks politely (SIGTERM); a busy native call does not look at that.
        if (child.pid === undefined || process.platform === 'win32') child.kill();
        else killNow(child.pid);
      },
    };
  };
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself; its exit event says so.
  }
}
