import { listSupportedBackends } from 'onnxruntime-node';
import type { Arithmetic, ExecutionProvider, PassedProvider, ProbeResult } from '../../../src-shared/execution/provider.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { matMul } from '../onnx/tensor-ops.ts';
import { BACKEND_NAMES } from './choose-providers.ts';
import { openSession } from './engine-session.ts';

/** Runs a small network on each provider until one gives the right result, and then once more in 16 bits. */
export async function probeProviders(order: readonly ExecutionProvider[]): Promise<ProbeResult> {
  const failures: PassedProvider[] = [];
  const built = listSupportedBackends().map(({ name }) => name);
  for (const provider of order) {
    try {
      if (!built.includes(BACKEND_NAMES[provider])) throw new StudioError('PROVIDER_UNAVAILABLE', `the runtime for ${process.platform} ${process.arch} was built without it`);
      await runProbe(provider, 'float32');
    } catch (error) {
      failures.push({ provider, why: causeOf(error) });
      continue;
    }
    return { failures, halfFailure: await runProbe(provider, 'float16').then(() => null, causeOf) };
  }
  return { failures, halfFailure: null };
}

/** Values that 16 bits hold exactly. */
const [WEIGHTS, INPUT, EXPECTED] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(1, 0, 1, 1), [1, 2, 4, 6]] as const;

async function runProbe(provider: ExecutionProvider, arithmetic: Arithmetic): Promise<void> {
  const b = new GraphBuilder('probe', 'portable');
  const x = b.input('x', 'float32', [2, 2]);
  b.output('y', matMul(b, x, b.floats(WEIGHTS, [2, 2])));
  const session = await openSession(b.finish(), { threads: 1, providers: [provider], arithmetic });
  try {
    const { y } = await session.run({ x: INPUT });
    if (EXPECTED.some((value, index) => Math.abs((y?.[index] ?? Number.NaN) - value) > 1e-2)) throw new StudioError('PROVIDER_UNAVAILABLE', 'it computes wrong values');
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
