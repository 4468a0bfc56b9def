import { z } from 'zod';
import { MemoryStep } from '../../src-shared/pack/memory-plan.ts';
import type { ModelIndex } from '../../src-shared/pack/model-index.ts';
import type { StageName } from '../../src-shared/recipe/stage-name.ts';
import type { MemoryWish } from '../engine/pipelines/plan-memory.ts';
import { ENGINE_VERSION } from '../engine/process/engine-version.ts';
import type { SettingRepository } from '../store/setting-repository.ts';
import type { ModelInspector } from './model-inspector.ts';

/** What is needed of a pack to work out its memory. */
export interface PackForMemory {
  readonly dir: string;
  readonly pack: { readonly sha256: string; readonly sizeBytes: number };
  readonly index: Pick<ModelIndex, 'sizes'>;
}

/** What the models of a pack need. */
export interface MemorySteps {
  of(opened: PackForMemory, stages: readonly StageName[], wish?: MemoryWish): Promise<readonly MemoryStep[]>;
}

const Steps = z.array(MemoryStep);

/**
 * Asks the inspector once for each pack, its stages and the way they run, and keeps the answer in the settings: graphs are built for it,
 * seconds of work for a large model. `settings` left out: it is kept for this run only.
 */
export function createMemorySteps(inspector: Pick<ModelInspector, 'planMemory'>, settings?: Pick<SettingRepository, 'get' | 'set'>): MemorySteps {
  const known = new Map<string, Promise<readonly MemoryStep[]>>();
  const look = async (dir: string, stages: readonly StageName[], wish: MemoryWish, key: string): Promise<readonly MemoryStep[]> => {
    const kept = Steps.safeParse(settings?.get(key));
    if (kept.success) return kept.data;
    const steps = await inspector.planMemory(dir, stages, wish);
    settings?.set(key, steps);
    return steps;
  };
  return {
    of({ dir, pack, index }, stages, wish = { tiles: 1, inScene: false }) {
      const sizes = stages.map((stage) => Object.values(index.sizes[stage] ?? {}).join('x'));
      const key = `memorySteps/${ENGINE_VERSION}/${pack.sha256}/${stages.join()}/${sizes.join()}${wish.tiles === 1 ? '' : `/${wish.tiles} tiles`}${wish.inScene ? '/scene' : ''}`;
      const earlier = known.get(key);
      if (earlier !== undefined) return earlier;
      const steps = look(dir, stages, wish, key);
      known.set(key, steps);
      steps.catch(() => known.delete(key));
      return steps;
    },
  };
}
