import { accessSync, constants, readdirSync } from 'node:fs';
import type { ExecutionProvider, ExecutionReport, ProbeResult, ProviderPlan } from '../../src-shared/execution/provider.ts';
import { ExecutionProvider as Providers, ProviderWish } from '../../src-shared/execution/provider.ts';
import { chooseArithmetic, chooseProviders, settleProviders, type ProviderFacts } from '../engine/session/choose-providers.ts';
import type { ProviderFallback } from '../engine/session/session-providers.ts';
import type { SettingRepository } from '../store/setting-repository.ts';

const SETTING = 'executionProvider';
/** Enough to see what happens; a broken driver refuses every model. */
const FALLBACKS_KEPT = 20;

/** What the models run on. Nothing is tried before somebody asks; from then on the answer is kept until the creator chooses anew. */
export interface Execution {
  provider(): Promise<ExecutionProvider>;
  /** What sessions are opened on: what was chosen, then the processor. */
  plan(): Promise<ProviderPlan>;
  report(): Promise<ExecutionReport>;
  /** Keeps the wish and tries it at once. */
  choose(wish: ProviderWish): Promise<ExecutionReport>;
  noteFallback(fallback: ProviderFallback): void;
}

export interface ExecutionOptions {
  readonly settings: SettingRepository;
  /** A wish for this start only. */
  readonly override?: ProviderWish | undefined;
  readonly facts: () => ProviderFacts;
  /** Tries providers in order until one starts. */
  readonly probe: (order: readonly ExecutionProvider[]) => Promise<ProbeResult>;
}

/** Decides when it is first asked: a graphics card takes seconds to try, and the window opens without it. */
export function createExecution({ settings, override, facts, probe }: ExecutionOptions): Execution {
  let fallbacks: ProviderFallback[] = [];
  const settle = async (): Promise<Omit<ExecutionReport, 'fallbacks'>> => {
    const stored = ProviderWish.safeParse(settings.get(SETTING));
    const wish = override ?? (stored.success ? stored.data : 'auto');
    const choice = chooseProviders(wish, facts());
    const tried = choice.candidates.map(({ provider }) => provider);
    // The processor needs no proof.
    const { failures, halfFailure } = tried[0] === 'cpu' ? { failures: [], halfFailure: null } : await probe(tried.filter((provider) => provider !== 'cpu'));
    const { chosen, passed } = settleProviders(choice, failures);
    const sorted = [...passed].sort((a, b) => Providers.options.indexOf(a.provider) - Providers.options.indexOf(b.provider));
    return { wish, wishFrom: override === undefined ? 'setting' : 'start', provider: chosen.provider, reason: chosen.reason, ...chooseArithmetic(chosen.provider, halfFailure), passed: sorted };
  };
  let known: ReturnType<typeof settle> | null = null;
  const settled = (): ReturnType<typeof settle> => (known ??= settle());
  const report = async (): Promise<ExecutionReport> => ({ ...(await settled()), fallbacks: [...fallbacks] });
  return {
    provider: async () => (await settled()).provider,
    async plan() {
      const { provider, arithmetic } = await settled();
      return { order: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'], arithmetic };
    },
    report,
    choose(wish) {
      settings.set(SETTING, wish);
      fallbacks = [];
      known = null;
      return report();
    },
    noteFallback(fallback) {
      fallbacks = [...fallbacks.filter(({ model, provider }) => model !== fallback.model || provider !== fallback.provider), fallback].slice(-FALLBACKS_KEPT);
    },
  };
}

const canOpen = (path: string): boolean => {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

const listed = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** What this machine seems to have. Linux shows its devices as files; elsewhere only trying tells. */
export function readProviderFacts(platform: NodeJS.Platform = process.platform, architecture: string = process.arch): ProviderFacts {
  if (platform !== 'linux') return { platform, architecture, hasNvidia: true, hasGraphics: true };
  const hasNvidia = canOpen('/dev/nvidia0');
  return { platform, architecture, hasNvidia, hasGraphics: hasNvidia || listed('/dev/dri').some((name) => name.startsWith('renderD') && canOpen(`/dev/dri/${name}`)) };
}
