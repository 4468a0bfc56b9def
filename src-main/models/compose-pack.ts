import path from 'node:path';
import type { PartRole } from '../../src-shared/contract/models.ts';
import { ModelIndex } from '../../src-shared/pack/model-index.ts';
import type { References, TextPlace } from '../../src-shared/pack/references.ts';
import type { StageSettings } from '../../src-shared/recipe/recipe.ts';
import { STAGE_NAMES, StageName } from '../../src-shared/recipe/stage-name.ts';
import type { LocatedPart } from './find-parts.ts';

/** A part as an import remembers it. */
export type PartPlace = Pick<LocatedPart, 'role' | 'path' | 'sampleSize' | 'files' | 'text' | 'autoencoder' | 'tokenizer'>;

/** Parts that make one pack together. */
export interface PartGroup {
  readonly id: string;
  readonly name: string;
  readonly parts: readonly PartPlace[];
}

/** What parts amount to: a pack's description and places, or null where the first stage or its text encoder is missing. */
export interface Composition {
  readonly pack: { readonly index: ModelIndex; readonly references: References } | null;
  readonly missing: readonly string[];
  /** Why nothing can be generated, where `pack` is null. */
  readonly blocked: string | null;
}

/** Id of the pack that all parts of the cascade belong to. */
export const CASCADE_ID = 'show-1';

const slug = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, 48) || 'model';

/** Networks alone that a text-to-video model may lack. */
const COMPLETES_VIDEO: readonly PartRole[] = ['clipText', 'autoencoder'];

const isVideo = ({ parts }: Pick<PartGroup, 'parts'>): boolean => parts.some(({ role }) => role === 'textToVideo');

/** Whether a text-to-video model has no network of its own where this part would be used. */
const lacks = ({ parts }: Pick<PartGroup, 'parts'>, role: PartRole): boolean => !parts.some((part) => part.role === role || (part.role === 'textToVideo' && (role === 'clipText' ? part.text : part.autoencoder) !== null));

/**
 * Sorts parts into packs: the cascade, and every text-to-video model on its own. The first part found of each role is used. A network
 * alone completes what is found beside it and what was imported `earlier`.
 */
export function groupParts(parts: readonly PartPlace[], earlier: readonly PartGroup[] = []): PartGroup[] {
  const groups: PartGroup[] = [];
  const cascade = parts.filter(({ role }, index) => role !== 'textToVideo' && parts.findIndex((other) => other.role === role) === index);
  if (cascade.length > 0) groups.push({ id: CASCADE_ID, name: 'Show-1', parts: cascade });
  const alone = [...cascade, ...earlier.flatMap((group) => (isVideo(group) ? [] : group.parts))].filter(({ role }) => COMPLETES_VIDEO.includes(role));
  for (const part of parts.filter(({ role }) => role === 'textToVideo')) {
    const name = path.basename(part.path);
    const id = `video-${slug(name)}`;
    const twins = groups.filter((group) => group.id === id || group.id.startsWith(`${id}-`)).length;
    const group = { id: twins === 0 ? id : `${id}-${twins + 1}`, name, parts: [part] };
    groups.push({ ...group, parts: [part, ...alone.filter(({ role }, index) => lacks(group, role) && alone.findIndex((other) => other.role === role) === index)] });
  }
  for (const group of earlier.filter(isVideo)) {
    const added = cascade.filter(({ role }) => COMPLETES_VIDEO.includes(role) && lacks(group, role));
    if (added.length > 0 && !groups.some(({ id }) => id === group.id)) groups.push({ id: group.id, name: group.name, parts: added });
  }
  return groups;
}

/** What Show-1's publishers call each stage's repository, for messages. */
const REPOSITORY: Readonly<Record<StageName, string>> = {
  keyframes: 'show-1-base', interpolation: 'show-1-interpolation', superResolution1: 'show-1-sr1', superResolution2: 'show-1-sr2',
};

const LOW_QUALITY = 'low resolution, blur';

/** The paper's steps (table 5) and its masked condition and stronger noise (signal-to-noise ratio 2 is timestep 387). */
const AS_THE_PAPER: readonly StageSettings[] = [
  { stage: 'keyframes', numInferenceSteps: 75, guidanceScale: 9 },
  { stage: 'interpolation', numInferenceSteps: 75, guidanceScale: 4, betweenKeyFrames: 'masked' },
  { stage: 'superResolution1', numInferenceSteps: 50, guidanceScale: 7, noiseLevel: 387 },
  { stage: 'superResolution2', numInferenceSteps: 45, guidanceScale: 15, strength: 0.9, negativePrompt: LOW_QUALITY },
];

