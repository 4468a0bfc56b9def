import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { ModelIndex, MODEL_INDEX_FILE } from '../../../src-shared/pack/model-index.ts';
import { References, REFERENCES_FILE } from '../../../src-shared/pack/references.ts';
import type { TextPlace } from '../../../src-shared/pack/references.ts';
import type { StageSize } from '../../../src-shared/pack/model-index.ts';
import type { StageName } from '../../../src-shared/recipe/stage-name.ts';
import { fromDiffusers, parsePythonJson } from '../schedulers/from-diffusers.ts';
import type { Scheduler } from '../schedulers/scheduler.ts';

const MAX_CONFIG_BYTES = 4_000_000;

/** A model pack opened for running: its description and where each stage's parts lie. Nothing heavy is loaded. */
export interface Pack {
  readonly dir: string;
  readonly index: ModelIndex;
  /** Folder of a stage; a stage that the pack lacks is MODEL_MISSING. */
  stageFolder(stage: StageName): string;
  stageSize(stage: StageName): StageSize;
  /** `timesteps` take the place of the schedule's own spacing. */
  scheduler(stage: StageName, numInferenceSteps: number, timesteps?: Float64Array): Scheduler;
  /** A stage's scheduler_config.json. */
  schedulerJson(stage: StageName): unknown;
  /** What reads a stage's prompts: its own `text_encoder` and `tokenizer`, or the pack's. */
  text(stage: StageName): TextPlace;
  /** Folder of a latent stage's autoencoder; null for stages that work on pixels. */
  vaeFolder(stage: StageName): string | null;
  /** Folder of the image model for superResolution1's first frame; null where the pack has none. */
  readonly firstFrameFolder: string | null;
}

/** Reads a configuration file; missing, oversized or unreadable ones are named. */
export function readConfig(path: string): unknown {
  let text: string;
  try {
    if (statSync(path).size > MAX_CONFIG_BYTES) throw new StudioError('MODEL_INCOMPATIBLE', `${path} is too large for a configuration. Import the model again.`, { details: { file: path } });
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof StudioError) throw cause;
    throw new StudioError('MODEL_MISSING', `${path} is missing. The model is incomplete: import it again.`, { details: { file: path }, cause });
  }
  try {
    return parsePythonJson(text);
  } catch (cause) {
    throw new StudioError('MODEL_INCOMPATIBLE', `${path} is not valid JSON. Import the model again.`, { details: { file: path }, cause });
  }
}

/** Opens the pack in `dir` by its model_index.json. */
export function openPack(dir: string): Pack {
  const root = resolve(dir);
  const indexPath = join(root, MODEL_INDEX_FILE);
  const parsed = ModelIndex.safeParse(readConfig(indexPath));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new StudioError('MODEL_INCOMPATIBLE', `${indexPath}: ${issue.path.join('.') || 'the file'} ${issue.message}. Use a pack made for this version of the studio.`, { details: { file: indexPath }, cause: parsed.error });
  }
  const index = parsed.data;
  const references = readReferences(root);
  const stageFolder = (stage: StageName): string => {
    const referred = references?.stages[stage];
    if (referred !== undefined) return referred;
    const folder = index.stages[stage];
    if (folder === undefined) throw new StudioError('MODEL_MISSING', `The pack "${index.name}" has no ${stage} stage. Choose a preset without it, or another pack.`, { details: { stage } });
    return join(root, folder);
  };
  const schedulerJson = (stage: StageName): unknown => readConfig(join(stageFolder(stage), 'scheduler', 'scheduler_config.json'));
  return {
    dir: root,
    index,
    stageFolder,
    stageSize: (stage) => index.sizes[stage] ?? raiseSize(index.name, stage),
    scheduler: (stage, numInferenceSteps, timesteps) => fromDiffusers(schedulerJson(stage), numInferenceSteps, timesteps),
    schedulerJson,
    firstFrameFolder: references?.firstFrame ?? null,
    text: (stage) => references?.text[stage] ?? textIn(existsSync(join(stageFolder(stage), 'text_encoder', 'config.json')) ? stageFolder(stage) : root),
    vaeFolder: (stage) => {
      const place = references === null ? join(stageFolder(stage), 'vae') : references.vae[stage];
      return place !== undefined && existsSync(join(place, 'config.json')) ? place : null;
    },
  };
}

const textIn = (folder: string): TextPlace => ({ encoder: join(folder, 'text_encoder'), tokenizer: join(folder, 'tokenizer') });

/** Where an imported pack's parts lie. The registry lets no other pack have this file. */
function readReferences(root: string): References | null {
  const path = join(root, REFERENCES_FILE);
  if (!existsSync(path)) return null;
  const parsed = References.safeParse(readConfig(path));
  if (parsed.success) return parsed.data;
  throw new StudioError('MODEL_INCOMPATIBLE', `${path} is damaged. Remove the imported model and import its folder again.`, { details: { file: path }, cause: parsed.error });
}

function raiseSize(name: string, stage: StageName): never {
  throw new StudioError('MODEL_INCOMPATIBLE', `The pack "${name}" gives no size for ${stage}. Add it under "sizes" in ${MODEL_INDEX_FILE}.`, { details: { stage } });
}
