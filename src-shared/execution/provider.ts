import { z } from 'zod';

/** What can run the models, best first: processors of their own before the CPU, which every machine has. */
export const ExecutionProvider = z.enum(['cuda', 'directml', 'coreml', 'webgpu', 'cpu']);
export type ExecutionProvider = z.infer<typeof ExecutionProvider>;

/** A creator's choice; `auto` takes the best one that starts. */
export const ProviderWish = z.enum(['auto', ...ExecutionProvider.options]);
export type ProviderWish = z.infer<typeof ProviderWish>;

/** A provider that is not used, and why not. */
export const PassedProvider = z.object({ provider: ExecutionProvider, why: z.string() });
export type PassedProvider = z.infer<typeof PassedProvider>;

/** What a provider multiplies in. Sums, norms and what goes in and out are 32-bit always. */
export const Arithmetic = z.enum(['float32', 'float16']);
export type Arithmetic = z.infer<typeof Arithmetic>;

/** What came of trying providers in order. */
export const ProbeResult = z.object({
  /** Those that did not start, up to the first that did. */
  failures: z.array(PassedProvider),
  /** Why the one that started cannot multiply in 16 bits; null when it can. */
  halfFailure: z.string().nullable(),
});
export type ProbeResult = z.infer<typeof ProbeResult>;

/** What sessions are opened on. */
export interface ProviderPlan {
  /** Tried for each model in this order. */
  readonly order: readonly ExecutionProvider[];
  /** Of the first of them; the processor computes in 32 bits always. */
  readonly arithmetic: Arithmetic;
}

/** What runs the models here, and why. */
export const ExecutionReport = z.object({
  wish: ProviderWish,
  /** `start`: the command line or environment of this studio; it comes before the setting. */
  wishFrom: z.enum(['setting', 'start']),
  provider: ExecutionProvider,
  reason: z.string(),
  arithmetic: Arithmetic,
  arithmeticReason: z.string(),
  /** Every other one, with what speaks against it: not in this build, no such hardware, or its own words when it failed to start. */
  passed: z.array(PassedProvider),
  /** Models that a chosen provider could not load, and that ran on the next one. */
  fallbacks: z.array(z.object({ provider: ExecutionProvider, model: z.string(), cause: z.string() })),
});
export type ExecutionReport = z.infer<typeof ExecutionReport>;
