import { freemem, totalmem } from 'node:os';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { formOf, judgeStep, worstVerdict, type MachineMemory } from '../../src-shared/pack/memory-plan.ts';
import type { PackPlan } from '../../src-shared/contract/models.ts';
import type { Preset } from '../../src-shared/recipe/recipe.ts';
import { TILE_COUNTS } from '../../src-shared/recipe/tile-count.ts';
import type { StageName } from '../../src-shared/recipe/stage-name.ts';
import { createMemorySteps } from '../jobs/memory-steps.ts';
import type { ModelInspector } from '../jobs/model-inspector.ts';
import type { OpenedPack } from '../models/model-registry.ts';
import type { SettingRepository } from '../store/setting-repository.ts';

/** What packs will take on this machine. */
export interface MemoryPlans {
  plan(opened: OpenedPack, preset: Preset): Promise<PackPlan>;
  /** What the engine must have for itself while it runs these stages, in bytes; null where the pack cannot be read. */
  peakBytes(opened: OpenedPack, stages: readonly StageName[]): Promise<number | null>;
  /** OUT_OF_MEMORY, with the stage and the numbers, for a preset that this machine can never run. Small packs are not looked at. */
  require(opened: OpenedPack, preset: Preset): Promise<void>;
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** Judges packs by what their models need. `settings` left out: answers are kept for this run only. */
export function createMemoryPlans(
  inspector: Pick<ModelInspector, 'planMemory'>, machine: () => MachineMemory = () => ({ totalBytes: totalmem(), freeBytes: freemem() }), settings?: Pick<SettingRepository, 'get' | 'set'>,
): MemoryPlans {
  const { of: stepsOf } = createMemorySteps(inspector, settings);
  const plan = async (opened: OpenedPack, preset: Preset): Promise<PackPlan> => {
    const memory = machine();
    const stages = opened.pack.presets[preset].map(({ stage }) => stage);
    const steps = (await stepsOf(opened, stages)).map((step) => ({ ...step, form: formOf(step, memory), verdict: judgeStep(step, memory) }));
    return { packId: opened.pack.id, preset, machine: memory, steps, verdict: worstVerdict(steps.map(({ verdict }) => verdict)) };
  };
  return {
    plan,
    peakBytes: (opened, stages) => stepsOf(opened, stages).then((steps) => Math.max(...steps.map(({ needBytes }) => needBytes)), () => null),
    async require(opened, preset) {
      if (opened.pack.imported === undefined) return;
      const { steps, machine: { totalBytes } } = await plan(opened, preset);
      const memory = machine();
      const never: PackPlan['steps'][number][] = [];
      for (const step of steps.filter(({ verdict }) => verdict === 'tooLarge')) {
        // In tiles it may fit.
        const tiled = (await stepsOf(opened, [step.stage], { tiles: TILE_COUNTS.at(-1)!, inScene: false })).find(({ part }) => part === step.part);
        if (tiled === undefined || judgeStep(tiled, memory) === 'tooLarge') never.push(step);
      }
      const worst = never.sort((a, b) => b.needBytes - a.needBytes)[0];
      if (worst === undefined) return;
      throw new StudioError('OUT_OF_MEMORY', `"${opened.pack.name}" cannot run this preset here: ${worst.stage} needs about ${gigabytes(worst.needBytes)} of memory, and this machine has ${gigabytes(totalBytes)}. Choose a preset without that stage, or a smaller pack.`, {
        details: { stage: worst.stage, neededBytes: worst.needBytes, totalBytes },
      });
    },
  };
}
