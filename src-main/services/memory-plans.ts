import { freemem, totalmem } from 'node:os';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { judgeStep, worstVerdict, type MachineMemory, type MemoryStep } from '../../src-shared/pack/memory-plan.ts';
import type { PackPlan } from '../../src-shared/contract/models.ts';
import type { Preset } from '../../src-shared/recipe/recipe.ts';
import type { ModelInspector } from '../jobs/model-inspector.ts';
import type { OpenedPack } from '../models/model-registry.ts';

/** What packs will take on this machine. */
export interface MemoryPlans {
  plan(opened: OpenedPack, preset: Preset): Promise<PackPlan>;
  /** OUT_OF_MEMORY, with the stage and the numbers, for a preset that this machine can never run. Small packs are not looked at. */
  require(opened: OpenedPack, preset: Preset): Promise<void>;
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

export function createMemoryPlans(inspector: Pick<ModelInspector, 'planMemory'>, machine: () => MachineMemory = () => ({ totalBytes: totalmem(), freeBytes: freemem() })): MemoryPlans {
  const known = new Map<string, Promise<readonly MemoryStep[]>>();
  const stepsOf = (opened: OpenedPack, preset: Preset): Promise<readonly MemoryStep[]> => {
    const stages = opened.pack.presets[preset].map(({ stage }) => stage);
    const key = `${opened.dir}\n${opened.pack.sha256}\n${stages.join()}`;
    const earlier = known.get(key);
    if (earlier !== undefined) return earlier;
    const steps = inspector.planMemory(opened.dir, stages);
    known.set(key, steps);
    steps.catch(() => known.delete(key));
    return steps;
  };
  const plan = async (opened: OpenedPack, preset: Preset): Promise<PackPlan> => {
    const memory = machine();
    const steps = (await stepsOf(opened, preset)).map((step) => ({ ...step, verdict: judgeStep(step, memory) }));
    return { packId: opened.pack.id, preset, machine: memory, steps, verdict: worstVerdict(steps.map(({ verdict }) => verdict)) };
  };
  return {
    plan,
    async require(opened, preset) {
      if (opened.pack.imported === undefined) return;
      const { steps, machine: { totalBytes } } = await plan(opened, preset);
      const worst = steps.filter(({ verdict }) => verdict === 'tooLarge').sort((a, b) => b.needBytes - a.needBytes)[0];
      if (worst === undefined) return;
      throw new StudioError('OUT_OF_MEMORY', `"${opened.pack.name}" cannot run this preset here: ${worst.stage} needs about ${gigabytes(worst.needBytes)} of memory, and this machine has ${gigabytes(totalBytes)}. Choose a preset without that stage, or a smaller pack.`, {
        details: { stage: worst.stage, neededBytes: worst.needBytes, totalBytes },
      });
    },
  };
}