/** What the released script runs. */
const AS_THE_SCRIPT: readonly StageSettings[] = [
  { stage: 'keyframes', numInferenceSteps: 75, guidanceScale: 9 },
  { stage: 'interpolation', numInferenceSteps: 75, guidanceScale: 4, betweenKeyFrames: 'linearBlend' },
  { stage: 'superResolution1', numInferenceSteps: 125, guidanceScale: 7, noiseLevel: 250 },
  { stage: 'superResolution2', numInferenceSteps: 50, guidanceScale: 15, strength: 0.8, negativePrompt: LOW_QUALITY },
];

const DRAFT: readonly StageSettings[] = [{ stage: 'keyframes', numInferenceSteps: 25, guidanceScale: 9 }];

/** What reads the prompt of a latent part: its own encoder, or a CLIP alone with the part's own tokenizer where it has one. */
function latentText(part: PartPlace, alone: PartPlace | undefined): TextPlace | undefined {
  if (part.text !== null) return { encoder: part.text.encoder, tokenizer: part.text.tokenizer };
  const text = alone?.text;
  return text ? { encoder: text.encoder, tokenizer: part.tokenizer?.folder ?? text.tokenizer } : undefined;
}

/** Composes the cascade from whatever parts there are: stages up to the first that is missing. */
function composeCascade({ id, name, parts }: PartGroup): Composition {
  const place = (role: PartRole): PartPlace | undefined => parts.find((part) => part.role === role);
  const pixelStages = STAGE_NAMES.filter((stage) => stage !== 'superResolution2');
  // One text encoder for all pixel stages, however many of the folders bring it.
  const found = [...pixelStages.map(place), place('text'), place('firstFrame')].find((part) => part !== undefined && part.text !== null)?.text ?? undefined;
  const text = found && { encoder: found.encoder, tokenizer: found.tokenizer };
  const last = place('superResolution2');
  const lastText = last && latentText(last, place('clipText'));
  const lastVae = (last?.autoencoder ?? place('autoencoder')?.autoencoder)?.folder;
  const isComplete = (stage: StageName): boolean => place(stage) !== undefined && (stage !== 'superResolution2' || (lastText !== undefined && lastVae !== undefined));
  const missing: string[] = [];
  const stages: StageName[] = [];
  for (const stage of STAGE_NAMES) {
    if (stage === 'superResolution2' && last !== undefined) {
      if (lastText === undefined) missing.push(`The CLIP text encoder of ${REPOSITORY[stage]} (its text_encoder and tokenizer, or a CLIP folder of its own): clips end before ${stage}.`);
      if (lastVae === undefined) missing.push(`The autoencoder of ${REPOSITORY[stage]} (its vae, or an autoencoder's folder of its own): clips end before ${stage}.`);
    }
    if (place(stage) === undefined) missing.push(stage === 'keyframes' ? `The key frames (${REPOSITORY.keyframes}): without them nothing can be generated.` : `${REPOSITORY[stage]}: clips end before ${stage}.`);
    else if (isComplete(stage) && stages.length === STAGE_NAMES.indexOf(stage)) stages.push(stage);
  }
  if (text === undefined && stages.length > 0) missing.push('The T5 text encoder (text_encoder and tokenizer of show-1-base): without it no prompt can be read.');
  if (stages.includes('superResolution1') && place('firstFrame') === undefined) {
    missing.push('IF-II-L-v1.0, the image model for the first enlarged frame: the first window is made twice instead and gives its own first frame.');
  }
  if (stages.length === 0 || text === undefined) {
    const needed = stages.length === 0 ? 'its key frames (show-1-base)' : 'a T5 text encoder (text_encoder and tokenizer of show-1-base)';
    return { pack: null, missing, blocked: `The parts that were imported cannot generate without ${needed}. Import the folder that has it.` };
  }
  const within = (settings: readonly StageSettings[]): StageSettings[] => settings.filter(({ stage }) => stages.includes(stage));
  const sizes = { keyframes: [64, 40], interpolation: [64, 40], superResolution1: [256, 160], superResolution2: [576, 320] } as const;
  const [width, height] = sizes[stages.at(-1)!];
  const index = ModelIndex.parse({
    _class_name: 'MotifCascade', format: 1, id, name, version: 'imported', licence: 'CC BY-NC 4.0',
    description: 'Show-1, from the folders that you imported.',
    stages: Object.fromEntries(stages.map((stage) => [stage, stage])),
    conditioning: { firstFrame: 'ownPass' },
    output: { keyframes: 8, frames: stages.includes('interpolation') ? 29 : 8, width, height, frameRate: stages.includes('interpolation') ? { num: 8, den: 1 } : { num: 2, den: 1 } },
    presets: { draft: DRAFT, standard: within(AS_THE_PAPER), final: within(AS_THE_SCRIPT) },
    presetNames: { standard: 'As the paper', final: 'As the released script' },
  });
  const references: References = {
    format: 2,
    stages: Object.fromEntries(stages.map((stage) => [stage, place(stage)!.path])),
    text: Object.fromEntries(stages.map((stage) => [stage, stage === 'superResolution2' ? lastText : text])),
    vae: stages.includes('superResolution2') ? { superResolution2: lastVae } : {},
    firstFrame: place('firstFrame')?.path ?? null,
  };
  return { pack: { index, references }, missing, blocked: null };
}

