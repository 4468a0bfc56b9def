import { listSupportedBackends } from 'onnxruntime-node';
import type { ExecutionProvider, PassedProvider } from '../../../src-shared/execution/provider.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { matMul } from '../onnx/tensor-ops.ts';
import { openSession } from './engine-session.ts';

/** Names of the backends that the runtime at hand was built with. */
export const builtBackends = (): string[] => listSupportedBackends().map(({ name }) => name);

/** Runs a small product on each provider until one gives the right result; returns those that did not, with their own words. */
export async function probeProviders(order: readonly ExecutionProvider[]): Promise<PassedProvider[]> {
  const failures: PassedProvider[] = [];
  for (const provider of order) {
    try {
      await runProbe(provider);
      return failures;
    } catch (error) {
      failures.push({ provider, why: causeOf(error) });
    }
  }
  return failures;
}

async function runProbe(provider: ExecutionProvider): Promise<void> {
  const b = new GraphBuilder('probe', 'portable');
  const x = b.input('x', 'float32', [2, 2]);
  b.output('y', matMul(b, x, b.floats(Float32Array.of(1, 2, 3, 4), [2, 2])));
  const session = await openSession(b.finish(), { threads: 1, providers: [provider] });
  try {
    const { y } = await session.run({ x: Float32Array.of(1, 0, 1, 1) });
    if ([1, 2, 4, 6].some((value, index) => Math.abs((y?.[index] ?? Number.NaN) - value) > 1e-2)) throw new StudioError('PROVIDER_UNAVAILABLE', 'it computes wrong values');
  } finally {
    await session.release();
  }
}

/** The runtime's words without their file names and addresses. */
function causeOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = inner instanceof Error ? inner.message : String(inner);
  const words = text.split('\n').map((line) => line.trim()).filter((line) => line !== '')[0] ?? 'it did not start';
  return words.replace(/^.* was false\. /, '').replace(/^\/\S+:\d+ /, '').slice(0, 300);
}
