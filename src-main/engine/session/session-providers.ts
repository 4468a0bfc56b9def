import type { ExecutionProvider, ProviderPlan } from '../../../src-shared/execution/provider.ts';

/** A model that a provider could not load. */
export interface ProviderFallback {
  readonly provider: ExecutionProvider;
  readonly model: string;
  readonly cause: string;
}

/** How this process opens sessions. */
export interface SessionProviders extends ProviderPlan {
  readonly onFallback: (fallback: ProviderFallback) => void;
}

const CPU_ONLY: SessionProviders = { order: ['cpu'], arithmetic: 'float32', onFallback: () => {} };
let current = CPU_ONLY;

/** Sets what sessions opened from now on run on. One per process, like the runtime behind it: the engine's server sets it before each run. */
export function useProviders(providers: SessionProviders): void {
  current = providers;
}

/** What sessions run on now; the CPU alone until somebody chose. */
export const sessionProviders = (): SessionProviders => current;