/** Sizes that the published text-to-video models were trained for; others follow from the UNet's sample size. */
function clipOf(name: string, sampleSize: number | null): { frames: number; width: number; height: number } {
  if (/zeroscope.*xl/i.test(name)) return { frames: 24, width: 1024, height: 576 };
  if (/zeroscope/i.test(name)) return { frames: 24, width: 576, height: 320 };
  const edge = (sampleSize ?? 32) * 8;
  return { frames: 16, width: edge, height: edge };
}

/** A latent text-to-video model (Wang et al. 2023, arXiv 2308.06571) is a cascade of one stage. */
function composeTextToVideo({ id, name, parts }: PartGroup): Composition {
  const part = parts.find(({ role }) => role === 'textToVideo');
  if (part === undefined) return { pack: null, missing: [], blocked: 'The pack has no parts. Import its folder again.' };
  const text = latentText(part, parts.find(({ role }) => role === 'clipText'));
  const vae = (part.autoencoder ?? parts.find(({ role }) => role === 'autoencoder')?.autoencoder)?.folder;
  const missing = [
    ...(text === undefined ? ['The CLIP text encoder (text_encoder and tokenizer, or a CLIP folder of its own): without it no prompt can be read.'] : []),
    ...(vae === undefined ? ["The autoencoder (vae, or an autoencoder's folder of its own): without it latents do not become pictures."] : []),
  ];
  if (text === undefined || vae === undefined) return { pack: null, missing, blocked: `${missing.join(' ')} Import a folder that has it.` };
  const size = clipOf(name, part.sampleSize);
  const stage = (numInferenceSteps: number): StageSettings[] => [{ stage: 'keyframes', numInferenceSteps, guidanceScale: 9 }];
  const index = ModelIndex.parse({
    _class_name: 'MotifCascade', format: 1, id, name, version: 'imported', licence: 'CC BY-NC 4.0',
    description: 'A latent text-to-video model, from the folder that you imported.',
    stages: { keyframes: 'keyframes' }, sizes: { keyframes: size },
    output: { keyframes: size.frames, ...size, frameRate: { num: 8, den: 1 } },
    presets: { draft: stage(12), standard: stage(25), final: stage(50) },
  });
  return { pack: { index, references: { format: 2, stages: { keyframes: part.path }, text: { keyframes: text }, vae: { keyframes: vae }, firstFrame: null } }, missing, blocked: null };
}

/** Puts a group's parts together. */
export function composePack(group: PartGroup): Composition {
  return isVideo(group) ? composeTextToVideo(group) : composeCascade(group);
}

/** The files of each part that a composed pack reads: of several text encoders of the same stages, one. */
export function usedFiles(parts: readonly PartPlace[], { text, vae }: References): { readonly part: PartPlace; readonly files: readonly string[] }[] {
  const encoders = new Set(Object.values(text).map(({ encoder }) => encoder));
  const tokenizers = new Set(Object.values(text).map(({ tokenizer }) => tokenizer));
  const vaes = new Set(Object.values(vae));
  return parts.map((part) => ({
    part,
    files: [
      ...part.files,
      ...(part.text !== null && encoders.has(part.text.encoder) ? part.text.files.filter((file) => path.dirname(file) === part.text!.encoder || tokenizers.has(path.dirname(file))) : []),
      ...(part.tokenizer !== null && tokenizers.has(part.tokenizer.folder) ? part.tokenizer.files : []),
      ...(part.autoencoder !== null && vaes.has(part.autoencoder.folder) ? part.autoencoder.files : []),
    ],
  }));
}
