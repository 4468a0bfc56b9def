/** Child processes of the npm commands: pass-through runs and watched runs. */
import { spawn } from 'node:child_process';

/** Waits for a child with inherited streams and ends this process the way the child ended. */
export function becomeChild(child) {
  // A terminal delivers Ctrl-C to the whole group; sending it on as well would read as a second press.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (signal !== null) {
        process.removeAllListeners(signal);
        process.kill(process.pid, signal);
      }
      process.exitCode = code ?? 1;
      resolve();
    });
  });
}

/** Runs a command with inherited output; resolves to its exit code (a signal or a failed start counts as 1). */
export function runVisibly(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
    child.once('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
