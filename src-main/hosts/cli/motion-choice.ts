import { resolve } from 'node:path';
import type { MotionChoice } from '../../../src-shared/contract/motions.ts';
import type { StudioClient } from '../../../src-shared/contract/studio-contract.ts';
import { USUAL_NOISE_MIX } from '../../../src-shared/recipe/motion-use.ts';
import { invalid } from './command.ts';

/** What `--motion` names: an id, a name or a file, and how much of it. */
export interface WantedMotion {
  readonly what: string;
  readonly strength: number;
}

/** Reads `ID[:STRENGTH]`. Ids have a colon of their own, so only a number behind the last one counts. */
export function parseWantedMotion(given: string): WantedMotion {
  const match = /^(.+):(\d+(?:\.\d+)?)$/.exec(given);
  if (match === null) return { what: given, strength: 1 };
  const strength = Number(match[2]);
  if (strength > 1.5) throw invalid(`--motion is "${given}": the strength goes from 0 to 1.5.`);
  return { what: match[1]!, strength };
}

/** Finds the motion in the project, by id or by name; a motion file is imported first. */
export async function chooseMotion(client: StudioClient, projectId: string, { what, strength }: WantedMotion): Promise<MotionChoice> {
  const choice = (motionId: string): MotionChoice => ({ motionId, strength, noiseMix: USUAL_NOISE_MIX });
  if (/\.safetensors$/i.test(what)) return choice((await client.motions.importFromFile({ projectId, path: resolve(what) })).id);
  const { motions } = await client.motions.list({ projectId });
  const found = motions.filter(({ id, name }) => id === what || name === what);
  if (found.length === 1) return choice(found[0]!.id);
  if (found.length > 1) throw invalid(`--motion "${what}" names ${found.length} motions of the project. Give the id: ${found.map(({ id }) => id).join(', ')}`);
  const known = motions.length === 0 ? 'It has none; learn one with: motif learn' : `It has ${motions.map(({ id, name }) => `${id} (${name})`).join(', ')}`;
  throw invalid(`--motion "${what}" is not in the project. ${known}`);
}
