import type { Arithmetic, ExecutionProvider, PassedProvider, ProviderWish } from '../../../src-shared/execution/provider.ts';

/** What the choice is made from. */
export interface ProviderFacts {
  readonly platform: NodeJS.Platform;
  readonly architecture: string;
  /** A graphics device that this user may open: told apart on Linux; elsewhere the system has one. */
  readonly hasNvidia: boolean;
  readonly hasGraphics: boolean;
}

/** One provider to try. */
export interface Candidate {
  readonly provider: ExecutionProvider;
  readonly reason: string;
}

/** What is tried, in this order, and what is not. The CPU is always last and never fails for want of hardware. */
export interface ProviderChoice {
  readonly candidates: readonly Candidate[];
  readonly passed: readonly PassedProvider[];
}

/** The runtime's own name of each provider. */
export const BACKEND_NAMES: Readonly<Record<ExecutionProvider, string>> = { cuda: 'cuda', directml: 'dml', coreml: 'coreml', webgpu: 'webgpu', cpu: 'cpu' };

const ORDER: readonly Exclude<ExecutionProvider, 'cpu'>[] = ['cuda', 'directml', 'coreml', 'webgpu'];

/** Why each is preferred, for the creator's eyes. */
const REASONS: Readonly<Record<ExecutionProvider, string>> = {
  cuda: 'an NVIDIA graphics card is the fastest', directml: 'the graphics card is faster than the processor', coreml: "Apple's neural engine and graphics are faster than the processor",
  webgpu: 'the graphics card may be faster than the processor', cpu: 'the processor runs everywhere',
};

/** Systems that the runtime's packages have a provider for. Whether the one at hand has it is found by trying. */
const SYSTEMS: Partial<Readonly<Record<ExecutionProvider, { readonly platforms: readonly NodeJS.Platform[]; readonly name: string }>>> = {
  cuda: { platforms: ['linux'], name: 'Linux' }, directml: { platforms: ['win32'], name: 'Windows' }, coreml: { platforms: ['darwin'], name: 'macOS' },
};

/** What rules a provider out before it is tried; null when nothing does. */
function obstacle(provider: ExecutionProvider, { platform, hasNvidia, hasGraphics }: ProviderFacts): string | null {
  const system = SYSTEMS[provider];
  if (system !== undefined && !system.platforms.includes(platform)) return `the runtime has it on ${system.name} only`;
  if (provider === 'cuda' && !hasNvidia) return 'no NVIDIA graphics card was found';
  if (provider === 'webgpu' && !hasGraphics) return 'no graphics card was found';
  return null;
}

/**
 * Which providers to try. `auto` takes what this machine should have; a creator's own choice is tried whatever the machine seems to
 * have, so that its failure can be shown, and falls back to the CPU.
 */
export function chooseProviders(wish: ProviderWish, facts: ProviderFacts): ProviderChoice {
  const passed: PassedProvider[] = [];
  const candidates: Candidate[] = [];
  for (const provider of ORDER) {
    if (wish === 'auto') {
      const why = obstacle(provider, facts);
      if (why === null) candidates.push({ provider, reason: REASONS[provider] });
      else passed.push({ provider, why });
    } else if (provider === wish) candidates.push({ provider, reason: 'you chose it' });
    else passed.push({ provider, why: `you chose ${wish}` });
  }
  const cpuReason = wish === 'cpu' ? 'you chose it' : candidates.length === 0 ? 'nothing faster was found' : REASONS.cpu;
  return { candidates: [...candidates, { provider: 'cpu', reason: cpuReason }], passed };
}

/** Providers that may be asked to multiply in 16 bits; CoreML does so by itself where it helps, and the processor never does. */
const HALF_PROVIDERS: readonly ExecutionProvider[] = ['cuda', 'directml', 'webgpu'];

/** What the chosen provider multiplies in, and why. `halfFailure`: what its trial in 16 bits ran into, null when it went well. */
export function chooseArithmetic(provider: ExecutionProvider, halfFailure: string | null): { readonly arithmetic: Arithmetic; readonly arithmeticReason: string } {
  if (provider === 'cpu') return { arithmetic: 'float32', arithmeticReason: 'the processor is no faster in 16 bits' };
  if (!HALF_PROVIDERS.includes(provider)) return { arithmetic: 'float32', arithmeticReason: `${provider} chooses for itself what to compute in 16 bits` };
  return halfFailure === null ? { arithmetic: 'float16', arithmeticReason: 'it computed a small network right in 16 bits' } : { arithmetic: 'float32', arithmeticReason: `16 bits failed: ${halfFailure}` };
}

/** What came of trying the candidates in order: the first that started, and all others with what speaks against them. */
export function settleProviders(choice: ProviderChoice, failures: readonly PassedProvider[]): { readonly chosen: Candidate; readonly passed: readonly PassedProvider[] } {
  const failed = new Map(failures.map((failure) => [failure.provider, failure]));
  const chosen = choice.candidates.find(({ provider }) => !failed.has(provider)) ?? choice.candidates.at(-1)!;
  const place = choice.candidates.indexOf(chosen);
  const later = choice.candidates.slice(place + 1).filter(({ provider }) => !failed.has(provider)).map(({ provider }): PassedProvider => ({ provider, why: `${chosen.provider} started` }));
  const before = choice.candidates.slice(0, place).map(({ provider }) => provider);
  const reason = before.length > 0 ? `${before.join(' and ')} did not start` : chosen.reason;
  return { chosen: { ...chosen, reason }, passed: [...choice.passed, ...failures, ...later] };
}
