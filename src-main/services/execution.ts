import { accessSync, constants, readdirSync } from 'node:fs';
import type { ExecutionProvider, ExecutionReport, PassedProvider } from '../../src-shared/execution/provider.ts';
import { ExecutionProvider as Providers, ProviderWish } from '../../src-shared/execution/provider.ts';
import { chooseProviders, settleProviders, type ProviderFacts } from '../engine/session/choose-providers.ts';
import type { ProviderFallback } from '../engine/session/session-providers.ts';
import type { SettingRepository } from '../store/setting-repository.ts';

const SETTING = 'executionProvider';
/** Enough to see what happens; a broken driver refuses every model. */
const FALLBACKS_KEPT = 20;

/** What the models run on: chosen once at start and whenever the creator chooses anew. */
export interface Execution {
  readonly provider: ExecutionProvider;
  /** To be tried for each model: what was chosen, then the processor. */
  order(): readonly ExecutionProvider[];
  report(): ExecutionReport;
  /** Keeps the wish and tries it at once. */
  choose(wish: ProviderWish): Promise<ExecutionReport>;
  noteFallback(fallback: ProviderFallback): void;
}

export interface ExecutionOptions {
  readonly settings: SettingRepository;
  /** A wish for this start only. */
  readonly override?: ProviderWish | undefined;
  readonly facts: () => ProviderFacts;
  /** Those that do not start, up to the first that does. */
  readonly probe: (order: readonly ExecutionProvider[]) => Promise<readonly PassedProvider[]>;
}

/** Tries what was wished for, so that everything that follows knows what it runs on. */
export async function openExecution({ settings, override, facts, probe }: ExecutionOptions): Promise<Execution> {
  let fallbacks: ProviderFallback[] = [];
  const settle = async (): Promise<Omit<ExecutionReport, 'fallbacks'>> => {
    const stored = ProviderWish.safeParse(settings.get(SETTING));
    const wish = override ?? (stored.success ? stored.data : 'auto');
    const choice = chooseProviders(wish, facts());
    const tried = choice.candidates.map(({ provider }) => provider);
    // The processor needs no proof.
    const failures = tried[0] === 'cpu' ? [] : await probe(tried.filter((provider) => provider !== 'cpu'));
    const { chosen, passed } = settleProviders(choice, failures);
    const sorted = [...passed].sort((a, b) => Providers.options.indexOf(a.provider) - Providers.options.indexOf(b.provider));
    return { wish, wishFrom: override === undefined ? 'setting' : 'start', provider: chosen.provider, reason: chosen.reason, passed: sorted };
  };
  let settled = await settle();
  const report = (): ExecutionReport => ({ ...settled, passed: [...settled.passed], fallbacks: [...fallbacks] });
  return {
    get provider() {
      return settled.provider;
    },
    order: () => (settled.provider === 'cpu' ? ['cpu'] : [settled.provider, 'cpu']),
    report,
    async choose(wish) {
      settings.set(SETTING, wish);
      fallbacks = [];
      settled = await settle();
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
export function readProviderFacts(backends: readonly string[], platform: NodeJS.Platform = process.platform, architecture: string = process.arch): ProviderFacts {
  if (platform !== 'linux') return { platform, architecture, backends, hasNvidia: true, hasGraphics: true };
  const hasNvidia = canOpen('/dev/nvidia0');
  return { platform, architecture, backends, hasNvidia, hasGraphics: hasNvidia || listed('/dev/dri').some((name) => name.startsWith('renderD') && canOpen(`/dev/dri/${name}`)) };
}
