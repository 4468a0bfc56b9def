import type { MemoryStep } from '../../../src-shared/pack/memory-plan.ts';
import type { StageName } from '../../../src-shared/recipe/stage-name.ts';
import { inspectNetwork } from '../pipelines/inspect-network.ts';
import type { InspectedNetwork } from '../pipelines/inspect-network.ts';
import { openPack } from '../pipelines/open-pack.ts';
import { planMemory } from '../pipelines/plan-memory.ts';
import type { MemoryWish } from '../pipelines/plan-memory.ts';

/** A question about models that is answered from headers and configurations, without running anything. */
export type Question =
  | { readonly about: 'network'; readonly folder: string }
  | { readonly about: 'memory'; readonly packDir: string; readonly stages: readonly StageName[]; readonly wish: MemoryWish };

export type Answer = { readonly about: 'network'; readonly facts: InspectedNetwork } | { readonly about: 'memory'; readonly steps: readonly MemoryStep[] };

export function answer(question: Question): Answer {
  return question.about === 'network'
    ? { about: 'network', facts: inspectNetwork(question.folder) }
    : { about: 'memory', steps: planMemory(openPack(question.packDir), question.stages, question.wish) };
}
