import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { createDdim } from './ddim.ts';
import { createDdpm } from './ddpm.ts';
import { createDpmSolverMultistep } from './dpm-solver-multistep.ts';
import type { Scheduler } from './scheduler.ts';

const FACTORIES: Readonly<Record<string, (json: unknown, numInferenceSteps: number, timesteps?: Float64Array) => Scheduler>> = {
  DPMSolverMultistepScheduler: createDpmSolverMultistep,
  DDPMScheduler: createDdpm,
  DDIMScheduler: createDdim,
};

/**
 * Makes the scheduler that a diffusers `scheduler_config.json` names in `_class_name`. `timesteps`, noisiest first, take the place
 * of the schedule's own spacing: an SDEdit start may then lie at any level.
 */
export function fromDiffusers(json: unknown, numInferenceSteps: number, timesteps?: Float64Array): Scheduler {
  const name = typeof json === 'object' && json !== null && '_class_name' in json ? String(json._class_name) : '';
  const create = Object.hasOwn(FACTORIES, name) ? FACTORIES[name] : undefined;
  if (!create) {
    throw new StudioError('SCHEDULER_CONFIG_INVALID', `There is no scheduler "${name}". Known are ${Object.keys(FACTORIES).join(', ')}: correct _class_name in scheduler_config.json.`, { details: { scheduler: name } });
  }
  return create(json, numInferenceSteps, timesteps);
}

/** Parses JSON as Python writes it: bare NaN and infinities, as in Show-1's scheduler files, become null. */
export function parsePythonJson(text: string): unknown {
  return JSON.parse(text.replaceAll(/("(?:[^"\\]|\\.)*")|-?\b(?:Infinity|NaN)\b/g, (_match, quoted: string | undefined) => quoted ?? 'null'));
}
