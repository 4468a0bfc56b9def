import type { ExecutionProvider, PassedProvider, ProbeResult } from '../../src-shared/execution/provider.ts';
import type { EngineFork } from './engine-process.ts';

/** A driver that has not answered by then never will. */
const PATIENCE_MS = 60_000;

/**
 * Tries providers, each in a process of its own, until one starts: a driver that crashes or hangs takes nothing along. The one being
 * tried then counts as failed, and the rest is tried.
 */
export async function probeInProcess(fork: EngineFork, order: readonly ExecutionProvider[], patienceMs = PATIENCE_MS): Promise<ProbeResult> {
  const failures: PassedProvider[] = [];
  for (const provider of order) {
    const result = await probeOne(fork, provider, patienceMs);
    if (result.failures.length === 0) return { failures, halfFailure: result.halfFailure };
    failures.push(...result.failures);
  }
  return { failures, halfFailure: null };
}

function probeOne(fork: EngineFork, provider: ExecutionProvider, patienceMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const child = fork();
    let answered = false;
    const answer = (result: ProbeResult): void => {
      if (answered) return;
      answered = true;
      clearTimeout(timer);
      child.kill();
      resolve(result);
    };
    const fail = (why: string): void => answer({ failures: [{ provider, why }], halfFailure: null });
    const timer = setTimeout(() => fail(`it did not answer within ${patienceMs / 1000} s`), patienceMs);
    child.onEvent((event) => {
      if (event.type === 'ready') child.send({ type: 'probeProviders', order: [provider] });
      else if (event.type === 'probed') answer(event.result);
    });
    child.onExit(({ code, signal, startError }) => fail(startError?.message ?? `its driver ended the process (${signal ?? `code ${code}`})`));
  });
}
