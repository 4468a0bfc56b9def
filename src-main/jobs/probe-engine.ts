import type { ExecutionProvider, PassedProvider } from '../../src-shared/execution/provider.ts';
import type { EngineFork } from './engine-process.ts';

/** A driver that has not answered by then never will. */
const PATIENCE_MS = 60_000;

/**
 * Asks a process of its own which of these providers do not start: a driver that crashes or hangs takes nothing along. The one being
 * tried then counts as failed, and the rest is tried again.
 */
export async function probeInProcess(fork: EngineFork, order: readonly ExecutionProvider[], patienceMs = PATIENCE_MS): Promise<readonly PassedProvider[]> {
  const failures: PassedProvider[] = [];
  for (const provider of order) {
    const failure = await probeOne(fork, provider, patienceMs);
    if (failure === null) return failures;
    failures.push(failure);
  }
  return failures;
}

function probeOne(fork: EngineFork, provider: ExecutionProvider, patienceMs: number): Promise<PassedProvider | null> {
  return new Promise((resolve) => {
    const child = fork();
    let answered = false;
    const answer = (failure: PassedProvider | null): void => {
      if (answered) return;
      answered = true;
      clearTimeout(timer);
      child.kill();
      resolve(failure);
    };
    const timer = setTimeout(() => answer({ provider, why: `it did not answer within ${patienceMs / 1000} s` }), patienceMs);
    child.onEvent((event) => {
      if (event.type === 'ready') child.send({ type: 'probeProviders', order: [provider] });
      else if (event.type === 'probed') answer(event.failures[0] ?? null);
    });
    child.onExit(({ code, signal, startError }) => answer({ provider, why: startError?.message ?? `its driver ended the process (${signal ?? `code ${code}`})` }));
  });
}
